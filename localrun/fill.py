"""`make demo`: fill the demo's domain of the running local run with a story, then keep it coming."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from event_api.admin import administration
from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.ingest.finishing import Finisher
from localrun import endpoint, story
from localrun.demo import DOMAIN_ID
from localrun.screen import Screen

if TYPE_CHECKING:
    from event_api.domain.webhook import Webhook
    from event_api.store.deployment import Deployment
    from localrun.settings import Settings

_SECONDS_BETWEEN = 6.0


def fill(settings: Settings, days: int) -> None:
    """Store the story of the last days, once, and post what follows until the user interrupts it.

    Raises NotRunningError if the local run does not run.
    """
    running, screen = endpoint.find(settings), Screen()
    stores = running.open_stores()
    is_new = not _known(stores).keys() & {sender.name for sender in story.SENDERS.values()}
    made, urls = webhooks(stores, running.api_url)
    if is_new:
        posts = story.month(times.now(), days)
        screen.step(f"storing {len(posts)} deliveries of {days} days ...")
        store(stores, made, posts)
    screen.step(f"look at {running.api_url}/ ; posting more until Ctrl-C")
    keep_coming(urls)


def webhooks(stores: Deployment, api_url: str) -> tuple[dict[str, Webhook], dict[str, str]]:
    """Return the senders' webhooks in the demo's domain and their URLs, by keys of `story.SENDERS`."""
    known = _known(stores)
    made, urls = {}, {}
    for key, sender in story.SENDERS.items():
        if sender.name in known:
            webhook, access_key = administration.rotate_access_key(stores, known[sender.name].webhook_id)
        else:
            webhook, access_key = administration.create_webhook(
                stores, domain_id=DOMAIN_ID, project_id=sender.project_id, name=sender.name
            )
        made[key] = webhook
        urls[key] = f"{api_url}/monitoring/v1/webhook/{webhook.webhook_id}/{access_key}/events"
    return made, urls


def _known(stores: Deployment) -> dict[str, Webhook]:
    return {webhook.name: webhook for webhook in stores.webhooks.of_domain(DOMAIN_ID)}


def store(stores: Deployment, made: Mapping[str, Webhook], posts: list[story.Post]) -> None:
    """Store deliveries as if they had come at their times; a sender's in their order."""
    finisher = Finisher(stores.deliveries, stores.events, stores.alerts)

    def of_one(sender: str) -> None:
        for sent in posts:
            if sent.sender == sender:
                webhook = made[sender]
                delivery = Delivery(
                    delivery_id=ids.new_id("delivery"),
                    domain_id=webhook.domain_id,
                    project_id=webhook.project_id,
                    webhook_id=webhook.webhook_id,
                    body=Body.received(sent.body),
                    headers={},
                    received_at=sent.at,
                )
                stores.deliveries.add(delivery)
                finisher.finish(webhook, delivery, lambda: True, repeated=False, seconds_to_confirm=0)

    with ThreadPoolExecutor(len(made)) as threads:
        list(threads.map(of_one, made))


def keep_coming(urls: Mapping[str, str]) -> None:
    """Post what comes to the senders' URLs, for ever."""
    for delivery in story.endless(times.now):
        post(urls[delivery.sender], delivery.body)
        time.sleep(_SECONDS_BETWEEN)


def post(url: str, body: bytes) -> None:
    """Post a body to a webhook's URL; raise OSError if it is not taken."""
    # No proxy stands between programs of one machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - our own URL
    with opener.open(request):
        pass
