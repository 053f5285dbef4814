"""Correlation is a pure decision; here it is told as a story of events, and checked against the contract's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api import ids
from event_api.correlation import (
    OVERTAKEN_WITHIN,
    Alone,
    Arrival,
    Claim,
    Join,
    Note,
    Open,
    Policy,
    Resolve,
    decide,
    done_before,
    initial_state,
    urgency,
)
from event_api.model import Alert, AlertState, EventType, Recovered, RecoveryMode, Severity, Urgency

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AUTO = Policy(600, RecoveryMode.AUTO)
MANUAL = Policy(600, RecoveryMode.MANUAL)
KEY = "0" * 24


def alert(state=AlertState.TRIGGERED, age=0, generation=1, **options):
    return Alert(
        **{
            "alert_id": ids.alert_id(KEY, generation),
            "key": KEY,
            "generation": generation,
            "domain_id": "d",
            "project_id": "p",
            "event_key": "k",
            "state": state,
            "urgency": Urgency.LOW,
            "title": "t",
            "severity": Severity.NONE,
            "webhook_id": "w",
            "opened_by": "event-opened",
            "opened_at": NOW - timedelta(days=9),
            "last_event_at": NOW - timedelta(seconds=age),
            **options,
        }
    )


def arrival(event_type=EventType.ALERT, event_id="event-1", at=NOW, occurred_at=None):
    return Arrival(event_id, event_type, at, occurred_at)


def decided(newest, event_type=EventType.ALERT, policy=AUTO, **options):
    return decide(newest, arrival(event_type, **options), policy)


def note(seconds=0, occurred=None, generation=1, event_id="event-9"):
    """The note of a RECOVERY so many seconds before now, dated so many seconds before now."""
    dated = None if occurred is None else NOW - timedelta(seconds=occurred)
    return Recovered(KEY, generation, event_id, NOW - timedelta(seconds=seconds), dated)


def seconds_ago(seconds):
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize("event_type", [EventType.ALERT, EventType.ERROR])
def test_without_an_alert_it_opens_the_first(event_type):
    assert decided(None, event_type) == Open(1, stale=None)


def test_it_joins_an_open_alert_until_the_duplicate_event_time_has_passed():
    assert decided(alert(age=600)) == Join(alert(age=600), touch=True)
    assert decided(alert(age=601)) == Open(2, stale=alert(age=601))


def test_a_resolved_alert_is_followed_by_the_next_however_young():
    assert decided(alert(AlertState.RESOLVED, age=1)) == Open(2, stale=None)


def test_a_recovery_resolves_an_open_alert_however_old():
    old = alert(age=10**7)
    assert decided(old, EventType.RECOVERY) == Resolve(old)
    assert decided(old, EventType.RECOVERY, MANUAL) == Join(old, touch=False)


def test_a_recovery_of_nothing_is_noted_in_the_place_of_the_next_alert():
    assert decided(None, EventType.RECOVERY) == Note(1, instead=None)
    resolved = alert(AlertState.RESOLVED, generation=3, resolved_at=seconds_ago(1))
    assert decided(resolved, EventType.RECOVERY) == Note(4, instead=None)


def test_the_latest_recovery_of_nothing_is_the_one_that_is_noted():
    assert decided(note(seconds=1), EventType.RECOVERY) == Note(1, instead=note(seconds=1))
    assert decided(note(seconds=-1), EventType.RECOVERY) == Alone()
    assert decided(note(seconds=0), EventType.RECOVERY) == Alone()


def test_a_recovery_that_a_later_one_has_made_good_for_changes_nothing():
    assert decided(alert(AlertState.RESOLVED, resolved_at=seconds_ago(-1)), EventType.RECOVERY) == Alone()


@pytest.mark.parametrize("newest", [None, alert(AlertState.RESOLVED), note()])
def test_where_nobody_is_to_resolve_nothing_is_noted(newest):
    assert decided(newest, EventType.RECOVERY, MANUAL) == Alone()


def test_an_alert_that_arrived_before_its_recovery_is_over_when_it_is_worked_on():
    assert decided(note(seconds=-1)) == Claim(note(seconds=-1), over=True)


def test_an_alert_that_arrives_after_a_recovery_opens_in_its_place():
    assert decided(note(seconds=1)) == Claim(note(seconds=1), over=False)
    assert decided(note(seconds=0)) == Claim(note(seconds=0), over=False)


@pytest.mark.parametrize("place", [note(seconds=5, occurred=10), note(seconds=5, occurred=-100)])
def test_an_alert_that_was_overtaken_on_its_way_is_over(place):
    """Also where the recovery is dated into the future: then it counts from its arrival."""
    assert decided(place, occurred_at=seconds_ago(20)) == Claim(place, over=True)


@pytest.mark.parametrize("occurred", [None, 10, 5, 0, -100])
def test_an_alert_that_is_not_dated_before_the_recovery_is_a_new_one(occurred):
    place = note(seconds=5, occurred=10)
    dated = None if occurred is None else seconds_ago(occurred)
    assert decided(place, occurred_at=dated) == Claim(place, over=False)


def test_without_the_recoverys_own_time_the_order_of_arrival_counts():
    assert decided(note(seconds=5), occurred_at=seconds_ago(20)) == Claim(note(seconds=5), over=False)


def test_an_old_date_long_after_the_recovery_is_an_old_trouble_that_is_back():
    limit = int(OVERTAKEN_WITHIN.total_seconds())
    for seconds, over in ((limit, True), (limit + 1, False)):
        place = note(seconds=seconds, occurred=seconds)
        assert decided(place, occurred_at=seconds_ago(seconds + 9)) == Claim(place, over=over)


def test_a_late_copy_of_an_alert_joins_what_was_resolved():
    resolved = alert(AlertState.RESOLVED, resolved_at=seconds_ago(5), recovery_occurred_at=seconds_ago(6))
    assert decided(resolved, occurred_at=seconds_ago(9)) == Join(resolved, touch=False)
    assert decided(resolved, occurred_at=seconds_ago(1)) == Open(2, stale=None)


def test_an_event_that_is_repeated_finds_the_alert_that_it_changed():
    opened = alert(AlertState.RESOLVED, opened_by="event-1")
    assert decided(opened) == Join(opened, touch=False)
    resolved = alert(AlertState.RESOLVED, resolved_by="event-1")
    assert decided(resolved, EventType.RECOVERY) == Join(resolved, touch=False)


def test_an_event_older_than_the_alerts_last_joins_without_turning_the_clock_back():
    newer = alert(age=-5)
    assert decided(newer) == Join(newer, touch=False)


def test_a_late_alert_does_not_open_what_was_resolved_after_it_arrived():
    resolved = alert(AlertState.RESOLVED, resolved_at=NOW + timedelta(seconds=1))
    assert decided(resolved) == Join(resolved, touch=False)
    at_once = alert(AlertState.RESOLVED, resolved_at=NOW)
    assert decided(at_once) == Open(2, stale=None)


def test_a_late_recovery_does_not_resolve_what_fired_after_it_arrived():
    firing = alert(age=-1)
    assert decided(firing, EventType.RECOVERY) == Join(firing, touch=False)


def test_an_alert_that_overtook_its_recovery_on_the_way_is_resolved_if_their_times_say_so():
    """It arrived second, was worked on first, and is dated before the recovery."""
    dated = alert(age=-5, last_occurred_at=seconds_ago(20))
    assert decided(dated, EventType.RECOVERY, occurred_at=seconds_ago(10)) == Resolve(dated)
    assert decided(dated, EventType.RECOVERY, occurred_at=seconds_ago(30)) == Join(dated, touch=False)
    assert decided(dated, EventType.RECOVERY) == Join(dated, touch=False)


def test_a_repeated_event_finds_what_it_did_in_the_history():
    newer = alert(generation=3, opened_at=NOW + timedelta(seconds=1))
    opened = alert(AlertState.RESOLVED, generation=2, opened_by="event-1", resolved_by="event-2")
    history = [newer, opened, alert(AlertState.RESOLVED)]

    def done(event_id, event_type):
        return done_before([note(generation=4), *history], arrival(event_type, event_id))

    assert done("event-1", EventType.ALERT) == opened
    assert done("event-2", EventType.RECOVERY) == opened
    assert done("event-3", EventType.ALERT) is None


def test_a_recovery_that_was_interrupted_has_still_to_resolve_the_newest():
    history = [alert(generation=2), alert(AlertState.RESOLVED, resolved_by="event-1")]
    assert done_before(history, arrival(EventType.RECOVERY)) is None


def test_an_error_event_opens_an_alert_in_error():
    assert initial_state(EventType.ERROR) is AlertState.ERROR
    assert initial_state(EventType.ALERT) is AlertState.TRIGGERED


def test_urgency_follows_severity():
    high = {severity for severity in Severity if urgency(severity) is Urgency.HIGH}
    assert high == {Severity.CRITICAL, Severity.ERROR, Severity.NOT_AVAILABLE}


class Reference:
    """The contract's section 3, told plainly: a list of alerts, and each event looks at all of them."""

    def __init__(self, policy):
        self.policy = policy
        self.alerts = []

    def take(self, event_type, at):
        still_open = [one for one in self.alerts if one["open"]]
        if event_type is EventType.RECOVERY:
            if not still_open:
                return None
            if self.policy.recovery_mode is RecoveryMode.AUTO:
                for one in still_open:
                    one["open"] = False
            return still_open[-1]["number"]
        if not still_open or at - still_open[-1]["last"] > timedelta(seconds=self.policy.duplicate_event_time):
            self.alerts.append({"number": len(self.alerts) + 1, "open": True, "last": at})
        else:
            still_open[-1]["last"] = at
        return [one for one in self.alerts if one["open"]][-1]["number"]


@given(
    story=st.lists(st.tuples(st.sampled_from(EventType), st.integers(1, 1500)), max_size=30),
    policy=st.sampled_from([AUTO, MANUAL, Policy(0, RecoveryMode.AUTO)]),
)
def test_any_story_ends_as_the_contract_says(story, policy):
    reference = Reference(policy)
    history: list[Alert | Recovered] = []
    at = NOW
    for number, (event_type, seconds) in enumerate(story):
        at += timedelta(seconds=seconds)
        newest = history[-1] if history else None
        event_id = f"event-{number}"
        joined = None
        match decide(newest, arrival(event_type, event_id, at), policy):
            case Open(generation, _):
                history.append(alert(generation=generation, opened_by=event_id, last_event_at=at))
                joined = history[-1]
            case Claim(place, over):
                assert not over
                history[-1] = alert(generation=place.generation, opened_by=event_id, last_event_at=at)
                joined = history[-1]
            case Join(joined, touch):
                if touch:
                    history[-1] = replace(joined, last_event_at=at)
            case Resolve(joined):
                history = [replace(one, state=AlertState.RESOLVED, resolved_at=at) for one in history]
            case Note(generation, instead):
                history = [one for one in history if one is not instead]
                history.append(Recovered(KEY, generation, event_id, at))
            case Alone():
                pass
        numbers = [one.generation for one in history if isinstance(one, Alert)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert (joined and joined.generation) == reference.take(event_type, at)
    alerts = [one for one in history if isinstance(one, Alert)]
    assert [one.is_open for one in alerts] == [one["open"] for one in reference.alerts]
