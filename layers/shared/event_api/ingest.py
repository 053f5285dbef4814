"""Create, step by step: make the delivery durable, turn it into events, give each its alert, store them.

Storage comes first (docs/adr/0002): once `Ingest.receive` returns, the delivery is stored and its events are stored, or
will be by the worker. All ids are derived, all writes are conditional, so any step may be done again by anyone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from event_api import alerting, ids, observe, reading, times
from event_api.errors import PayloadTooLargeError
from event_api.model import Delivery, NormalizedEvent, RecoveryMode, Webhook
from event_api.normalizers import kept_headers
from event_api.normalizers.sender_ids import sender_delivery_id
from event_api.queue import RedriveQueue, ToFinish
from event_api.raw import Body
from event_api.store.alerts import AlertStore
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore
from event_api.store.webhooks import WebhookStore

SECONDS_BEFORE_ANSWER = 4.0
"""For how long the sender waits while events are stored; the worker does the rest. EventBridge and PagerDuty hang up
after 5 s, GitHub after 10 s, SNS and Datadog after 15 s, and nearly all that hang up send again."""

_SECONDS_TO_HAND_OVER = 3.0
"""What must be left of an invocation's time to put the rest of a delivery onto the queue."""
SECONDS_TO_CONFIRM = 2.0
"""For how long the sender waits while its subscription is confirmed; the worker tries again."""
_SECONDS_TO_CONFIRM_LATER = 20.0
_HANDSHAKE_KEYS = {"SubscribeURL", "ConfirmationURL"}
"""Amazon SNS's and Oracle's (`event_api.handshakes`)."""
_PARALLEL_FROM = 4
_THREADS = 8


class LaterError(Exception):
    """Nothing failed, but the delivery is not finished yet: it has to be gone on with."""


class OutOfTimeError(LaterError):
    """The time to answer, or the invocation, ends before the delivery is finished."""


@dataclass(frozen=True, slots=True)
class Ingest:
    """The steps of create, on these stores."""

    deliveries: DeliveryStore
    events: EventStore
    alerts: AlertStore
    queue: RedriveQueue
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
        answer_by = time.monotonic() + SECONDS_BEFORE_ANSWER
        body = Body.received(content, access_key)
        kept = kept_headers(headers, access_key)
        scheme = webhook.signing.scheme if webhook.signing else None
        sender_id = sender_delivery_id(body.read_object(), kept, scheme)
        delivery = Delivery(
            delivery_id=ids.delivery_id(webhook.webhook_id, sender_id),
            domain_id=webhook.domain_id,
            project_id=webhook.project_id,
            webhook_id=webhook.webhook_id,
            body=body,
            headers=kept,
            received_at=times.now(),
        )
        repeated = not self.deliveries.add(delivery, sender_id=sender_id)
        # From here on the delivery is durable, and marked as unfinished: whatever happens to this process, the sweeper
        # finds it. So nothing below may refuse it.
        observe.count("DeliveriesRepeated" if repeated else "DeliveriesStored")
        try:
            if repeated:
                stored = self._stored(delivery)
                if stored is None or stored.finished:
                    return delivery.delivery_id
                delivery = stored

            def in_time() -> bool:
                return seconds_left() > _SECONDS_TO_HAND_OVER and time.monotonic() < answer_by

            self.finish(webhook, delivery, in_time, repeated=repeated, seconds_to_confirm=SECONDS_TO_CONFIRM)
        except LaterError:
            self._finish_later(delivery)
        except Exception as error:  # noqa: BLE001  # whatever it is: the delivery is stored, and the worker tries again
            observe.failed("finish", error, delivery_id=delivery.delivery_id)
            self._finish_later(delivery)
        return delivery.delivery_id

    def _stored(self, delivery: Delivery) -> Delivery | None:
        """Return what was stored before under a delivery's id; the first content counts, and another is told."""
        stored = self.deliveries.get(delivery.delivery_id, delivery.domain_id)
        if stored is not None and stored.body != delivery.body:
            observe.count("DeliveriesConflicting")
            observe.noticed("same delivery id, other content", delivery_id=delivery.delivery_id)
        return stored

    def _finish_later(self, delivery: Delivery) -> None:
        try:
            self.queue.add([ToFinish(delivery.delivery_id, delivery.domain_id)])
        except Exception as error:  # noqa: BLE001  # as above; the sweeper will find it
            observe.failed("queue", error, delivery_id=delivery.delivery_id)
        else:
            observe.count("DeliveriesQueued")

    def redrive(self, to_finish: ToFinish, webhooks: WebhookStore, seconds_left: Callable[[], float]) -> None:
        """Finish a delivery from the queue; raise whatever stopped it."""
        delivery = self.deliveries.get(to_finish.delivery_id, to_finish.domain_id)
        if delivery is None or delivery.finished:
            return
        webhook = webhooks.get(delivery.webhook_id) or _deleted_webhook(delivery)
        self.finish(
            webhook,
            delivery,
            lambda: seconds_left() > _SECONDS_TO_HAND_OVER,
            repeated=True,
            seconds_to_confirm=_SECONDS_TO_CONFIRM_LATER,
        )
        observe.count("DeliveriesRedriven")

    def finish(
        self,
        webhook: Webhook,
        delivery: Delivery,
        in_time: Callable[[], bool],
        *,
        repeated: bool,
        seconds_to_confirm: float,
    ) -> None:
        """Store all events of a delivery, and note that it is finished.

        ``repeated``: somebody may have stored some of them before. ``seconds_to_confirm``: how long to wait for
        a subscription that it asks to confirm. Raises whatever stopped it, OutOfTimeError where
        ``in_time`` said no.
        """
        groups: dict[str, list[tuple[int, NormalizedEvent]]] = {}
        if delivery.body.read_object().keys() & _HANDSHAKE_KEYS:
            # Few deliveries are handshakes, and none of the others pays for the import.
            from event_api import handshakes  # noqa: PLC0415

            handshakes.confirm(webhook, reading.payload_of(delivery), seconds_to_confirm)
        events = self._events_of(webhook, delivery, repeated=repeated)
        for position, event in events:
            groups.setdefault(event.event_key, []).append((position, event))

        def store(group: list[tuple[int, NormalizedEvent]]) -> None:
            # Events of one key in the order of the body: a RECOVERY behind its ALERT resolves it.
            for position, event in group:
                if not in_time():
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
        observe.count("EventsStored", len(events))

    def _events_of(self, webhook: Webhook, delivery: Delivery, *, repeated: bool) -> list[tuple[int, NormalizedEvent]]:
        """Return what a delivery says, with positions.

        Where it could not be read before and now can, a RECOVERY of that ERROR is the last of its events.
        """
        found = reading.read(webhook, delivery)
        if found.format is None:
            observe.count("DeliveriesUnreadable")
            return found.events
        unreadable = ids.event_id(delivery.delivery_id, ids.UNREADABLE)
        if repeated and self.events.exists(unreadable, delivery.domain_id):
            return [*found.events, (ids.READABLE, reading.readable(webhook, delivery))]
        return found.events

    def _store(
        self, webhook: Webhook, delivery: Delivery, position: int, event: NormalizedEvent, *, repeated: bool
    ) -> None:
        event_id = ids.event_id(delivery.delivery_id, position)
        if repeated and self.events.exists(event_id, delivery.domain_id):
            return
        if position == ids.READABLE:
            # It was our failure, so it is ours to end, whatever the webhook says of its sender's; and it ends now.
            webhook = replace(webhook, recovery_mode=RecoveryMode.AUTO)
            delivery = replace(delivery, received_at=times.now())
        alert_id = alerting.join(self.alerts, webhook, delivery, event_id, event, repeated=repeated)
        self.events.add(reading.row(delivery, event_id, event, alert_id), delivery.received_at)


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
