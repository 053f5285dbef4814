"""Create, step by step: make the delivery durable, turn it into events, give each its alert, store them.

Once `Ingest.receive` returns, the delivery is stored, and its events are stored or will be by the worker
(docs/adr/0002). A small delivery that makes one event is stored with it, in one write (docs/adr/0014); any other is
stored by itself first. Ids are derived and writes are conditional, so any process may repeat any step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from event_api import telemetry
from event_api.alerts import lifecycle
from event_api.aws.redrive_queue import QueuedDelivery, RedriveQueue
from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.errors import PayloadTooLargeError, UnavailableError
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.webhook import Webhook
from event_api.ingest import normalization
from event_api.ingest.errors import DeadlineExceededError, DeferredError, OtherContentError
from event_api.ingest.finishing import HANDSHAKE_KEYS, Finisher
from event_api.ingest.normalization import NormalizedDelivery
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


@dataclass(frozen=True, slots=True)
class Ingest:
    """The steps of create, on these stores.

    ``max_bytes_with_event``: a larger body is stored by itself. 8 KB keep the event's item within the 4 KB that
    half a read unit reads, as a rule.
    """

    deliveries: DeliveryStore
    events: EventStore
    alerts: AlertStore
    queue: RedriveQueue
    max_body_bytes: int
    max_bytes_with_event: int

    @property
    def finisher(self) -> Finisher:
        """The last steps, of a delivery that is stored by itself."""
        return Finisher(self.deliveries, self.events, self.alerts)

    def receive(
        self,
        webhook: Webhook,
        content: bytes,
        headers: Mapping[str, str],
        seconds_left: Callable[[], float],
        *,
        access_key: str = "",
        request_id: str = "",
    ) -> str:
        """Store a sender's request and return the delivery's id; ``access_key`` authenticated it and is not stored.

        Raises PayloadTooLargeError, and UnavailableError if nothing could be made durable.
        """
        if len(content) > self.max_body_bytes:
            raise PayloadTooLargeError(self.max_body_bytes, len(content))
        in_time = partial(_in_time, seconds_left, time.monotonic() + SECONDS_BEFORE_ANSWER)
        body = Body.received(content, access_key, headers, self.max_body_bytes)
        delivery, sender_id = _new_delivery(webhook, body, headers, access_key, request_id)
        repeated = interrupted = False
        if sender_id is not None:
            delivery, repeated = self._known(delivery)
        found = None if repeated else self._read_small(webhook, delivery)
        if found is not None and found.only_event is not None:
            try:
                self._store_with_event(webhook, delivery, found.only_event, in_time, named=sender_id is not None)
            except OtherContentError:
                delivery = _with_own_id(delivery)
            except Exception as error:  # noqa: BLE001  # whatever it is: the delivery is stored by itself
                telemetry.failed("store with event", error, delivery_id=delivery.delivery_id)
                interrupted = True
            else:
                return delivery.delivery_id
        if not repeated:
            delivery, repeated = self._store_delivery(delivery, sender_id)
        # From here on the delivery is durable, and marked as unfinished: whatever happens to this process, the sweeper
        # finds it. So nothing below may refuse it.
        telemetry.count("DeliveriesRepeated" if repeated else "DeliveriesStored")
        if interrupted:
            # The same trouble would meet another try at once.
            self._finish_later(delivery)
        elif not delivery.finished:
            delivery = self._finish_now_or_later(webhook, delivery, in_time, repeated=repeated, found=found)
        return delivery.delivery_id

    def _read_small(self, webhook: Webhook, delivery: Delivery) -> NormalizedDelivery | None:
        """Normalize a delivery before it is stored, or return None if it has to be stored first."""
        body = delivery.body
        if len(body.content) > self.max_bytes_with_event or body.read_object().keys() & HANDSHAKE_KEYS:
            return None
        try:
            return normalization.read(webhook, delivery)
        except Exception:  # noqa: BLE001  # a defect of a normalizer: it is met again, and reported, once the body is stored
            return None

    def _finish_now_or_later(
        self,
        webhook: Webhook,
        delivery: Delivery,
        in_time: Callable[[], bool],
        *,
        repeated: bool,
        found: NormalizedDelivery | None,
    ) -> Delivery:
        """Finish a stored delivery, or queue it; return it, under an id of its own if it turns out to need one."""
        try:
            self.finisher.finish(
                webhook, delivery, in_time, repeated=repeated, seconds_to_confirm=SECONDS_TO_CONFIRM, found=found
            )
        except DeferredError:
            self._finish_later(delivery)
        except OtherContentError:
            # At the same moment, a delivery of one event came under the same id.
            own, _ = self._store_delivery(_with_own_id(delivery), None)
            self.deliveries.finish(delivery.delivery_id, delivery.domain_id)
            self._finish_later(own)
            return own
        except Exception as error:  # noqa: BLE001  # whatever it is: the delivery is stored, and the worker tries again
            telemetry.failed("finish", error, delivery_id=delivery.delivery_id)
            self._finish_later(delivery)
        return delivery

    def _known(self, delivery: Delivery) -> tuple[Delivery, bool]:
        """Return a delivery as it is stored and True, or as it is to be stored and False.

        If its id is stored with other content, as when a script never changes its Idempotency-Key, the content becomes
        a delivery of its own. Raises UnavailableError if the database cannot answer: the sender sends it again.
        """
        stored = self.events.delivery(delivery.delivery_id, delivery.domain_id)
        if stored is not None and stored.body.content != delivery.body.content:
            delivery = _with_own_id(delivery)
            stored = self.events.delivery(delivery.delivery_id, delivery.domain_id)
        return (delivery, False) if stored is None else (stored, True)

    def _store_with_event(
        self, webhook: Webhook, delivery: Delivery, event: NormalizedEvent, in_time: Callable[[], bool], *, named: bool
    ) -> None:
        """Store a delivery with the only event that it makes: the alert first, so a stored event is complete.

        ``named``: the sender has an id for it, so this may be another attempt. Raises OtherContentError if its id is
        stored with other content, else the error that stopped it. Then the alert may have changed already, and the
        delivery can still be stored by itself and finished.
        """
        if not in_time():
            raise DeadlineExceededError
        event_id = ids.event_id(delivery.delivery_id, 0)
        joined = lifecycle.join(self.alerts, webhook, delivery, event_id, event, retried=named)
        delivery = replace(delivery, received_at=lifecycle.arrived_at(joined, event_id, delivery.received_at))
        made = normalization.event_of(delivery, event_id, event, joined)
        opens_alert = lifecycle.opened(joined, event_id)
        named_by_alert = lifecycle.names(joined, event_id)
        if not self.events.add(made, delivery.received_at, delivery=delivery, named_by_alert=named_by_alert):
            # A copy was quicker, or an earlier try of this write took effect.
            if not self.finisher.holds(delivery):
                raise OtherContentError
            kept_id = self.events.alert_of(event_id, delivery.domain_id)
            if opens_alert and joined is not None:
                lifecycle.withdraw(self.alerts, joined, kept_id, delivery.received_at)
        telemetry.know(event_id=made.event_id, alert_id=made.alert_id)
        telemetry.count("DeliveriesStored")
        telemetry.count("EventsStored")
        telemetry.count("AlertsOpened", int(opens_alert))

    def _store_delivery(self, delivery: Delivery, sender_id: str | None) -> tuple[Delivery, bool]:
        """Store a delivery by itself; return it as it is stored, and whether it was stored before.

        Raises UnavailableError if that cannot be done, or if what is stored cannot be read.
        """
        for _ in range(2):
            if self.deliveries.add(delivery, sender_id=sender_id):
                return delivery, False
            stored, repeated = self._known(delivery)
            if repeated:
                return stored, True
            # Its id has other content, or content that has expired.
            delivery = _with_own_id(delivery) if stored is delivery else stored
        raise UnavailableError("the delivery cannot be read")

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
        telemetry.know(request_id=delivery.request_id, webhook_id=delivery.webhook_id)
        webhook = webhooks.get(delivery.webhook_id) or _deleted_webhook(delivery)
        self.finisher.finish(
            webhook,
            delivery,
            lambda: seconds_left() > _SECONDS_TO_HAND_OVER,
            repeated=True,
            seconds_to_confirm=_SECONDS_TO_CONFIRM_LATER,
        )
        telemetry.count("DeliveriesRedriven")


def _in_time(seconds_left: Callable[[], float], answer_by: float) -> bool:
    return seconds_left() > _SECONDS_TO_HAND_OVER and time.monotonic() < answer_by


def _new_delivery(
    webhook: Webhook, body: Body, headers: Mapping[str, str], access_key: str, request_id: str
) -> tuple[Delivery, str | None]:
    """Return a sender's request as a delivery that arrives now, and the sender's id of it if it has one."""
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
        request_id=request_id,
    )
    return delivery, sender_id


def _with_own_id(delivery: Delivery) -> Delivery:
    """Return a delivery whose id is another content's under an id that follows from its content."""
    own_id = ids.conflicting_delivery_id(delivery.delivery_id, delivery.body.content)
    telemetry.count("DeliveriesConflicting")
    telemetry.noticed("same delivery id, other content", delivery_id=delivery.delivery_id, stored_as=own_id)
    return replace(delivery, delivery_id=own_id)


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
