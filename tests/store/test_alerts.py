"""The alerts' invariants live in conditional writes; here they are tried one by one, on each engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from event_api.domain import ids
from event_api.domain.alert import Alert, AlertState, EarlyRecovery, FiringTimes, Urgency
from event_api.domain.event import Severity
from event_api.store.table import ConditionFailedError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = ids.alert_key("domain-1", "project-1", "key-1")


def alert(generation=1, event="event-1", opened_at=NOW, **options):
    return Alert(
        **{
            "alert_id": ids.alert_id(KEY, generation),
            "key": KEY,
            "generation": generation,
            "domain_id": "domain-1",
            "project_id": "project-1",
            "event_key": "key-1",
            "state": AlertState.TRIGGERED,
            "urgency": Urgency.LOW,
            "title": "a title",
            "severity": Severity.WARNING,
            "webhook_id": "webhook-1",
            "opened_by": event,
            "opened_at": opened_at,
            "times": FiringTimes(opened_at),
            **options,
        }
    )


def seconds_later(seconds, occurred_at=None, *, unclear=False):
    """The times of an alert whose last event arrived so many seconds after now."""
    return FiringTimes(NOW + timedelta(seconds=seconds), occurred_at, unclear)


@pytest.fixture
def alerts(app):
    return app.stores.alerts


def test_an_opened_alert_is_read_back_as_it_was_written(alerts):
    assert alerts.newest(KEY) is None
    alerts.open(alert(), None)
    assert alerts.newest(KEY) == alert()
    assert alerts.get(alert().alert_id, NOW) == alert()


def test_one_generation_is_opened_once(alerts):
    alerts.open(alert(), None)
    with pytest.raises(ConditionFailedError):
        alerts.open(alert(event="event-2"), None)
    assert alerts.newest(KEY).opened_by == "event-1"


def test_a_stale_alert_is_superseded_only_as_it_was_seen(alerts):
    alerts.open(alert(), None)
    seen = alerts.newest(KEY)
    alerts.set_times(seen, seconds_later(1))
    with pytest.raises(ConditionFailedError):
        alerts.open(alert(2, "event-2"), seen)
    assert alerts.newest(KEY).generation == 1
    alerts.open(alert(2, "event-2"), alerts.newest(KEY))
    assert alerts.newest(KEY).generation == 2


def test_who_supersedes_a_stale_alert_notices_that_it_was_resolved(alerts):
    alerts.open(alert(), None)
    seen = alerts.newest(KEY)
    alerts.resolve(seen, "event-9", NOW)
    with pytest.raises(ConditionFailedError):
        alerts.open(alert(2, "event-2"), seen)
    assert not alerts.newest(KEY).is_open


def test_resolving_notices_a_superseded_alert(alerts, monkeypatch):
    """Even if that happens after the last read: the write itself is conditional."""
    alerts.open(alert(), None)
    seen = alerts.newest(KEY)
    alerts.open(alert(2, "event-2"), seen)
    monkeypatch.setattr(alerts, "newest_first", lambda *_, **__: iter([seen]))
    with pytest.raises(ConditionFailedError):
        alerts.resolve(seen, "event-9", NOW)


def test_an_alert_that_fired_after_the_recovery_is_not_resolved(alerts):
    alerts.open(alert(), None)
    seen = alerts.newest(KEY)
    alerts.set_times(seen, seconds_later(1))
    with pytest.raises(ConditionFailedError):
        alerts.resolve(seen, "event-9", NOW)
    alerts.resolve(alerts.newest(KEY), "event-9", NOW + timedelta(seconds=1))
    assert not alerts.newest(KEY).is_open


def test_an_alert_keeps_the_latest_time_of_its_events(alerts):
    alerts.open(alert())
    later = NOW + timedelta(minutes=1)
    for seconds, occurred_at, unclear in ((1, NOW, True), (2, later, False), (3, later, True)):
        seen = alerts.newest(KEY)
        changed = seconds_later(seconds, occurred_at, unclear=unclear)
        alerts.set_times(seen, changed)
        assert alerts.newest(KEY).times == changed


def test_the_latest_time_never_goes_back(alerts):
    alerts.open(alert())
    seen = alerts.newest(KEY)
    alerts.set_times(seen, seconds_later(1, NOW))
    with pytest.raises(ConditionFailedError):
        alerts.set_times(seen, seconds_later(2, NOW - timedelta(seconds=9)))
    dated = alerts.newest(KEY)
    alerts.set_times(dated, seconds_later(2, NOW + timedelta(seconds=9)))
    with pytest.raises(ConditionFailedError):
        alerts.set_times(dated, seconds_later(3, NOW + timedelta(seconds=5)))


def test_a_recovery_notices_that_the_order_became_unclear(alerts):
    alerts.open(alert())
    seen = alerts.newest(KEY)
    alerts.set_times(seen, FiringTimes(NOW, None, order_unclear=True))
    with pytest.raises(ConditionFailedError):
        alerts.resolve(seen, "event-9", NOW)
    alerts.resolve(alerts.newest(KEY), "event-9", NOW)
    assert not alerts.newest(KEY).is_open


def test_a_resolved_alert_takes_the_times_of_an_event_that_was_overtaken(alerts):
    alerts.open(alert())
    alerts.resolve(alert(), "event-9", NOW, NOW)
    seen = alerts.newest(KEY)
    changed = seconds_later(1, NOW - timedelta(seconds=5))
    alerts.set_times(seen, changed)
    assert alerts.newest(KEY).times == changed


NOTE = EarlyRecovery(KEY, 1, "event-9", NOW, NOW - timedelta(seconds=5))


def test_a_note_holds_the_place_of_the_next_alert(alerts):
    alerts.note(NOTE, None)
    assert alerts.newest(KEY) == NOTE
    assert alerts.get(ids.alert_id(KEY, 1), NOW) is None
    assert not list(alerts.of_domain("domain-1", None, NOW))
    with pytest.raises(ConditionFailedError):
        alerts.open(alert())
    alerts.claim(alert(), NOTE)
    assert alerts.newest(KEY) == alert()
    assert list(alerts.of_domain("domain-1", None, NOW)) == [alert()]


def test_a_note_and_an_alert_meet_in_one_item(alerts):
    alerts.open(alert())
    with pytest.raises(ConditionFailedError):
        alerts.note(NOTE, None)


def test_a_place_is_claimed_only_as_it_was_seen(alerts):
    alerts.note(NOTE, None)
    later = replace(NOTE, event_id="event-10", at=NOW + timedelta(seconds=1), recovery_occurred_at=None)
    alerts.note(later, NOTE)
    assert alerts.newest(KEY) == later
    for too_late in (lambda: alerts.claim(alert(), NOTE), lambda: alerts.note(NOTE, NOTE)):
        with pytest.raises(ConditionFailedError):
            too_late()
    alerts.claim(alert(), later)
    with pytest.raises(ConditionFailedError):
        alerts.note(later, later)


def test_a_resolved_alert_names_its_cause(alerts):
    alerts.open(alert())
    alerts.resolve(alert(), "event-9", NOW, NOW - timedelta(seconds=5))
    newest = alerts.newest(KEY)
    assert (newest.resolved_by, newest.recovery_occurred_at) == ("event-9", NOW - timedelta(seconds=5))


def test_a_resolved_alert_takes_no_more_events(alerts):
    alerts.open(alert(), None)
    alerts.resolve(alert(), "event-9", NOW)
    with pytest.raises(ConditionFailedError):
        alerts.set_times(alert(), seconds_later(1))


def test_an_older_event_does_not_turn_the_clock_back(alerts):
    alerts.open(alert(), None)
    with pytest.raises(ConditionFailedError):
        alerts.set_times(alert(), seconds_later(-1))
    assert alerts.newest(KEY).last_event_at == NOW


def test_resolving_resolves_every_older_open_alert(alerts):
    for generation in (1, 2, 3):
        alerts.open(alert(generation, f"event-{generation}"), alerts.newest(KEY))
    alerts.resolve(alert(3), "event-9", NOW + timedelta(minutes=1))
    for generation in (1, 2, 3):
        resolved = alerts.get(ids.alert_id(KEY, generation), NOW)
        assert resolved.state is AlertState.RESOLVED
        assert (resolved.resolved_by, resolved.resolved_at) == ("event-9", NOW + timedelta(minutes=1))


def test_who_resolves_must_have_seen_the_newest_alert(alerts):
    alerts.open(alert(), None)
    seen = alerts.newest(KEY)
    alerts.open(alert(2, "event-2"), seen)
    with pytest.raises(ConditionFailedError):
        alerts.resolve(seen, "event-9", NOW)
    assert alerts.get(ids.alert_id(KEY, 1), NOW).is_open
    assert alerts.get(ids.alert_id(KEY, 2), NOW).is_open


def test_who_resolves_notices_that_somebody_else_did(alerts):
    alerts.open(alert(), None)
    seen = alerts.newest(KEY)
    alerts.resolve(seen, "event-8", NOW)
    with pytest.raises(ConditionFailedError):
        alerts.resolve(seen, "event-9", NOW + timedelta(seconds=1))
    assert alerts.newest(KEY).resolved_by == "event-8"


def test_the_alerts_of_a_key_are_read_newest_first(alerts):
    alerts.open(alert(), None)
    alerts.resolve(alert(), "event-2", NOW)
    alerts.open(alert(2, "event-3"), None)
    assert [(one.generation, one.is_open) for one in alerts.newest_first(KEY)] == [(2, True), (1, False)]


def test_a_domain_lists_its_own_alerts_newest_first(alerts):
    alerts.open(alert(), None)
    alerts.resolve(alert(), "event-2", NOW)
    alerts.open(alert(2, "event-3", NOW + timedelta(hours=1)), None)
    listed = list(alerts.of_domain("domain-1", None, NOW))
    assert [one.generation for one in listed] == [2, 1]
    assert [one.generation for one in alerts.of_domain("domain-1", AlertState.RESOLVED, NOW)] == [1]
    assert not list(alerts.of_domain("domain-2", None, NOW))


def test_an_expired_alert_is_not_listed(alerts):
    alerts.open(alert(), None)
    assert not list(alerts.of_domain("domain-1", None, NOW + timedelta(days=401)))
