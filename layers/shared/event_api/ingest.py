"""Create, step by step: make the delivery durable, turn it into events, give each its alert, store them.

Storage comes first (docs/adr/0002): once `Ingest.receive` returns, the delivery is stored and its events are stored, or
will be from the queue. All ids are derived, all writes are conditional, so any step may be done again by anyone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from event_api import correlation, ids, observe, times
from event_api.correlation import Alone, Join, Open, Resolve
from event_api.errors import PayloadTooLargeError, UnavailableError
from event_api.jsontypes import JsonObject
from event_api.model import Alert, Delivery, EventType, NormalizedEvent, Severity, Webhook
from event_api.normalizers import READ_HEADERS, NormalizeError, Payload, normalize
from event_api.normalizers.sender_ids import sender_delivery_id
from event_api.queue import RedriveQueue, Unfinished
from event_api.raw import Body, UnreadableBodyError
from event_api.store.alerts import AlertStore
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore
from event_api.store.table import ConditionFailedError
from event_api.store.webhooks import WebhookStore

_SECONDS_TO_HAND_OVER = 3.0
"""What must be left of an invocation's time to put the rest of a delivery onto the queue."""
_CORRELATION_TRIES = 50
_PARALLEL_FROM = 4
_THREADS = 8


class OutOfTimeError(Exception):
    """The invocation ends before the delivery is finished."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """The steps of create, on these stores. ``queue`` is opened only when something is to be finished later."""

    deliveries: DeliveryStore
    events: EventStore
    alerts: AlertStore
    queue: Callable[[], RedriveQueue]
    max_body_bytes: int

    def receive(
        self,
        webhook: Webhook,
        content: bytes,
        headers: Mapping[str, str],
        seconds_left: Callable[[], float],
        *,
        access_key: str = "",
    ) -> str:
        """Take a sender's request and return the delivery's id; ``access_key`` is what let it in, and is not stored.

        Raises PayloadTooLargeError, and UnavailableError where nothing could be made durable.
        """
        if len(content) > self.max_body_bytes:
            raise PayloadTooLargeError(self.max_body_bytes, len(content))
        body = Body.received(content, access_key)
        kept_headers = {name: value for name, value in headers.items() if name in READ_HEADERS}
        sender_id = sender_delivery_id(_object_or_none(body), kept_headers)
        delivery = Delivery(
            delivery_id=ids.delivery_id(webhook.webhook_id, sender_id),
            domain_id=webhook.domain_id,
            project_id=webhook.project_id,
            webhook_id=webhook.webhook_id,
            body=body,
            headers=kept_headers,
            received_at=times.now(),
        )
        repeated = not self.deliveries.add(delivery, sender_id=sender_id)
        if repeated:
            observe.count("DeliveriesRepeated")
            stored = self.deliveries.get(delivery.delivery_id, delivery.domain_id)
            if stored is None or stored.finished:
                return delivery.delivery_id
            delivery = stored
        else:
            observe.count("DeliveriesStored")
        try:
            self.finish(webhook, delivery, seconds_left, repeated=repeated)
        except Exception as error:  # noqa: BLE001  # whatever it is: the delivery is stored, and the worker tries again
            observe.failed("finish", error, delivery_id=delivery.delivery_id)
            self._finish_later(delivery)
        return delivery.delivery_id

    def _finish_later(self, delivery: Delivery) -> None:
        try:
            self.queue().add(delivery)
        except Exception as error:
            raise UnavailableError("the delivery could be neither finished nor queued") from error
        observe.count("DeliveriesQueued")

    def redrive(self, unfinished: Unfinished, webhooks: WebhookStore, seconds_left: Callable[[], float]) -> None:
        """Finish a delivery from the queue; raise whatever stopped it."""
        delivery = self.deliveries.get(unfinished.delivery_id, unfinished.domain_id)
        if delivery is None or delivery.finished:
            return
        webhook = webhooks.get(delivery.webhook_id) or _deleted_webhook(delivery)
        self.finish(webhook, delivery, seconds_left, repeated=True)
        observe.count("DeliveriesRedriven")

    def finish(
        self, webhook: Webhook, delivery: Delivery, seconds_left: Callable[[], float], *, repeated: bool
    ) -> None:
        """Store all events of a delivery, and note that it is finished.

        ``repeated``: somebody may have stored some of them before. Raises whatever stopped it.
        """
        groups: dict[str, list[tuple[int, NormalizedEvent]]] = {}
        for position, event in enumerate(_events_of(webhook, delivery)):
            groups.setdefault(event.event_key, []).append((position, event))

        def store(group: list[tuple[int, NormalizedEvent]]) -> None:
            # Events of one key in the order of the body: a RECOVERY behind its ALERT resolves it.
            for position, event in group:
                if seconds_left() < _SECONDS_TO_HAND_OVER:
                    raise OutOfTimeError
                self._store(webhook, delivery, position, event, repeated=repeated)

        if len(groups) < _PARALLEL_FROM:
            for group in groups.values():
                store(group)
        else:
            # Only a large delivery pays for the import; its keys do not depend on each other.
            from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

            with ThreadPoolExecutor(_THREADS) as threads:
                for _ in threads.map(store, groups.values()):
                    pass
        self.deliveries.finish(delivery.delivery_id, delivery.domain_id)
        observe.count("EventsStored", sum(map(len, groups.values())))

    def _store(
        self, webhook: Webhook, delivery: Delivery, position: int, event: NormalizedEvent, *, repeated: bool
    ) -> None:
        event_id = ids.event_id(delivery.delivery_id, position)
        if repeated and self.events.exists(event_id, delivery.domain_id):
            return
        alert_id = self._correlate(webhook, delivery, event_id, event, repeated=repeated)
        self.events.add(_row(delivery, event_id, event, alert_id), delivery.received_at)

    def _correlate(
        self, webhook: Webhook, delivery: Delivery, event_id: str, event: NormalizedEvent, *, repeated: bool
    ) -> str | None:
        """Return the id of the alert that an event belongs to, and change the alert accordingly."""
        key = ids.alert_key(delivery.domain_id, delivery.project_id, event.event_key)
        policy = correlation.Policy(webhook.duplicate_event_time, webhook.recovery_mode)
        if repeated:
            history = self.alerts.newest_first(key)
            done = correlation.done_before(
                history, event_id=event_id, event_type=event.event_type, created_at=delivery.received_at
            )
            if done is not None:
                return done.alert_id
        for _ in range(_CORRELATION_TRIES):
            decision = correlation.decide(
                self.alerts.newest(key),
                event_id=event_id,
                event_type=event.event_type,
                created_at=delivery.received_at,
                policy=policy,
            )
            try:
                match decision:
                    case Open(generation, stale):
                        alert = _alert(delivery, key, generation, event_id, event)
                        self.alerts.open(alert, stale)
                    case Join(alert, touch):
                        if touch:
                            self.alerts.touch(alert, delivery.received_at)
                    case Resolve(alert):
                        self.alerts.resolve(alert, event_id, delivery.received_at)
                    case Alone():
                        return None
            except ConditionFailedError:
                continue  # somebody else was quicker: decide again
            return alert.alert_id
        raise UnavailableError("the alert is changing too fast")


def _object_or_none(body: Body) -> JsonObject | None:
    try:
        return body.read_object()
    except UnreadableBodyError:
        return None


def _events_of(webhook: Webhook, delivery: Delivery) -> list[NormalizedEvent]:
    """Return what a delivery says; one ERROR event where it cannot be read."""
    try:
        body = delivery.body.read_object(delivery.headers.get("content-encoding", ""))
        payload = Payload(body, delivery.headers, delivery.received_at)
        _, events = normalize(webhook.format, payload)
    except (UnreadableBodyError, NormalizeError) as error:
        observe.count("DeliveriesUnreadable")
        return [
            NormalizedEvent(
                event_key=f"error-{delivery.delivery_id.removeprefix('delivery-')}",
                event_type=EventType.ERROR,
                title=f"Webhook Event Parsing Error - {webhook.name}",
                severity=Severity.CRITICAL,
                description=str(error),
            )
        ]
    return events


def _deleted_webhook(delivery: Delivery) -> Webhook:
    """Return what a delivery is finished with whose webhook was deleted meanwhile: the defaults."""
    return Webhook(
        webhook_id=delivery.webhook_id,
        domain_id=delivery.domain_id,
        project_id=delivery.project_id,
        name=delivery.webhook_id,
        key_hashes=(),
        created_at=delivery.received_at,
    )


def _alert(delivery: Delivery, key: str, generation: int, event_id: str, event: NormalizedEvent) -> Alert:
    """Return the alert that an event opens."""
    return Alert(
        alert_id=ids.alert_id(key, generation),
        key=key,
        generation=generation,
        domain_id=delivery.domain_id,
        project_id=delivery.project_id,
        event_key=event.event_key,
        state=correlation.initial_state(event.event_type),
        urgency=correlation.urgency(event.severity),
        title=event.title,
        severity=event.severity,
        webhook_id=delivery.webhook_id,
        opened_by=event_id,
        opened_at=delivery.received_at,
        last_event_at=delivery.received_at,
    )


def _row(delivery: Delivery, event_id: str, event: NormalizedEvent, alert_id: str | None) -> JsonObject:
    """Return an event as it is stored: EventInfo's fields, all but ``raw_data``."""
    return {
        "event_id": event_id,
        "event_key": event.event_key,
        "event_type": event.event_type.value,
        "title": event.title,
        "description": event.description,
        "severity": event.severity.value,
        "rule": event.rule,
        "resource": {
            "resource_id": event.resource.resource_id,
            "resource_type": event.resource.resource_type,
            "name": event.resource.name,
        },
        "provider": event.provider,
        "account": event.account,
        "image_url": event.image_url,
        "additional_info": event.additional_info,
        "alert_id": alert_id,
        "webhook_id": delivery.webhook_id,
        "project_id": delivery.project_id,
        "domain_id": delivery.domain_id,
        "created_at": times.to_iso(delivery.received_at),
        "occurred_at": None if event.occurred_at is None else times.to_iso(event.occurred_at),
    }
