"""One alert a key, whatever arrives at once: 100 threads, many rounds, on engines that isolate writes."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from event_api.domain import ids, times
from event_api.domain.alert import Alert
from tests.profiles import rounds
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

pytestmark = pytest.mark.engine

THREADS = 100
ROUNDS = rounds(8)
T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["dynoxide", "ministack"])
def engine(request):
    return request.param


class Storm:
    """Deliveries of one key, all at once."""

    def __init__(self, app, round_, **webhook):
        self.app = app
        self.key = f"key-{round_}"
        self.random = random.Random(round_)
        _, self.path = app.webhook(**webhook)

    def send(self, deliveries):
        """Send (event type, occurred_at) in a random order; the worker finishes unfinished deliveries."""
        deliveries = list(deliveries)
        self.random.shuffle(deliveries)
        with ThreadPoolExecutor(THREADS) as threads:
            statuses = list(threads.map(self._post, deliveries))
        assert statuses == [200] * len(deliveries)
        while self.app.queue.messages:
            assert self.app.redrive() == {"batchItemFailures": []}

    def _post(self, delivery):
        event_type, occurred_at = delivery
        dated = {} if occurred_at is None else {"occurred_at": times.to_iso(occurred_at)}
        return self.app.gateway.post(self.path, bodies.direct(event_type, event_key=self.key, **dated)).status

    def check(self, number):
        """Check the rules of any storm: nothing lost, nothing doubled, at most one open, all consistent."""
        events = self.app.events(filter=[{"key": "event_key", "value": self.key, "operator": "eq"}])
        assert len(events) == number
        alerts = list(self.app.stores.alerts.newest_first(ids.alert_key(DOMAIN, PROJECT, self.key)))
        alerts = [alert for alert in alerts if isinstance(alert, Alert)]
        assert [alert.generation for alert in alerts] == list(range(len(alerts), 0, -1))
        types = {event["event_id"]: event["event_type"] for event in events}
        for alert in alerts:
            assert types[alert.opened_by] == "ALERT"
            assert alert.is_open == (alert.resolved_by is None)
            assert alert.is_open or types[alert.resolved_by] == "RECOVERY"
        assert {event["alert_id"] for event in events if "alert_id" in event} == {alert.alert_id for alert in alerts}
        assert all("alert_id" in event for event in events if event["event_type"] == "ALERT")
        return alerts


ALERT, RECOVERY = ("ALERT", None), ("RECOVERY", None)


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_hundred_copies_of_a_new_key_open_one_alert(app, round_):
    storm = Storm(app, round_)
    storm.send([ALERT] * 100)
    (alert,) = storm.check(100)
    assert alert.is_open


@pytest.mark.parametrize("round_", ROUNDS)
def test_at_most_one_is_open_while_alerts_and_recoveries_race_and_a_last_recovery_ends_all(app, round_):
    storm = Storm(app, round_)
    storm.send([ALERT] * 50 + [RECOVERY] * 50)
    alerts = storm.check(100)
    assert [alert.is_open for alert in alerts[1:]] == [False] * (len(alerts) - 1)
    storm.send([RECOVERY])
    assert not any(alert.is_open for alert in storm.check(101))


@pytest.mark.parametrize("round_", ROUNDS)
def test_whoever_is_overtaken_no_alert_stays_open_that_is_dated_before_its_recovery(app, round_):
    storm = Storm(app, round_)
    later = T0 + timedelta(minutes=5)
    storm.send([("ALERT", T0)] + [("RECOVERY", later)] * 50)
    assert not any(alert.is_open for alert in storm.check(51))


@pytest.mark.parametrize("round_", ROUNDS)
def test_alerts_of_one_start_time_open_again_after_their_recovery_until_a_last_one_ends_all(app, round_):
    storm = Storm(app, round_)
    later = T0 + timedelta(minutes=5)
    storm.send([("ALERT", T0)] * 50 + [("RECOVERY", later)] * 50)
    alerts = storm.check(100)
    assert [alert.is_open for alert in alerts[1:]] == [False] * (len(alerts) - 1)
    storm.send([("ALERT", T0)])
    assert storm.check(101)[0].is_open
    storm.send([("RECOVERY", later)])
    assert not any(alert.is_open for alert in storm.check(102))


@pytest.mark.parametrize("round_", ROUNDS)
def test_stale_alerts_are_superseded_once_and_ended_together(app, round_):
    """With no time for duplicates, each ALERT that arrives later than the last opens over it."""
    storm = Storm(app, round_, duplicate_event_time=0)
    later = T0 + timedelta(minutes=5)
    storm.send([("ALERT", T0)] * 30)
    assert storm.check(30)
    storm.send([("ALERT", T0)] * 30 + [("RECOVERY", later)] * 10)
    storm.send([("RECOVERY", later)])
    assert not any(alert.is_open for alert in storm.check(71))
