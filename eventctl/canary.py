"""The canary of ``eventctl doctor``: deliveries through the public URL, whose events are read back and deleted.

A delivery of one event and one of two: the first is stored with its event, the second before its events.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from event_api.admin import administration
from event_api.domain import ids, times
from eventctl.health import Finding, State

if TYPE_CHECKING:
    from event_api.store.attributes import Item
    from eventctl.target import Target

SECTION: Final = "the-canary"
_TIMEOUT_SECONDS: Final = 35
"""Longer than API Gateway waits for a function."""
_THIS_MACHINE: Final = {"localhost", "127.0.0.1"}
_PAUSE_SECONDS: Final = 0.25
_CLEANING_PASSES: Final = 5
_LIFETIME: Final = timedelta(minutes=15)
_EVENTS: Final = [
    {"event_key": f"canary-{number}", "event_type": "ALERT", "title": "eventctl doctor", "severity": "INFO"}
    for number in range(3)
]
_BODIES: Final = (_EVENTS[0], _EVENTS[1:])


class CanaryError(Exception):
    """The canary got lost; ``str()`` says where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the API; ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """Return the body; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


Send = Callable[[str, str, Mapping[str, str], bytes | None], Answer]
"""Send a request: method, URL, headers, body."""


def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    """Send a request over HTTP; raise CanaryError without the URL, which may hold a key, if there is no answer."""
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310  # the stack's own URL
    # No proxy stands between this machine and itself.
    proxies = ProxyHandler({} if urlsplit(url).hostname in _THIS_MACHINE else None)
    try:
        with build_opener(proxies).open(request, timeout=_TIMEOUT_SECONDS) as response:
            return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read())
    except HTTPError as error:
        return Answer(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())
    except (URLError, OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or type(error).__name__
        raise CanaryError(f"the API does not answer: {reason}") from None


def fly(target: Target, within: float, send_request: Send = send) -> Iterator[Finding]:
    """Deliver, read back within some seconds, and delete everything; report the outcome."""
    domain = f"canary-{secrets.token_hex(6)}"
    stored: list[Item] = []
    began = time.monotonic()
    try:
        webhook, key = administration.create_webhook(
            target.stores, domain_id=domain, project_id="canary", name="eventctl doctor"
        )
        _, credential = administration.create_token(
            target.stores, domain_id=domain, expires_at=times.now() + _LIFETIME, name="eventctl doctor"
        )
        for body in _BODIES:
            delivery = _deliver(target, webhook.webhook_id, key, body, send_request)
            stored.append({"delivery_id": delivery, "domain_id": domain})
        events = {
            ids.event_id(str(item["delivery_id"]), number)
            for item, count in zip(stored, (1, 2), strict=True)
            for number in range(count)
        }
        read = _Reader(target.api_url, credential, began + within, send_request)
        for event in sorted(events):
            read.until(f"/monitoring/v1/event/{event}", lambda answer: answer["title"] == _EVENTS[0]["title"], "read")
        read.until(
            "/monitoring/v1/events?only=event_id",
            lambda answer: {one["event_id"] for one in answer["results"]} == events,
            "listed",
        )
        seconds = time.monotonic() - began
        yield Finding("canary", State.OK, f"delivered, read and listed in {seconds:.1f} s", SECTION)
    except CanaryError as error:
        yield Finding("canary", State.FAILED, str(error), SECTION)
    finally:
        left = _clean(target, domain, stored)
    if left:
        detail = f"{left} items are left: eventctl domain delete {domain}"
        yield Finding("canary's end", State.WARNING, detail, SECTION)


def _deliver(target: Target, webhook_id: str, key: str, body: object, send_request: Send) -> str:
    url = target.webhook_url(webhook_id, key)
    answer = send_request("POST", url, {"content-type": "application/json"}, json.dumps(body).encode())
    if answer.status != http.client.OK:
        raise CanaryError(f"the delivery was answered {answer.status}")
    delivery = answer.headers.get("x-delivery-id")
    if not delivery:
        raise CanaryError("the delivery's answer has no x-delivery-id: another application answers")
    return delivery


@dataclass(frozen=True, slots=True)
class _Reader:
    api_url: str
    credential: str
    until_moment: float
    send: Send

    def until(self, path: str, good: Callable[[Any], bool], verb: str) -> None:
        """Repeat a GET until its answer is good; raise CanaryError if time is up."""
        headers = {"authorization": f"Bearer {self.credential}"}
        while True:
            answer = self.send("GET", self.api_url + path, headers, None)
            if answer.status == http.client.OK:
                try:
                    if good(answer.json()):
                        return
                except (KeyError, TypeError):
                    raise CanaryError(f"an event cannot be {verb}: the answer is not the API's") from None
            if time.monotonic() > self.until_moment:
                raise CanaryError(f"an event cannot be {verb} in time; the last answer was {answer.status}")
            time.sleep(_PAUSE_SECONDS)


def _clean(target: Target, domain: str, stored: list[Item]) -> int:
    """Delete everything of the canary's domain and return the number of items that are left."""
    erasure = target.stores.erasure
    for number in range(_CLEANING_PASSES):
        if number:
            time.sleep(_PAUSE_SECONDS)
        erasure.erase(domain, stored=stored)
        left = erasure.extent(domain, stored=()).total
        if not left:
            break
    return left
