"""The rules that must hold in the end, after any faults."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from event_api import composition
from event_api.domain import ids, times
from event_api.domain.body import Body, UnreadableBodyError
from event_api.domain.event import EventType, Severity
from event_api.domain.fields import DETAIL_FIELDS, RAW_FIELDS
from event_api.domain.normalized import NormalizedEvent
from event_api.normalizers import NormalizeError, Payload, normalize
from event_api.store.attributes import from_attributes
from event_api.store.contents import WITH_BODY, details_of
from event_api.store.events import ATTRIBUTES_OF_FIELD, scalars_of
from tests.faults.world import ACCESS_KEY, DUPLICATE_EVENT_TIME

if TYPE_CHECKING:
    from event_api.domain.alert import Alert
    from event_api.domain.delivery import Delivery
    from tests.faults.scenarios import Message
    from tests.faults.world import World

UNKNOWN = "?"
"""The label of an event that is not stored."""
_SCALARS = scalars_of(frozenset(ATTRIBUTES_OF_FIELD) - DETAIL_FIELDS - RAW_FIELDS)


@dataclass
class Sent:
    """The fate of a message, as its sender knows it."""

    message: Message
    acknowledged: list[str] = field(default_factory=list)
    """The deliveries that were answered 200."""
    refused: int = 0
    """How often it was not answered 200."""


@dataclass
class State:
    """All that is stored. ``events``: of each delivery, in order; alerts from old to new."""

    deliveries: dict[str, Delivery]
    events: dict[str | None, list[dict[str, Any]]]
    alerts: list[Alert]

    @cached_property
    def by_id(self) -> dict[str, dict[str, Any]]:
        return {row["event_id"]: row for rows in self.events.values() for row in rows}

    @property
    def unfinished(self) -> list[str]:
        return sorted(one for one, delivery in self.deliveries.items() if not delivery.finished)


def state_of(world: World) -> State:
    domain_id = world.webhook.domain_id
    deliveries: dict[str, Delivery] = {}
    for item in world.items("DeliveriesTable"):
        delivery_id = item["delivery_id"]["S"]
        delivery = composition.deliveries().get(delivery_id, domain_id)
        assert delivery is not None, delivery_id
        deliveries[delivery_id] = delivery
    for item in world.items("EventsTable"):
        delivery_id = ids.delivery_of_event(item["e"]["S"])
        if WITH_BODY in item and delivery_id is not None:
            stored = composition.events().delivery(delivery_id, domain_id)
            assert stored is not None, delivery_id
            # It can be stored by itself as well, and that is what the sweeper and the worker see.
            deliveries.setdefault(delivery_id, stored)
    events: dict[str | None, list[dict[str, Any]]] = defaultdict(list)
    for item in map(from_attributes, world.items("EventsTable")):
        row: dict[str, Any] = _SCALARS(item) | details_of(item, DETAIL_FIELDS)
        events[ids.delivery_of_event(row["event_id"])].append(row)
    for rows in events.values():
        rows.sort(key=itemgetter("event_id"))
    alerts = sorted(composition.alerts().of_domain(domain_id, None, times.now()), key=lambda one: one.generation)
    return State(deliveries, events, alerts)


@dataclass
class Verdict:
    """``wrong``: violated rules, as sentences. The rest counts."""

    wrong: list[str] = field(default_factory=list)
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0


def judge(world: World, state: State, sent: list[Sent]) -> Verdict:
    """Compare the stored data with the messages and their responses."""
    verdict = Verdict()
    say = verdict.wrong.append
    sender_of = _senders(state, sent)
    for delivery_id in state.deliveries.keys() - sender_of.keys():
        say(f"{delivery_id} was sent by nobody")
    for number, one in enumerate(sent):
        stored = {delivery_id for delivery_id, sender in sender_of.items() if sender == number}
        acknowledged = set(one.acknowledged)
        verdict.acknowledged += len(acknowledged)
        if acknowledged - stored:
            verdict.lost += len(acknowledged - stored)
            say(f"message {number} was answered 200 and is not stored")
        if one.message.sender_id and len(stored) > 1:
            verdict.doubled += len(stored) - 1
            say(f"message {number}, which has its sender's id, is {len(stored)} deliveries")
        for delivery_id in stored:
            answered = "answered 200" if delivery_id in acknowledged else "not answered 200"
            delivery = state.deliveries[delivery_id]
            rows, expected = state.events.get(delivery_id, []), _expected(world, one.message, delivery)
            if len(rows) > len(expected):
                verdict.doubled += 1
                say(f"of message {number} there are {len(rows)} events instead of {len(expected)}")
            elif len(rows) < len(expected) and (rows or delivery_id in acknowledged):
                verdict.lost += delivery_id in acknowledged
                say(f"of message {number}, {answered}, there are {len(rows)} events of {len(expected)}")
            else:
                verdict.wrong += [
                    f"an event's {', '.join(differing)} is not as it was sent"
                    for row, event in zip(rows, expected, strict=bool(rows))
                    if (differing := _differing(row, event))
                ]
            if not delivery.finished:
                say(f"message {number}, {answered}, is left unfinished")
    for unknown in state.events.keys() - sender_of.keys():
        verdict.doubled += 1
        say(f"there is an event of {unknown}, which is not there")
    verdict.wrong += _wrong_alerts(state, refused=any(one.refused for one in sent))
    return verdict


def _senders(state: State, sent: list[Sent]) -> dict[str, int]:
    """Which message a delivery is, by its content."""
    number_of: dict[tuple[Any, str | None], int] = {}
    for number, one in enumerate(sent):
        body = Body.received(one.message.body, ACCESS_KEY)
        number_of[body.content, one.message.sender_id] = number
    found = {}
    for delivery_id, delivery in state.deliveries.items():
        known = (delivery.body.content, delivery.headers.get("idempotency-key"))
        if known in number_of:
            found[delivery_id] = number_of[known]
    return found


def _expected(world: World, message: Message, delivery: Delivery) -> list[dict[str, Any]]:
    """The events of a delivery, in order."""
    webhook = world.webhook
    body = Body.received(message.body, ACCESS_KEY)
    headers = {"idempotency-key": message.sender_id} if message.sender_id else {}
    try:
        _, events = normalize(webhook.format, Payload(body.read_content(headers), headers, delivery.received_at))
    except (UnreadableBodyError, NormalizeError) as error:
        key = f"error-{delivery.delivery_id.removeprefix('delivery-')}"
        title = f"Webhook Event Parsing Error - {webhook.name}"
        events = [NormalizedEvent(key, EventType.ERROR, title, Severity.CRITICAL, description=str(error))]
    return [
        {
            "event_key": event.event_key,
            "event_type": event.event_type.value,
            "title": event.title,
            "description": event.description,
            "severity": event.severity.value,
            "rule": event.rule,
            "resource": {part: getattr(event.resource, part) for part in ("resource_id", "resource_type", "name")},
            "provider": event.provider,
            "account": event.account,
            "image_url": event.image_url,
            "additional_info": event.additional_info,
            "webhook_id": webhook.webhook_id,
            "project_id": webhook.project_id,
            "domain_id": webhook.domain_id,
            "occurred_at": event.occurred_at and times.to_iso(event.occurred_at),
            "created_at": times.to_iso(delivery.received_at),
        }
        for event in events
    ]


def _differing(row: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    # A missing value equals an empty one, which is not stored.
    return sorted(field for field in expected if (row.get(field) or None) != (expected[field] or None))


def _wrong_alerts(state: State, *, refused: bool) -> list[str]:
    wrong = []
    by_id = {alert.alert_id: alert for alert in state.alerts}
    for row in state.by_id.values():
        if row["alert_id"] is None:
            if row["event_type"] != EventType.RECOVERY:
                wrong.append(f"an {row['event_type']} has no alert")
            continue
        alert = by_id.get(row["alert_id"])
        if alert is None:
            wrong.append("an event's alert does not exist")
        elif (alert.event_key, alert.project_id) != (row["event_key"], row["project_id"]):
            wrong.append("an event's alert is another key's")
    return wrong + _wrong_ends(state, refused=refused) + _wrong_keys(state)


def _wrong_ends(state: State, *, refused: bool) -> list[str]:
    """Return the violated rules about the events that opened and resolved an alert.

    An alert is written before the event that is stored with its delivery. If a fault comes between the two, the sender
    is ``refused`` a 200, and the event of its next try joins the alert.
    """
    wrong = []
    for alert in state.alerts:
        opener = state.by_id.get(alert.opened_by)
        if opener is None and refused:
            if alert.is_open and alert.alert_id not in {row["alert_id"] for row in state.by_id.values()}:
                wrong.append("an open alert has no event")
        elif opener is None or opener["alert_id"] != alert.alert_id or opener["event_type"] == EventType.RECOVERY:
            wrong.append("what opened an alert is no event of it")
        if alert.is_open != (alert.resolved_by is None):
            wrong.append(f"an alert is {alert.state} and resolved by {alert.resolved_by}")
        if alert.resolved_by is not None:
            resolver = state.by_id.get(alert.resolved_by)
            if not (resolver is None and refused) and (resolver is None or resolver["event_key"] != alert.event_key):
                wrong.append("what resolved an alert is no event of its key")
    return wrong


def _wrong_keys(state: State) -> list[str]:
    """Return the violated rules about a key's alerts together."""
    wrong = []
    alerts_of: dict[str, list[Alert]] = defaultdict(list)
    for alert in state.alerts:
        alerts_of[alert.event_key].append(alert)
    for alerts in alerts_of.values():
        for older, newer in pairwise(alerts):
            is_stale = newer.opened_at - older.last_event_at > timedelta(seconds=DUPLICATE_EVENT_TIME)
            if older.is_open and not (newer.is_open and is_stale):
                wrong.append("an alert is open below a newer one of its key")
    arrivals: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    dates = {row["event_id"]: row["occurred_at"] for row in state.by_id.values()}
    for row in state.by_id.values():
        arrivals[row["event_key"]].append((row["created_at"], row["event_id"], row["event_type"]))
    for key, events in arrivals.items():
        *_, last = sorted(events)
        instants = Counter({(created_at, ids.delivery_of_event(event_id)) for created_at, event_id, _ in events})
        if sum(created_at == last[0] for created_at, _ in instants) > 1:
            continue  # two deliveries at the same instant: either may be the last one
        firing = [event for event in events if event[2] != EventType.RECOVERY]
        if firing == [last] and dates[last[1]] and len(events) > 1:
            continue  # the key's only ALERT, which its date proves to be older than the RECOVERYs before it
        is_open = bool(alerts_of[key]) and alerts_of[key][-1].is_open
        if is_open != (last[2] != EventType.RECOVERY):
            wrong.append(f"a key whose last event to arrive is a {last[2]} is {'open' if is_open else 'not open'}")
    return wrong


def summary(state: State, sent: list[Sent]) -> tuple[Any, ...]:
    """The alerts, old to new, with messages for ids: the common part of two runs of a scenario."""
    label = _labels(state, sent)
    generations: Counter[str] = Counter()
    found = []
    for alert in state.alerts:
        generations[alert.event_key] += 1
        facts = (generations[alert.event_key], alert.state.value, alert.title)
        found.append((*facts, str(label(alert.opened_by)), str(label(alert.resolved_by))))
    return tuple(sorted(found))


def alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether two summaries are the same, but for events of refused deliveries, which are not stored."""
    return len(one) == len(other) and all(
        len(facts) == len(others)
        and all(fact == another or UNKNOWN in {fact, another} for fact, another in zip(facts, others, strict=True))
        for facts, others in zip(one, other, strict=True)
    )


def left_over(world: World, state: State, sent: list[Sent]) -> tuple[Any, ...]:
    """A handler's leftovers, with messages for ids: the starting point of the sweeper and the worker."""
    label = _labels(state, sent)
    senders = _senders(state, sent)
    deliveries = sorted((senders.get(one, -1), delivery.finished) for one, delivery in state.deliveries.items())
    events = sorted((str(label(one)), str(label_of_alert(state, row, label))) for one, row in state.by_id.items())
    return (tuple(deliveries), tuple(events), summary(state, sent), world.queued())


def label_of_alert(state: State, row: dict[str, Any], label: Any) -> Any:
    opened_by = next((alert.opened_by for alert in state.alerts if alert.alert_id == row["alert_id"]), None)
    return label(opened_by)


def _labels(state: State, sent: list[Sent]) -> Any:
    senders = _senders(state, sent)

    def label(event_id: str | None) -> Any:
        if event_id is None:
            return None
        sender = senders.get(ids.delivery_of_event(event_id) or "")
        return UNKNOWN if sender is None else (sender, event_id[-4:])

    return label
