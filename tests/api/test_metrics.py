"""The metrics of alerts, of unfinished deliveries and of summaries, as CloudWatch reads them from the log."""

import json
from datetime import timedelta

import pytest

from event_api.domain import times
from tests.samples import bodies


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def written(capsys):
    """Return the metrics that were written since the last look, each with its unit and sum."""

    def read():
        found: dict[str, tuple[str, float]] = {}
        for line in map(json.loads, capsys.readouterr().out.splitlines()):
            for definition in line.get("_aws", {}).get("CloudWatchMetrics", []):
                assert (definition["Namespace"], definition["Dimensions"]) == ("EventApi", [["service"]])
                for metric in definition["Metrics"]:
                    _, so_far = found.get(metric["Name"], ("", 0))
                    found[metric["Name"]] = (metric["Unit"], so_far + line[metric["Name"]])
        return found

    return read


def later(monkeypatch, **span):
    at = times.now() + timedelta(**span)
    monkeypatch.setattr(times, "now", lambda: at)


def test_an_alert_is_counted_when_it_opens(app, written):
    _, path = app.webhook()
    for _ in range(2):
        app.gateway.post(path, bodies.direct(event_key="disk"))
    assert written()["AlertsOpened"] == ("Count", 1)
    app.gateway.post(path, bodies.alertmanager(bodies.alert(1), bodies.alert(2)))
    assert written()["AlertsOpened"] == ("Count", 2)
    app.gateway.post(path, bodies.direct(event_key="disk", event_type="RECOVERY"))
    assert "AlertsOpened" not in written()


def test_an_alert_of_a_redriven_delivery_is_counted(app, written, monkeypatch):
    _, path = app.webhook()
    with monkeypatch.context() as patch:
        patch.setattr("event_api.store.events.EventStore.add", lambda *_, **__: 1 / 0)
        app.gateway.post(path, bodies.direct())
    assert "AlertsOpened" not in written()
    app.redrive()
    assert written()["AlertsOpened"] == ("Count", 1)


def test_the_sweeper_measures_the_oldest_unfinished_delivery(app, written, monkeypatch):
    app.sweep()
    assert written()["OldestUnfinishedSeconds"] == ("Seconds", 0)
    _, path = app.webhook()
    monkeypatch.setattr("event_api.store.events.EventStore.add", lambda *_, **__: 1 / 0)
    app.gateway.post(path, bodies.direct())
    later(monkeypatch, seconds=90)
    app.gateway.post(path, bodies.direct())
    for _ in range(2):  # found, and then waiting for the worker
        app.sweep()
        unit, age = written()["OldestUnfinishedSeconds"]
        assert (unit, 90 <= age < 120) == ("Seconds", True)


def test_the_builder_measures_for_how_long_a_day_has_been_over(app, written, monkeypatch):
    def build(now):
        monkeypatch.setattr(times, "now", lambda: now)
        handler_answer = app.summarize(now)
        app.sweep()  # it writes what the builder, called without its handler, has measured
        return handler_answer, written()["SummariesBehindHours"]

    _, path = app.webhook()
    app.gateway.post(path, bodies.direct())
    midnight = times.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    assert build(midnight - timedelta(seconds=1))[1] == ("None", 0)
    with monkeypatch.context() as patch:
        patch.setattr("event_api.ingest.summarize.Summarizer._day", lambda *_: False)
        assert build(midnight + timedelta(hours=9))[1] == ("None", 9)
    assert build(midnight + timedelta(hours=10)) == (1, ("None", 0))
