"""Events of one key, each worked on by a process of its own, whoever is interrupted: the last to arrive decides.

Which process makes the next call of DynamoDB is chosen here: every order of the processes, with one of them interrupted
before every call. A race that the machine does once in a thousand storms is one of them, and can be played again.
"""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import pytest

from event_api.alerts import lifecycle
from event_api.aws import clients
from event_api.domain import ids
from event_api.domain.alert import Alert
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.event import EventType, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.webhook import RecoveryMode, Webhook
from event_api.settings import settings
from event_api.store.alerts import AlertStore
from event_api.store.table import Table
from tests.profiles import THOROUGH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG, SHORT = 3600, 1
"""Seconds after which an open alert is stale; here one event arrives two seconds after the other."""
_CALLS, _MOST_CALLS = 3, 5
"""Of one process, about, and at the most."""
_FEW, _SOME = 150, 500


class Turns:
    """Lets one thread work at a time, until its next call: the first in rank that is not done.

    Before the call of number ``interruption`` the one whose turn it is lets ``behind`` others go first.
    """

    def __init__(self, ranks: Sequence[int], interruption: int, behind: int) -> None:
        self._ranks = list(ranks)
        self._interruption = interruption
        self._behind = behind
        self._go = {number: threading.Event() for number in ranks}
        self._stopped = threading.Semaphore(0)
        self._me = threading.local()

    def wait(self) -> None:
        """Called by a thread before it calls DynamoDB."""
        self._stopped.release()
        go = self._go[self._me.number]
        go.wait()
        go.clear()

    def run(self, works: Sequence[Callable[[], object]]) -> None:
        def begin(number: int, work: Callable[[], object]) -> None:
            self._me.number = number
            try:
                self.wait()
                work()
            finally:
                self._ranks.remove(number)
                self._stopped.release()

        with ThreadPoolExecutor(len(works)) as threads:
            begun = []
            for one in enumerate(works):
                begun.append(threads.submit(begin, *one))
                self._stopped.acquire()
            calls = 0
            while self._ranks:
                if calls == self._interruption:
                    self._ranks.insert(self._behind, self._ranks.pop(0))
                self._go[self._ranks[0]].set()
                self._stopped.acquire()
                calls += 1
        for future in begun:
            future.result()


class TakingTurns:
    """A client of DynamoDB whose calls wait for their turn."""

    def __init__(self, dynamodb: Any, turns: Turns) -> None:
        self._dynamodb = dynamodb
        self._turns = turns

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._dynamodb, operation)

        def in_turn(**parameters: Any) -> Any:
            self._turns.wait()
            return call(**parameters)

        return in_turn


@dataclass(frozen=True)
class Order:
    """Some events of one key by their types, in the order in which they arrived, and how they are worked on.

    ``stale_after``: the webhook's duplicate_event_time. ``dated``: the sender repeats the first start time in each
    ALERT, and dates each RECOVERY after it.
    """

    types: tuple[EventType, ...]
    ranks: tuple[int, ...]
    interruption: int
    behind: int
    stale_after: int
    dated: bool

    @property
    def event_key(self) -> str:
        return f"{self}"

    def play(self, dynamodb: Any, table: str) -> None:
        turns = Turns(self.ranks, self.interruption, self.behind)
        client: Any = TakingTurns(dynamodb, turns)
        alerts = AlertStore(Table(client, table), 0)
        turns.run([self._work(alerts, position) for position in range(len(self.types))])

    def _work(self, alerts: AlertStore, position: int) -> Callable[[], object]:
        webhook = Webhook(
            webhook_id="webhook-1",
            domain_id="domain-1",
            project_id="project-1",
            name="a webhook",
            key_hashes=(),
            created_at=T0,
            duplicate_event_time=self.stale_after,
            recovery_mode=RecoveryMode.AUTO,
        )
        delivery = Delivery(
            delivery_id=f"delivery-{position}",
            domain_id="domain-1",
            project_id="project-1",
            webhook_id="webhook-1",
            body=Body.received(b"{}"),
            headers={},
            received_at=T0 + timedelta(seconds=2 * position),
        )
        dates = {EventType.ALERT: T0 - timedelta(minutes=2), EventType.RECOVERY: T0 - timedelta(minutes=1)}
        event_type = self.types[position]
        occurred_at = dates[event_type] if self.dated else None
        event = NormalizedEvent(self.event_key, event_type, "a title", Severity.ERROR, occurred_at=occurred_at)
        event_id = ids.event_id(delivery.delivery_id, 0)
        return lambda: lifecycle.join(alerts, webhook, delivery, event_id, event, repeated=False)

    @property
    def ends_open(self) -> bool:
        """Whether the key's newest alert is to be open in the end: the last event to arrive decides.

        One ALERT only can be proved to have been overtaken: the first, if its RECOVERY arrived before it.
        """
        overtaken = self.dated and self.types.count(EventType.ALERT) == 1 and len(self.types) > 1
        return self.types[-1] is EventType.ALERT and not overtaken


def orders(number: int, *, dated: bool) -> Iterator[Order]:
    calls = range(1, number * (_MOST_CALLS if THOROUGH else _CALLS))
    behind = range(1, number if THOROUGH else 2)
    stale_after = (LONG, SHORT) if THOROUGH else (LONG,)
    for types in product((EventType.ALERT, EventType.RECOVERY), repeat=number):
        ways = product(permutations(range(number)), calls, behind, stale_after, (dated,))
        yield from (Order(types, *one) for one in ways)


@pytest.fixture
def chosen(engine):
    short = [order for number in (2, 3) for dated in (False, True) for order in orders(number, dated=dated)]
    undated, dated = list(orders(4, dated=False)), list(orders(4, dated=True))
    if engine != "dynoxide":
        return random.Random(0).sample(short + undated + dated, _FEW)
    return short + undated + (dated if THOROUGH else random.Random(0).sample(dated, _SOME))


def test_in_whatever_order_the_calls_are_made_the_last_to_arrive_decides(app, chosen):
    wrong = []
    for order in chosen:
        order.play(clients.dynamodb(), settings().tables.alerts)
        key = ids.alert_key("domain-1", "project-1", order.event_key)
        alerts = [one for one in app.stores.alerts.newest_first(key) if isinstance(one, Alert)]
        is_open = [alert.is_open for alert in alerts]
        if order.ends_open:
            as_it_should = is_open[0] and (order.stale_after == SHORT or not any(is_open[1:]))
        else:
            as_it_should = not any(is_open)
        if not as_it_should:
            wrong.append(order)
    assert not wrong
