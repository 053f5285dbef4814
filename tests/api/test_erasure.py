"""``eventctl domain``: a domain is counted and deleted, all of it and nothing else."""

from __future__ import annotations

import json
import random

import pytest

from event_api import composition
from event_api.admin import webhooks
from event_api.auth import alert_links
from event_api.domain.access import Role
from event_api.settings import settings
from event_api.store.table import Table
from tests.api.eventctl_runner import Eventctl
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT

OTHER = "domain-of-others"
ALERTS = "/monitoring/v1/alerts"


@pytest.fixture(params=["moto", pytest.param("dynoxide", marks=pytest.mark.engine)])
def engine(request):
    return request.param


@pytest.fixture
def eventctl(app, monkeypatch):
    monkeypatch.setattr("eventctl.domain.PAUSE_SECONDS", 0)
    return Eventctl.on(app, monkeypatch)


def fill(app, domain_id):
    """One of everything that a domain can have."""
    token = app.token(domain_id=domain_id, role=Role.RESPONDER)
    _, path = app.webhook(domain_id=domain_id)
    webhooks.number_alerts(app.stores, domain_id, on=True)
    app.gateway.post(path, bodies.direct(event_key="one"))
    for event_type in ("RECOVERY", "ALERT", "RECOVERY"):  # another generation, with its note
        app.gateway.post(path, bodies.direct(event_key="one", event_type=event_type))
    app.gateway.post(path, bodies.direct(event_key="early", event_type="RECOVERY"))  # a marker without an alert
    app.gateway.post(path, bodies.alertmanager(bodies.alert(1), bodies.alert(2), bodies.alert(3)))
    app.gateway.post(path, "{no format reads this")
    noise = random.Random(domain_id).randbytes(700_000).hex()
    app.gateway.post(path, bodies.direct(event_key="large", description=noise))
    made = app.gateway.post(ALERTS, {"title": "by hand", "project_id": PROJECT}, token=token).json()
    app.gateway.request("PUT", f"/monitoring/v1/alert/{made['alert_id']}", {"state": "RESOLVED"}, token=token)
    (opened, *_) = app.gateway.post(f"{ALERTS}/search", {"state": "TRIGGERED"}, token=token).json()["results"]
    app.gateway.request("PUT", f"/monitoring/v1/alert/{opened['alert_id']}", {"assignee": "kim"}, token=token)
    alert_links.access_key(composition.alert_records(), domain_id, opened["alert_id"])
    app.queue.messages.clear()


def state(app):
    """Every item and every object."""
    items = {}
    tables = settings().tables
    for name in (
        tables.events,
        tables.deliveries,
        tables.alerts,
        tables.webhooks,
        tables.tokens,
        tables.summaries,
        tables.audit,
    ):
        found = app.dynamodb.scan(TableName=name)["Items"]
        items[name] = sorted(json.dumps(item, sort_keys=True, default=repr) for item in found)
    return items, dict(app.s3.objects)


def test_all_of_a_domain_is_deleted_and_nothing_else(app, eventctl):
    fill(app, OTHER)
    before = state(app)
    fill(app, DOMAIN)
    app.stores.summaries.note(DOMAIN, "2026-03-01")
    counted = eventctl.json("domain", "count", DOMAIN)
    assert counted == {
        "domain_id": DOMAIN,
        "webhooks": 1,
        "tokens": 1,
        "deliveries": 3,
        "bodies": 1,
        "events": 10,
        "alerts": counted["alerts"],
        "summaries": 2,
        "audit": 6,
    }
    answer = eventctl.json("domain", "delete", DOMAIN, "--yes")
    assert answer["deleted"] == {name: number for name, number in counted.items() if name != "domain_id"}
    assert set(answer["left"].values()) == {0}
    assert state(app) == before
    assert set(eventctl.json("domain", "delete", DOMAIN, "--yes")["deleted"].values()) == {0}


def test_a_webhook_of_a_deleted_domain_refuses_and_its_token_too(app, eventctl):
    _, path = app.webhook()
    token = app.token()
    eventctl.run("domain", "delete", DOMAIN, "--yes")
    assert app.gateway.post(path, bodies.direct()).status == 403
    assert app.gateway.get("/monitoring/v1/events", token=token).status == 403


@pytest.mark.parametrize("after", range(0, 12, 3))
def test_an_interrupted_deletion_is_finished_by_another(app, eventctl, monkeypatch, after):
    before = state(app)
    fill(app, DOMAIN)
    monkeypatch.setattr("event_api.store.erasure._AT_ONCE", 2)
    batches = 0
    delete_all = Table.delete_all

    def interrupted(table, keys):
        nonlocal batches
        batches += 1
        if batches > after:
            raise KeyboardInterrupt
        delete_all(table, keys)

    with monkeypatch.context() as patch:
        patch.setattr(Table, "delete_all", interrupted)
        assert eventctl.run("domain", "delete", DOMAIN, "--yes").exit_code == 1
    assert eventctl.run("domain", "delete", DOMAIN, "--yes").exit_code == 0
    assert state(app) == before


def test_it_asks_for_the_domains_id_first(app, eventctl):
    fill(app, DOMAIN)
    before = state(app)
    for typed in ("", "y\n", f"{OTHER}\n"):
        refused = eventctl.run("domain", "delete", DOMAIN, stdin=typed)
        assert refused.exit_code == 1
        assert state(app) == before
    done = eventctl.run("domain", "delete", DOMAIN, stdin=f"{DOMAIN}\n")
    assert done.exit_code == 0
    assert "A second count finds nothing." in done.stdout


def test_what_is_left_is_an_error(app, eventctl, monkeypatch):
    fill(app, DOMAIN)
    monkeypatch.setattr(Table, "delete_all", lambda *_: None)
    left = eventctl.run("domain", "delete", DOMAIN, "--yes")
    assert left.exit_code == 1
    assert "items of domain-1f2e3d4c5b6a are left; run the command again" in left.stderr
    assert "Everything" not in left.stdout
