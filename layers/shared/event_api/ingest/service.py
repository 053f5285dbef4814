"""Create, step by step: make the delivery durable, turn it into events, give each its alert, store them.

Storage comes first (docs/adr/0002): once `Ingest.receive` returns, the delivery is stored and its events are stored, or
will be by the worker. All ids are derived, all writes are conditional, so any step may be done again by anyone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from event_api import telemetry
from event_api.alerts import lifecycle
from event_api.aws.redrive_queue import QueuedDelivery, RedriveQueue
from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.errors import PayloadTooLargeError, UnavailableError
from event_api.domain.model import Delivery, NormalizedEvent, RecoveryMode, Webhook
from event_api.ingest import normalization
from event_api.ingest.errors import DeadlineExceededError, DeferredError
from event_api.ingest.sender_ids import sender_delivery_id
from event_api.normalizers import headers_to_store
from event_api.store.alerts import AlertStore
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore
from event_api.store.webhooks import WebhookStore

SECONDS_BEFORE_ANSWER = 4.0
"""For how long the sender waits while events are stored; the worker does the rest. EventBridge and PagerDuty hang up
after 5 s, GitHub after 10 s, SNS and Datadog after 15 s, and nearly all that hang up send again."""

_SECONDS_TO_HAND_OVER = 3.0
"""Time of an invocation that is reserved for putting the rest of a delivery onto the queue."""
SECONDS_TO_CONFIRM = 2.0
"""For how long the sender waits while its subscription is confirmed; the worker tries again."""
_SECONDS_TO_CONFIRM_LATER = 20.0
_HANDSHAKE_KEYS = {"SubscribeURL", "ConfirmationURL"}
"""Amazon SNS's and Oracle's (`event_api.ingest.handshakes`)."""
_PARALLEL_FROM = 4
_THREADS = 8


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
        """Store a sender's request and return the delivery's id; ``access_key`` authenticated it and is not stored.

        Raises PayloadTooLargeError, and UnavailableError if nothing could be made durable.
        """
        if len(content) > self.max_body_bytes:
            raise PayloadTooLargeError(self.max_body_bytes, len(content))
        answer_by = time.monotonic() + SECONDS_BEFORE_ANSWER
        body = Body.received(content, access_key)
        kept = headers_to_store(headers, access_key)
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
        delivery, repeated = self._store_delivery(delivery, sender_id)
        # From here on the delivery is durable, and marked as unfinished: whatever happens to this process, the sweeper
        # finds it. So nothing below may refuse it.
        telemetry.count("DeliveriesRepeated" if repeated else "DeliveriesStored")
        try:
            if delivery.finished:
                return delivery.delivery_id

            def in_time() -> bool:
                return seconds_left() > _SECONDS_TO_HAND_OVER and time.monotonic() < answer_by

            self.finish(webhook, delivery, in_time, repeated=repeated, seconds_to_confirm=SECONDS_TO_CONFIRM)
        except DeferredError:
            self._finish_later(delivery)
        except Exception as error:  # noqa: BLE001  # whatever it is: the delivery is stored, and the worker tries again
            telemetry.failed("finish", error, delivery_id=delivery.delivery_id)
            self._finish_later(delivery)
        return delivery.delivery_id

    def _store_delivery(self, delivery: Delivery, sender_id: str | None) -> tuple[Delivery, bool]:
        """Store a delivery; return it as it is stored, and whether it was stored before.

        If the sender's id is known with other content, as when a script never changes its Idempotency-Key, the content
        becomes a delivery of its own. Raises UnavailableError if neither can be read: the sender sends it again.
        """
        stored = self._add(delivery, sender_id)
        if stored is None:
            own_id = ids.conflicting_delivery_id(delivery.delivery_id, delivery.body.content)
            telemetry.count("DeliveriesConflicting")
            telemetry.noticed("same delivery id, other content", delivery_id=delivery.delivery_id, stored_as=own_id)
            delivery = replace(delivery, delivery_id=own_id)
            stored = self._add(delivery, sender_id)
        if stored is None:
            raise UnavailableError("the delivery cannot be read")
        return stored, stored is not delivery

    def _add(self, delivery: Delivery, sender_id: str | None) -> Delivery | None:
        """Store a delivery, or return the one that is stored under its id; None if that has other content."""
        if self.deliveries.add(delivery, sender_id=sender_id):
            return delivery
        stored = self.deliveries.get(delivery.delivery_id, delivery.domain_id)
        return stored if stored is not None and stored.body.content == delivery.body.content else None

    def _finish_later(self, delivery: Delivery) -> None:
        try:
            self.queue.add([QueuedDelivery(delivery.delivery_id, delivery.domain_id)])
        except Exception as error:  # noqa: BLE001  # as above; the sweeper will find it
            telemetry.failed("queue", error, delivery_id=delivery.delivery_id)
        else:
            telemetry.count("DeliveriesQueued")

    def redrive(self, to_finish: QueuedDelivery, webhooks: WebhookStore, seconds_left: Callable[[], float]) -> None:
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
        telemetry.count("DeliveriesRedriven")

    def finish(
        self,
        webhook: Webhook,
        delivery: Delivery,
        in_time: Callable[[], bool],
        *,
        repeated: bool,
        seconds_to_confirm: float,
    ) -> None:
        """Store all events of a delivery, and mark it as finished.

        ``repeated``: some of them may be stored already. ``seconds_to_confirm``: how long to wait for a subscription
        that it asks to confirm. Raises the failure that stopped it, DeadlineExceededError if ``in_time`` returned
        False.
        """
        groups: dict[str, list[tuple[int, NormalizedEvent]]] = {}
        if delivery.body.read_object().keys() & _HANDSHAKE_KEYS:
            # Few deliveries are handshakes, and none of the others pays for the import.
            from event_api.ingest import handshakes  # noqa: PLC0415

            handshakes.confirm(webhook, normalization.payload_of(delivery), seconds_to_confirm)
        events = self._events_of(webhook, delivery, repeated=repeated)
        for position, event in events:
            groups.setdefault(event.event_key, []).append((position, event))

        def store(group: list[tuple[int, NormalizedEvent]]) -> None:
            # Events of one key in the order of the body: a RECOVERY behind its ALERT resolves it.
            for position, event in group:
                if not in_time():
                    raise DeadlineExceededError
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
        telemetry.count("EventsStored", len(events))

    def _events_of(self, webhook: Webhook, delivery: Delivery, *, repeated: bool) -> list[tuple[int, NormalizedEvent]]:
        """Return the events of a delivery, with their positions.

        If it could not be read before and now can, a RECOVERY of that ERROR is the last event.
        """
        found = normalization.read(webhook, delivery)
        if found.format is None:
            telemetry.count("DeliveriesUnreadable")
            return found.events
        unreadable = ids.event_id(delivery.delivery_id, ids.ERROR_POSITION)
        if repeated and self.events.exists(unreadable, delivery.domain_id):
            return [*found.events, (ids.RECOVERED_POSITION, normalization.readable(webhook, delivery))]
        return found.events

    def _store(
        self, webhook: Webhook, delivery: Delivery, position: int, event: NormalizedEvent, *, repeated: bool
    ) -> None:
        event_id = ids.event_id(delivery.delivery_id, position)
        if repeated and self.events.exists(event_id, delivery.domain_id):
            return
        if position == ids.RECOVERED_POSITION:
            # It was our failure, so it is ours to end, whatever the webhook says of its sender's; and it ends now.
            webhook = replace(webhook, recovery_mode=RecoveryMode.AUTO)
            delivery = replace(delivery, received_at=times.now())
        alert_id = lifecycle.join(self.alerts, webhook, delivery, event_id, event, repeated=repeated)
        self.events.add(normalization.event_of(delivery, event_id, event, alert_id), delivery.received_at)


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
