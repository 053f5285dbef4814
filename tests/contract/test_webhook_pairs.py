"""Real senders' ALERTs and RECOVERYs through the routes: a recovery joins, and resolves, the alert that it ends."""

from collections import defaultdict

import pytest

from event_api import times
from event_api.model import AlertState
from tests.contract.test_webhook_samples import ENTRIES, FOLDER, SEVERAL_ALERTS, expected
from tests.service import DOMAIN

pytestmark = pytest.mark.skipif(not ENTRIES, reason="../shared/webhook-samples is not there")

_OF_THE_CONNECTION = {"host", "connection", "content-length"}


@pytest.fixture
def engine():
    return "moto"


def pairs():
    """An ALERT and a RECOVERY of each alert that has both."""
    found = defaultdict(dict)
    for entry in ENTRIES:
        if len(entry["expected"]["event_types"]) == 1:
            found[entry.get("same_alert_as")][entry["expected"]["event_types"][0]] = entry
    for name, entries in found.items():
        if name is not None and name not in SEVERAL_ALERTS and {"ALERT", "RECOVERY"} <= entries.keys():
            yield name, entries["ALERT"], entries["RECOVERY"]


PAIRS = list(pairs())


def deliver(app, entry, **options):
    """Post a sample as its sender does, to a webhook of its own; the derived ones have the ids of what they are of."""
    _, path = app.webhook(**options)
    headers = {name: value for name, value in entry["headers"].items() if name.lower() not in _OF_THE_CONNECTION}
    body = (FOLDER / entry["file"]).read_bytes()
    assert app.gateway.post(path, body, headers={"Content-Type": entry["content_type"]} | headers).status == 200


@pytest.mark.parametrize(("alert", "recovery"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_a_recovery_ends_its_alert(app, alert, recovery):
    for project, bound in (("project-bound", True), ("project-detected", False)):
        for entry in (alert, recovery):
            deliver(app, entry, format=entry["vendor"] if bound else None, project_id=project)
        first, second = (event for event in app.events() if event["project_id"] == project)
        assert (first["event_type"], second["event_type"]) == ("ALERT", "RECOVERY")
        assert first["alert_id"] == second["alert_id"]
    states = {one.state for one in app.stores.alerts.of_domain(DOMAIN, None, times.now())}
    assert states == {AlertState.RESOLVED}


def test_each_vendors_sample_is_read_as_it_is_posted(app):
    """With the headers and content types that it comes with; one of each vendor."""
    first = {entry["vendor"]: entry for entry in reversed(ENTRIES) if len(expected(entry)["event_types"]) <= 1}
    for number, entry in enumerate(first.values()):
        deliver(app, entry, format=entry["vendor"], project_id=f"project-{number}")
    found = defaultdict(list)
    for event in app.events():
        found[event["project_id"]].append(event)
    for number, entry in enumerate(first.values()):
        events = found[f"project-{number}"]
        assert [event["event_type"] for event in events] == expected(entry)["event_types"], entry["file"]
        assert [event["severity"] for event in events] == expected(entry)["severities"], entry["file"]
