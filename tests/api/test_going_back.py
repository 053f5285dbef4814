"""Going back one version: version 0.1 reads, joins and finishes what this one wrote with ``MaxBytesWithEvent=0``.

``released_0_1.tar.xz`` has version 0.1 itself, with the few formats that are needed here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from event_api import composition
from event_api.domain import times
from event_api.domain.access import Role
from event_api.settings import settings
from testkit import stack
from testkit.world import ROOT
from tests import service
from tests.api import released
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

TABLES = {"EventsTable", "DeliveriesTable", "AlertsTable", "WebhooksTable", "TokensTable", "RatesTable"}
"""Those of version 0.1."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("version_0_1")
    with tarfile.open(Path(__file__).with_name("released_0_1.tar.xz")) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(params=[pytest.param("dynoxide", marks=pytest.mark.engine)])
def engine(request):
    """One will do: the other version works on a copy, and each process takes a second."""
    return request.param


@pytest.fixture
def app(app, monkeypatch):
    monkeypatch.setenv("MAX_BYTES_WITH_EVENT", "0")
    settings.cache_clear()
    composition.ingest.cache_clear()
    return app


@pytest.fixture
def back(app, monkeypatch, folder):
    """Within it, version 0.1 handles every request, on the items that are there."""

    @contextmanager
    def back():
        tables = [
            (one, app.dynamodb.scan(TableName=one["TableName"])["Items"])
            for one in stack.table_definitions()
            if one["TableName"] in TABLES
        ]
        path = os.pathsep.join([str(folder / "layers" / "shared"), str(folder), str(ROOT)])
        with (
            subprocess.Popen(
                [sys.executable, released.__file__],
                cwd=folder,
                env={**service.ENVIRONMENT, "PATH": os.defpath, "PYTHONPATH": path},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            ) as process,
            monkeypatch.context() as patch,
        ):
            to, answers = process.stdin, process.stdout
            assert to is not None
            assert answers is not None

            def ask(request):
                to.write(json.dumps(request, default=released.to_json) + "\n")
                to.flush()

            def answer():
                return json.loads(answers.readline(), object_hook=released.from_json)

            def handler(function):
                def handle(event, _context):
                    ask({"function": function, "event": event})
                    return answer()

                return handle

            ask(tables)
            patch.setattr(stack, "handler", handler)
            yield
            ask({})
            for table, items in answer().items():
                for item in items:
                    app.dynamodb.put_item(TableName=table, Item=item)
            to.close()

    return back


@pytest.fixture
def sender(app):
    _, path = app.webhook()

    def send(body, **headers):
        answer = app.gateway.post(path, body, headers=headers)
        assert answer.status == 200, answer.text
        return answer

    return send


def open_alerts(app):
    return [alert for alert in app.stores.alerts.of_domain(DOMAIN, None, times.now()) if alert.is_open]


def test_it_reads_every_event_whole(app, sender, back):
    token = app.token()
    sender(bodies.direct(description="a description", additional_info={"a": "b"}))
    sender(bodies.alertmanager(bodies.alert(1), bodies.alert(2)))
    sender(bodies.alertmanager(bodies.alert(1, "resolved")))
    sender(b"\xff")
    written = app.events(token)
    with back():
        assert app.events(token) == written
        for event in written:
            assert app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=token).json() == event
    assert len({event["event_type"] for event in written}) == 3


def test_it_lists_the_events_of_an_alert_without_the_one_that_opened_it(app, sender, back):
    """That one is in no index by alert (docs/adr/0015); the list finds it again after the next upgrade."""
    token = app.token()
    sender(bodies.direct())
    sender(bodies.direct())
    opened, joined = app.events(token)
    by_alert = {"filter": [{"k": "alert_id", "v": opened["alert_id"], "o": "eq"}]}
    assert app.events(token, **by_alert) == [opened, joined]
    with back():
        assert app.events(token, **by_alert) == [joined]


def test_its_events_join_the_alerts_and_a_recovery_resolves_them(app, sender, back):
    sender(bodies.direct())
    sender(bodies.direct(event_key="another"))
    with back():
        sender(bodies.direct())
        sender(bodies.direct("RECOVERY", event_key="another"))
    events = app.events()
    assert len({event["alert_id"] for event in events}) == 2
    assert [alert.event_key for alert in open_alerts(app)] == ["disk-full"]
    sender(bodies.direct("RECOVERY"))
    assert open_alerts(app) == []


def test_its_events_join_and_resolve_alerts_that_people_have_changed(app, sender, back):
    """An acknowledged alert is stored as one that is triggered (docs/adr/0017)."""
    token = app.token(role=Role.RESPONDER)

    def ask(method, path, body=None):
        answer = app.gateway.request(method, f"/monitoring/v1/{path}", body, token=token)
        assert answer.status == 200, answer.text
        return answer.json()

    for key in ("one", "two", "three"):
        sender(bodies.direct(event_key=key))
    first, second, third = (event["alert_id"] for event in app.events())
    ask("PUT", f"alert/{first}", {"state": "ACKNOWLEDGED", "assignee": "kim"})
    ask("PUT", f"alert/{second}", {"state": "RESOLVED"})
    ask("POST", "alerts/merge", {"alerts": [third], "merge_to": first})
    ask("POST", "alerts", {"title": "by hand", "project_id": PROJECT})
    with back():
        for key in ("one", "two", "three"):
            sender(bodies.direct(event_key=key))
        sender(bodies.direct("RECOVERY", event_key="one"))
    alert = ask("GET", f"alert/{first}")
    assert (alert["state"], alert["assignee"]) == ("RESOLVED", "kim")
    assert [event["alert_id"] for event in app.events()].count(second) == 1
    assert {alert["event_key"] for alert in ask("GET", "alerts")["results"] if "event_key" in alert} == {"one", "two"}
    assert ask("GET", "alerts")["total_count"] == 4


def test_a_copy_of_a_delivery_makes_no_event(app, sender, back):
    sender(bodies.direct(), **{"Idempotency-Key": "one"})
    with back():
        sender(bodies.direct(), **{"Idempotency-Key": "one"})
    assert len(app.events()) == 1


def test_it_finishes_what_is_in_the_queue(app, sender, back, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("event_api.ingest.finishing.Finisher.finish", _fails)
        sender(bodies.direct())
    token = app.token()
    assert app.events(token) == []
    with back():
        assert app.redrive() == {"batchItemFailures": []}
        assert len(app.events(token)) == 1
    assert not list(app.stores.deliveries.unfinished())


def _fails(*_arguments, **_options):
    raise OSError("interrupted")


def test_a_webhook_and_a_token_made_since_work(app, sender, back):
    token = app.token()
    with back():
        sender(bodies.direct())
        assert len(app.events(token)) == 1
