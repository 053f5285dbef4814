"""Correlation as a pure decision, tried on stories of events, and checked against the contract's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.alerts.policy import (
    OVERTAKEN_WITHIN,
    Confirm,
    IncomingEvent,
    Join,
    NoAlert,
    Open,
    OpenResolved,
    Policy,
    RecordEarlyRecovery,
    Resolve,
    decide,
    done_before,
    initial_state,
    received,
    urgency,
)
from event_api.domain import ids
from event_api.domain.alert import Alert, AlertState, EarlyRecovery, FiringTimes, Urgency
from event_api.domain.event import EventType, Severity
from event_api.domain.webhook import RecoveryMode

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AUTO = Policy(600, RecoveryMode.AUTO)
MANUAL = Policy(600, RecoveryMode.MANUAL)
KEY = "0" * 24


def times(age=0, occurred=None, *, unclear=False):
    """The times of a key's events: the last arrived so many seconds ago, the latest is dated so many seconds ago."""
    return FiringTimes(seconds_ago(age), None if occurred is None else seconds_ago(occurred), unclear)


def alert(state=AlertState.TRIGGERED, age=0, generation=1, occurred=None, *, unclear=False, **options):
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
            "times": times(age, occurred, unclear=unclear),
            **options,
        }
    )


def arrival(event_type=EventType.ALERT, event_id="event-1", at=NOW, occurred_at=None):
    return IncomingEvent(event_id, event_type, at, occurred_at)


def decided(newest, event_type=EventType.ALERT, policy=AUTO, **options):
    return decide(newest, arrival(event_type, **options), policy)


def note(seconds=0, occurred=None, generation=1, event_id="event-9", fired=None):
    """Return the marker of a RECOVERY; its times are seconds before now."""
    dated = None if occurred is None else NOW - timedelta(seconds=occurred)
    return EarlyRecovery(KEY, generation, event_id, NOW - timedelta(seconds=seconds), dated, fired)


def seconds_ago(seconds):
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize("event_type", [EventType.ALERT, EventType.ERROR])
def test_without_an_alert_it_opens_the_first(event_type):
    assert decided(None, event_type) == Open(None)


def test_it_joins_an_open_alert_until_the_duplicate_event_time_has_passed():
    assert decided(alert(age=600)) == Join(alert(age=600), times())
    assert decided(alert(age=601)) == Open(alert(age=601))
    assert decided(alert(age=601)).stale == alert(age=601)


def test_a_resolved_alert_is_followed_by_the_next_however_young():
    assert decided(alert(AlertState.RESOLVED, age=1)) == Open(alert(AlertState.RESOLVED, age=1))
    assert decided(alert(AlertState.RESOLVED, age=1)).stale is None


def test_a_recovery_resolves_an_open_alert_however_old():
    old = alert(age=10**7)
    assert decided(old, EventType.RECOVERY) == Resolve(old)
    assert decided(old, EventType.RECOVERY, MANUAL) == Join(old)


def test_a_recovery_of_nothing_is_noted_in_the_place_of_the_next_alert():
    assert decided(None, EventType.RECOVERY) == RecordEarlyRecovery(None)
    resolved = alert(AlertState.RESOLVED, generation=3, resolved_at=seconds_ago(1))
    assert decided(resolved, EventType.RECOVERY) == RecordEarlyRecovery(resolved)


def test_the_latest_recovery_of_nothing_is_the_one_that_is_noted():
    assert decided(note(seconds=1), EventType.RECOVERY) == RecordEarlyRecovery(note(seconds=1))
    assert decided(note(seconds=-1), EventType.RECOVERY) == NoAlert()
    assert decided(note(seconds=0), EventType.RECOVERY) == NoAlert()


def test_a_recovery_that_a_later_one_has_made_good_for_changes_nothing():
    assert decided(alert(AlertState.RESOLVED, resolved_at=seconds_ago(-1)), EventType.RECOVERY) == NoAlert()


def test_a_recovery_of_an_alert_that_a_person_resolved_joins_it():
    resolved = alert(AlertState.RESOLVED, resolved_at=seconds_ago(1), is_unconfirmed=True)
    assert decided(resolved, EventType.RECOVERY) == Confirm(resolved)
    assert decided(resolved) == Open(resolved)


def test_an_acknowledged_alert_is_open():
    acknowledged = alert(AlertState.ACKNOWLEDGED, age=1)
    assert decided(acknowledged) == Join(acknowledged, times())
    assert decided(acknowledged, EventType.RECOVERY) == Resolve(acknowledged)


def test_a_recovery_that_had_resolved_an_alert_does_not_do_so_again():
    """A person has opened the alert again."""
    again = alert(former_recoveries=frozenset({"event-1"}))
    recovery = IncomingEvent("event-1", EventType.RECOVERY, NOW)
    assert decide(again, recovery, AUTO) == Join(again)
    assert done_before([again], recovery) is again


@pytest.mark.parametrize("newest", [None, alert(AlertState.RESOLVED), note()])
def test_a_manual_policy_notes_no_early_recovery(newest):
    assert decided(newest, EventType.RECOVERY, MANUAL) == NoAlert()


def test_an_alert_that_arrived_before_its_recovery_is_over_when_it_is_worked_on():
    assert decided(note(seconds=-1)) == OpenResolved(note(seconds=-1))


def test_an_alert_that_arrives_after_a_recovery_opens_in_its_place():
    assert decided(note(seconds=1)) == Open(note(seconds=1))
    assert decided(note(seconds=0)) == Open(note(seconds=0))


@pytest.mark.parametrize("place", [note(seconds=5, occurred=10), note(seconds=5, occurred=-100)])
def test_an_alert_that_was_overtaken_on_its_way_is_over(place):
    """A recovery that is dated into the future counts from its arrival."""
    assert decided(place, occurred_at=seconds_ago(20)) == OpenResolved(place)


@pytest.mark.parametrize("occurred", [None, 10, 5, 0, -100])
def test_an_alert_that_is_not_dated_before_the_recovery_is_a_new_one(occurred):
    place = note(seconds=5, occurred=10)
    dated = None if occurred is None else seconds_ago(occurred)
    assert decided(place, occurred_at=dated) == Open(place)


def test_without_the_recoverys_own_time_the_order_of_arrival_counts():
    assert decided(note(seconds=5), occurred_at=seconds_ago(20)) == Open(note(seconds=5))


def test_an_old_date_long_after_the_recovery_is_an_old_trouble_that_is_back():
    limit = int(OVERTAKEN_WITHIN.total_seconds())
    for seconds, over in ((limit, True), (limit + 1, False)):
        place = note(seconds=seconds, occurred=seconds)
        expected = OpenResolved(place) if over else Open(place)
        assert decided(place, occurred_at=seconds_ago(seconds + 9)) == expected


def resolved_alert(occurred, age=30, resolved=5):
    """An alert that was resolved by a RECOVERY dated six seconds ago."""
    resolution = {"resolved_at": seconds_ago(resolved), "recovery_occurred_at": seconds_ago(6)}
    return alert(AlertState.RESOLVED, age, occurred=occurred, **resolution)


def test_an_alert_that_fires_again_with_the_start_time_it_had_opens():
    """B1 of the field reports: grafana/grafana#37461, prometheus/alertmanager#1546."""
    newest = resolved_alert(40)
    assert decided(newest, occurred_at=seconds_ago(40)) == Open(newest)
    assert decided(newest, occurred_at=seconds_ago(50)) == Open(newest)


def test_an_alert_dated_between_the_last_one_and_the_recovery_was_overtaken():
    newest = resolved_alert(40)
    assert decided(newest, occurred_at=seconds_ago(9)) == Join(newest, times(0, 9))
    repeated = replace(newest, times=times(0, 9))
    assert decided(repeated, at=seconds_ago(-1), occurred_at=seconds_ago(9)) == Open(repeated)
    assert decided(newest, occurred_at=seconds_ago(1)) == Open(newest)


def test_a_repeated_recovery_does_not_hide_an_alert_that_fires_again():
    place = note(seconds=5, occurred=10, generation=2, fired=times(30, 40))
    assert decided(place, occurred_at=seconds_ago(40)) == Open(place)
    assert decided(place, occurred_at=seconds_ago(20)) == OpenResolved(place)
    unknown = note(seconds=5, occurred=10, generation=2, fired=times(5))
    assert decided(unknown, occurred_at=seconds_ago(20)) == Open(unknown)


@pytest.mark.parametrize(
    "newest",
    [resolved_alert(40, age=-2, resolved=-1), note(seconds=-1, occurred=6, generation=2, fired=times(-2, 40))],
)
def test_an_alert_that_arrived_before_the_recovery_unmasks_one_that_fired_again_after_it(newest):
    """The second ALERT counted as overtaken until the first one, of the same date, was processed."""
    assert decided(newest, occurred_at=seconds_ago(40)) == Open(newest)
    older = decided(newest, occurred_at=seconds_ago(41))
    assert older == (Join(newest) if isinstance(newest, Alert) else OpenResolved(newest))


def test_the_times_of_a_key_are_in_order_only_if_the_last_event_has_the_latest_date():
    def after(fired, occurred, at=NOW):
        return received(alert(age=fired[0], occurred=fired[1]), arrival(at=at, occurred_at=occurred))

    assert received(None, arrival(occurred_at=NOW)) == received(note(), arrival(occurred_at=NOW)) == times(0, 0)
    assert after((9, None), None) == times()
    assert after((9, 20), seconds_ago(10)) == times(0, 10)
    assert after((9, 20), seconds_ago(20)) == times(0, 20, unclear=True)
    assert after((9, 20), None) == times(0, 20, unclear=True)
    assert after((9, None), seconds_ago(20)) == times(0, 20, unclear=True)
    assert after((-9, 20), seconds_ago(30)) == times(-9, 20)
    assert after((-9, 20), seconds_ago(20)) == times(-9, 20, unclear=True)
    assert after((0, 20), seconds_ago(20)) == times(0, 20)


def test_an_event_that_is_repeated_finds_the_alert_that_it_changed():
    opened = alert(AlertState.RESOLVED, opened_by="event-1")
    assert decided(opened) == Join(opened)
    resolved = alert(AlertState.RESOLVED, resolved_by="event-1")
    assert decided(resolved, EventType.RECOVERY) == Join(resolved)


def test_an_event_older_than_the_alerts_last_joins_without_turning_the_clock_back():
    newer = alert(age=-5, occurred=9)
    assert decided(newer, occurred_at=seconds_ago(10)) == Join(newer)
    assert decided(newer, occurred_at=seconds_ago(9)) == Join(newer, times(-5, 9, unclear=True))
    assert decided(newer) == Join(newer, times(-5, 9, unclear=True))


def test_a_late_alert_does_not_open_what_was_resolved_after_it_arrived():
    resolved = alert(AlertState.RESOLVED, resolved_at=NOW + timedelta(seconds=1))
    assert decided(resolved) == Join(resolved)
    at_once = alert(AlertState.RESOLVED, resolved_at=NOW)
    assert decided(at_once) == Open(at_once)


def test_a_late_recovery_does_not_resolve_what_fired_after_it_arrived():
    firing = alert(age=-1)
    assert decided(firing, EventType.RECOVERY) == Join(firing)


def test_an_alert_that_overtook_its_recovery_on_the_way_is_resolved_if_their_times_say_so():
    """It arrived second, was worked on first, and is dated before the recovery."""
    dated = alert(age=-5, occurred=20)
    assert decided(dated, EventType.RECOVERY, occurred_at=seconds_ago(10)) == Resolve(dated)
    assert decided(dated, EventType.RECOVERY, occurred_at=seconds_ago(30)) == Join(dated)
    assert decided(dated, EventType.RECOVERY) == Join(dated)
    unclear = alert(age=-5, occurred=20, unclear=True)
    assert decided(unclear, EventType.RECOVERY, occurred_at=seconds_ago(10)) == Join(unclear)


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
    """The contract's section 3 in its plainest form: a list of alerts, and each event looks at all of them."""

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
    history: list[Alert | EarlyRecovery] = []
    at = NOW
    for number, (event_type, seconds) in enumerate(story):
        at += timedelta(seconds=seconds)
        newest = history[-1] if history else None
        event_id = f"event-{number}"
        joined: Alert | None = None
        match decide(newest, arrival(event_type, event_id, at), policy):
            case Open():
                history = [one for one in history if isinstance(one, Alert)]
                joined = alert(generation=len(history) + 1, opened_by=event_id, times=FiringTimes(at))
                history.append(joined)
            case Join(joined, changed):
                if changed:
                    history[-1] = replace(joined, times=changed)
            case Resolve(joined):
                history = [
                    replace(one, state=AlertState.RESOLVED, resolved_at=at) if isinstance(one, Alert) else one
                    for one in history
                ]
            case RecordEarlyRecovery():
                history = [one for one in history if isinstance(one, Alert)]
                history.append(EarlyRecovery(KEY, len(history) + 1, event_id, at))
            case OpenResolved():
                pytest.fail("no event of this story is dated")
            case NoAlert():
                pass
        numbers = [one.generation for one in history if isinstance(one, Alert)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert (joined and joined.generation) == reference.take(event_type, at)
    alerts = [one for one in history if isinstance(one, Alert)]
    assert [one.is_open for one in alerts] == [one["open"] for one in reference.alerts]
