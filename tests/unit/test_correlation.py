"""Correlation is a pure decision; here it is told as a story of events, and checked against the contract's rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api import ids
from event_api.correlation import Alone, Join, Open, Policy, Resolve, decide, done_before, initial_state, urgency
from event_api.model import Alert, AlertState, EventType, RecoveryMode, Severity, Urgency

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


def decided(newest, event_type=EventType.ALERT, policy=AUTO, event_id="event-1"):
    return decide(newest, event_id=event_id, event_type=event_type, created_at=NOW, policy=policy)


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


@pytest.mark.parametrize("newest", [None, alert(AlertState.RESOLVED)])
def test_a_recovery_of_nothing_stays_alone(newest):
    assert decided(newest, EventType.RECOVERY) == Alone()


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


def test_a_repeated_event_finds_what_it_did_in_the_history():
    newer = alert(generation=3, opened_at=NOW + timedelta(seconds=1))
    opened = alert(AlertState.RESOLVED, generation=2, opened_by="event-1", resolved_by="event-2")
    history = [newer, opened, alert(AlertState.RESOLVED)]

    def done(event_id, event_type):
        return done_before(history, event_id=event_id, event_type=event_type, created_at=NOW)

    assert done("event-1", EventType.ALERT) == opened
    assert done("event-2", EventType.RECOVERY) == opened
    assert done("event-3", EventType.ALERT) is None


def test_a_recovery_that_was_interrupted_has_still_to_resolve_the_newest():
    history = [alert(generation=2), alert(AlertState.RESOLVED, resolved_by="event-1")]
    assert done_before(history, event_id="event-1", event_type=EventType.RECOVERY, created_at=NOW) is None


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
    history: list[Alert] = []
    at = NOW
    for number, (event_type, seconds) in enumerate(story):
        at += timedelta(seconds=seconds)
        newest = history[-1] if history else None
        decision = decide(newest, event_id=f"event-{number}", event_type=event_type, created_at=at, policy=policy)
        match decision:
            case Open(generation, _):
                history.append(alert(generation=generation, opened_by=f"event-{number}", last_event_at=at))
                joined = generation
            case Join(joined_alert, touch):
                if touch:
                    history[-1] = alert(
                        generation=joined_alert.generation, opened_by=joined_alert.opened_by, last_event_at=at
                    )
                joined = joined_alert.generation
            case Resolve(resolved):
                history = [alert(AlertState.RESOLVED, generation=one.generation, resolved_at=at) for one in history]
                joined = resolved.generation
            case Alone():
                joined = None
        assert joined == reference.take(event_type, at)
    assert [one.is_open for one in history] == [one["open"] for one in reference.alerts]
