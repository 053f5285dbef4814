"""Real senders' ALERTs and RECOVERYs through the routes: a recovery joins, and resolves, the alert that it ends."""

from collections import defaultdict
from typing import Any

import pytest

from event_api.domain import times
from event_api.domain.alert import AlertState
from tests.contract.collection import ABSENT, FOLDER
from tests.contract.test_webhook_samples import ENTRIES, SEVERAL_ALERTS, expected
from tests.service import DOMAIN

pytestmark = pytest.mark.skipif(not ENTRIES, reason=ABSENT)

_OF_THE_CONNECTION = {"host", "connection", "content-length"}


@pytest.fixture
def engine():
    return "moto"


def pairs():
    """An ALERT and a RECOVERY of each alert that has both."""
    found: defaultdict[str | None, dict[str, dict[str, Any]]] = defaultdict(dict)
    for entry in ENTRIES:
        if len(entry["expected"]["event_types"]) == 1:
            found[entry.get("same_alert_as")][entry["expected"]["event_types"][0]] = entry
    for name, entries in found.items():
        if name is not None and name not in SEVERAL_ALERTS and {"ALERT", "RECOVERY"} <= entries.keys():
            yield name, entries["ALERT"], entries["RECOVERY"]


PAIRS = list(pairs())


def deliver(app, path, entry):
    """Post a sample as its sender does."""
    headers = {name: value for name, value in entry["headers"].items() if name.lower() not in _OF_THE_CONNECTION}
    body = (FOLDER / entry["file"]).read_bytes()
    assert app.gateway.post(path, body, headers={"Content-Type": entry["content_type"]} | headers).status == 200


@pytest.mark.parametrize("detected", [False, True], ids=["bound", "detected"])
def test_a_recovery_ends_its_alert(app, detected):
    assert len(PAIRS) > 15
    for name, *pair in PAIRS:
        # Derived samples have the ids of their originals, so each pair has a project of its own.
        for_format = None if detected else pair[0]["vendor"]
        _, path = app.webhook(format=for_format, project_id=f"project-{name}")
        for entry in pair:
            deliver(app, path, entry)
    found = defaultdict(list)
    for event in app.events():
        found[event["project_id"]].append((event["event_type"], event["alert_id"]))
    for name, *_ in PAIRS:
        (first, alert_id), (second, ended) = found[f"project-{name}"]
        assert (first, second, ended) == ("ALERT", "RECOVERY", alert_id), name
    states = {one.state for one in app.stores.alerts.of_domain(DOMAIN, None, times.now())}
    assert states == {AlertState.RESOLVED}


def test_each_vendors_sample_is_read_as_it_is_posted(app):
    """With the headers and content types that it comes with; one of each vendor."""
    first = {entry["vendor"]: entry for entry in reversed(ENTRIES) if len(expected(entry)["event_types"]) <= 1}
    for number, entry in enumerate(first.values()):
        _, path = app.webhook(format=entry["vendor"], project_id=f"project-{number}")
        deliver(app, path, entry)
    found = defaultdict(list)
    for event in app.events():
        found[event["project_id"]].append(event)
    for number, entry in enumerate(first.values()):
        events = found[f"project-{number}"]
        assert [event["event_type"] for event in events] == expected(entry)["event_types"], entry["file"]
        assert [event["severity"] for event in events] == expected(entry)["severities"], entry["file"]
