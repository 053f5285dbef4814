"""Finishing: the events of a delivery that is stored by itself, each joined to its alert and stored.

The first time, some hundred events go together: their alerts are looked up in a few calls, and the events are written
in batches, because no other process can be storing them (docs/adr/0015). If a delivery is finished again, each event
is looked for first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from event_api import telemetry
from event_api.alerts import lifecycle
from event_api.domain import ids, times
from event_api.domain.alert import Alert
from event_api.domain.delivery import Delivery
from event_api.domain.event import Event
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.webhook import RecoveryMode, Webhook
from event_api.ingest import normalization
from event_api.ingest.errors import DeadlineExceededError, OtherContentError
from event_api.ingest.normalization import NormalizedDelivery
from event_api.store.alerts import AlertStore
from event_api.store.deliveries import DeliveryStore
from event_api.store.events import EventStore

HANDSHAKE_KEYS = {"SubscribeURL", "ConfirmationURL"}
"""Amazon SNS's and Oracle's (`event_api.ingest.handshakes`)."""
_AT_ONCE = 100
"""Events whose alerts are joined before any of them is stored."""
_PARALLEL_FROM = 4
_THREADS = 8

_Placed: TypeAlias = tuple[int, NormalizedEvent]
"""An event and its position in the delivery."""
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Finisher:
    """The last steps of create, on these stores."""

    deliveries: DeliveryStore
    events: EventStore
    alerts: AlertStore

    def finish(
        self,
        webhook: Webhook,
        delivery: Delivery,
        in_time: Callable[[], bool],
        *,
        repeated: bool,
        seconds_to_confirm: float,
        found: NormalizedDelivery | None = None,
    ) -> None:
        """Store all events of a delivery, and mark it as finished.

        ``repeated``: some of them may be stored already. ``seconds_to_confirm``: how long to wait for a subscription
        that it asks to confirm. ``found``: its events, if it has been read before. Raises the failure that stopped it,
        DeadlineExceededError if ``in_time`` returned False.
        """
        if delivery.body.read_object().keys() & HANDSHAKE_KEYS:
            # Few deliveries are handshakes, and none of the others pays for the import.
            from event_api.ingest import handshakes  # noqa: PLC0415

            handshakes.confirm(webhook, normalization.payload_of(delivery), seconds_to_confirm)
        events = self._events_of(webhook, delivery, found or normalization.read(webhook, delivery), repeated=repeated)
        store = self._store_missing if repeated else self._store_new
        for start in range(0, len(events), _AT_ONCE):
            store(webhook, delivery, events[start : start + _AT_ONCE], in_time)
        self.deliveries.finish(delivery.delivery_id, delivery.domain_id)
        telemetry.count("EventsStored", len(events))

    def holds(self, delivery: Delivery) -> bool:
        """Return whether a delivery's id is stored with its content."""
        stored = self.events.delivery(delivery.delivery_id, delivery.domain_id)
        return stored is not None and stored.body.content == delivery.body.content

    def _events_of(
        self, webhook: Webhook, delivery: Delivery, found: NormalizedDelivery, *, repeated: bool
    ) -> Sequence[_Placed]:
        """Return the events of a delivery, with their positions.

        If it could not be read before and now can, a RECOVERY of that ERROR is the last event.
        """
        if found.format is None:
            telemetry.count("DeliveriesUnreadable")
            return found.events
        if not found.events:
            telemetry.count("DeliveriesWithoutEvents")
        unreadable = ids.event_id(delivery.delivery_id, ids.ERROR_POSITION)
        if repeated and self.events.exists(unreadable, delivery.domain_id):
            return [*found.events, (ids.RECOVERED_POSITION, normalization.readable(webhook, delivery))]
        return found.events

    def _store_new(
        self, webhook: Webhook, delivery: Delivery, events: Sequence[_Placed], in_time: Callable[[], bool]
    ) -> None:
        newest = lifecycle.newest_of(self.alerts, delivery, [event for _, event in events])

        def join(position: int, event: NormalizedEvent) -> tuple[Event, Alert | None]:
            event_id = ids.event_id(delivery.delivery_id, position)
            joined = lifecycle.join(self.alerts, webhook, delivery, event_id, event, newest=newest)
            return normalization.event_of(delivery, event_id, event, joined), joined

        made = sorted(_key_by_key(join, events, in_time), key=lambda one: one[0].event_id)
        (first, is_named), *others = ((event, lifecycle.names(joined, event.event_id)) for event, joined in made)
        # The first one could be another delivery's, which came under the same id and makes one event.
        added = self.events.add(first, delivery.received_at, named_by_alert=is_named)
        if not added and not self.holds(delivery):
            raise OtherContentError
        self.events.add_all(others, delivery.received_at)
        telemetry.count("AlertsOpened", sum(lifecycle.opened(joined, event.event_id) for event, joined in made))

    def _store_missing(
        self, webhook: Webhook, delivery: Delivery, events: Sequence[_Placed], in_time: Callable[[], bool]
    ) -> None:
        def store(position: int, event: NormalizedEvent) -> bool:
            return self._store_if_missing(webhook, delivery, position, event)

        telemetry.count("AlertsOpened", sum(_key_by_key(store, events, in_time)))

    def _store_if_missing(self, webhook: Webhook, delivery: Delivery, position: int, event: NormalizedEvent) -> bool:
        """Store an event unless it is stored; return whether it opened an alert."""
        event_id = ids.event_id(delivery.delivery_id, position)
        if self.events.exists(event_id, delivery.domain_id):
            return False
        if position == ids.RECOVERED_POSITION:
            # It was our failure, so it is ours to end, whatever the webhook says of its sender's; and it ends now.
            webhook = replace(webhook, recovery_mode=RecoveryMode.AUTO)
            delivery = replace(delivery, received_at=times.now())
        joined = lifecycle.join(self.alerts, webhook, delivery, event_id, event, repeated=True)
        made = normalization.event_of(delivery, event_id, event, joined)
        self.events.add(made, delivery.received_at, named_by_alert=lifecycle.names(joined, event_id))
        return lifecycle.opened(joined, event_id)


def _key_by_key(
    work: Callable[[int, NormalizedEvent], _Made], events: Sequence[_Placed], in_time: Callable[[], bool]
) -> list[_Made]:
    """Do some work for each event; events of one key in the order of the body, because a RECOVERY ends what is before.

    Raises DeadlineExceededError if ``in_time`` returned False.
    """
    groups: dict[str, list[_Placed]] = {}
    for position, event in events:
        groups.setdefault(event.event_key, []).append((position, event))

    def one_key(group: list[_Placed]) -> list[_Made]:
        made = []
        for position, event in group:
            if not in_time():
                raise DeadlineExceededError
            made.append(work(position, event))
        return made

    if len(groups) < _PARALLEL_FROM:
        return [made for group in groups.values() for made in one_key(group)]
    # Only a large delivery pays for the import; its keys do not depend on each other.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(_THREADS) as threads:
        return [made for group in threads.map(one_key, groups.values()) for made in group]
