"""The data for the handlers: a webhook, a token, stored events and an unfinished delivery, in an AWS made of moto.

The ids and secrets are those of the events in ``tests/events``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from event_api import composition
from event_api.auth import credentials
from event_api.aws import clients
from event_api.domain import ids, times
from event_api.domain.access import Permission, Token
from event_api.domain.alert import Alert, AlertState, FiringTimes, Urgency
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.event import Severity
from event_api.domain.webhook import Webhook
from testkit import stack
from testkit.dynamodb import botocore_client

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
REGION = "us-east-1"

_DOMAIN = "example-domain"
_PROJECT = "example-project"
_STORED = "delivery-00112233445566778899aabb"
_UNFINISHED = "delivery-ffeeddccbbaa998877665544"
_ALERT_KEYS = [f"{number:024x}" for number in range(1, 6)]
"""Of alerts that the handlers change: each takes its own, because their order is open."""
_LINK_SECRET = "an-example-of-a-domain-s-secret"  # noqa: S105  # as the other secrets here


def event_of(function: str) -> bytes:
    """Return a function's ready-made event, as JSON."""
    return (ROOT / "tests" / "events" / f"{function}.json").read_bytes()


def environment() -> dict[str, str]:
    """Return the variables that template.yaml gives every function, and Lambda's own; tables by their logical ids."""
    template = stack.template()
    variables: dict[str, Any] = template["Globals"]["Function"]["Environment"]["Variables"]
    return {
        **{name: _resolved(value, template["Parameters"]) for name, value in variables.items()},
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "example",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_SESSION_TOKEN": "example",
    }


def build() -> None:
    """Make the tables and fill them. Wants `environment` in ``os.environ``, and moto's mock active."""
    # moto stands in for AWS within botocore.
    with patch.object(clients, "DynamoDb", botocore_client):
        composition.reset()
        _fill()


def _fill() -> None:
    for definition in stack.table_definitions():
        clients.dynamodb().create_table(**definition)
    now = times.now()
    path = _path_of("create_event")
    webhook_id, access_key = path["webhook_id"], path["access_key"]
    webhook = Webhook(
        webhook_id=webhook_id,
        domain_id=_DOMAIN,
        project_id=_PROJECT,
        name="example",
        key_hashes=(credentials.hash_secret(access_key),),
        created_at=now,
    )
    composition.webhooks().add(webhook)
    composition.tokens().add(_token())
    for function in ("rotate_token", "revoke_token"):
        composition.tokens().add(replace(_token(), token_id=_path_of(function)["token_id"]))
    composition.webhooks().add(replace(webhook, webhook_id=_path_of("delete_webhook")["webhook_id"]))
    composition.alert_records().make_link_secret(_DOMAIN, _LINK_SECRET)
    for key in _ALERT_KEYS:
        composition.alerts().open(_alert(key, webhook_id, now))
    for delivery in _deliveries(webhook_id):
        composition.deliveries().add(delivery)
        if delivery.finished:
            composition.ingest().finisher.finish(webhook, delivery, lambda: True, repeated=False, seconds_to_confirm=0)
        else:
            # The worker's to finish, so the sweeper finds nothing, as nearly always.
            composition.deliveries().mark_queued(delivery.delivery_id, delivery.domain_id)


def _deliveries(webhook_id: str) -> Iterator[Delivery]:
    content = json.loads(event_of("create_event"))["body"].encode()
    discarded = _path_of("discard_delivery")["delivery_id"]
    for delivery_id, finished in ((_STORED, True), (_UNFINISHED, False), (discarded, False)):
        yield Delivery(
            delivery_id=delivery_id,
            domain_id=_DOMAIN,
            project_id=_PROJECT,
            webhook_id=webhook_id,
            body=Body.received(content),
            headers={},
            received_at=times.now() - timedelta(minutes=5),
            finished=finished,
        )


def _alert(key: str, webhook_id: str, now: datetime) -> Alert:
    return Alert(
        alert_id=ids.alert_id(key, 1),
        key=key,
        generation=1,
        domain_id=_DOMAIN,
        project_id=_PROJECT,
        event_key=key,
        state=AlertState.TRIGGERED,
        urgency=Urgency.HIGH,
        title="example",
        severity=Severity.CRITICAL,
        webhook_id=webhook_id,
        opened_by=ids.event_id(_STORED, 0),
        opened_at=now,
        times=FiringTimes(now),
    )


def _token() -> Token:
    credential = credentials.bearer(json.loads(event_of("authorizer"))["headers"]["authorization"]) or ""
    token_id, _, secret = credential.partition(".")
    return Token(
        token_id=token_id,
        secret_hash=credentials.hash_secret(secret),
        page_key="page-key",
        domain_id=_DOMAIN,
        projects=None,
        permissions=frozenset(Permission),
        created_at=times.now(),
        expires_at=times.now() + timedelta(days=1),
    )


def _path_of(function: str) -> dict[str, str]:
    """Return the path parameters of a function's ready-made event."""
    path: dict[str, str] = json.loads(event_of(function))["pathParameters"]
    return path


def _resolved(value: Any, parameters: dict[str, Any]) -> str:
    """Return a variable's value: a parameter's default, or the name of a resource."""
    if not isinstance(value, dict):
        return str(value)
    name = value["Ref"]
    if name in parameters:
        return str(parameters[name]["Default"])
    # A queue's Ref is its URL; a table's and a bucket's are their names.
    return f"https://sqs.{REGION}.amazonaws.com/123456789012/{name}" if name.endswith("Queue") else str(name)
