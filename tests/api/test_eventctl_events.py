"""import and export: imported events are returned unchanged, and exported ones can be imported."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from event_api.domain import ids, times
from event_api.domain.errors import UnavailableError
from event_api.domain.fields import EVENT_FIELDS
from event_api.store.events import EventStore
from eventctl import importer
from eventctl.lines import Line
from tests.api.eventctl_runner import Eventctl
from tests.service import DOMAIN

VALUES: dict[str, Any] = {
    "int": 3,
    "float": 3.0,
    "big": 2**70,
    "null": None,
    "list": [1, 1.5, None, {"x": True}],
    "deep": {"a": {}},
}
FULL: dict[str, Any] = {
    "event_id": "incident/4711 é",
    "event_key": "key",
    "event_type": "ALERT",
    "title": "Disk full",
    "description": "line one\nline two",
    "severity": "WARNING",
    "rule": "rule-1",
    "resource": {"resource_id": "server-1", "resource_type": "inventory.Server", "name": None},
    "provider": "aws",
    "account": "111111111111",
    "image_url": "https://example.com/graph.png",
    "raw_data": {"body": VALUES, "text": "\ud83d\ude00 é"},
    "additional_info": VALUES,
    "alert_id": "OPS-17",
    "webhook_id": "legacy webhook",
    "project_id": "project-of-old",
    "domain_id": DOMAIN,
    "created_at": "2021-05-04T03:02:01.123Z",
    "occurred_at": "2021-05-04T03:00:00.000Z",
}
LEAST = {"event_id": "least", "domain_id": DOMAIN, "created_at": "2021-05-04T03:02:00.000Z"}
NOTHING = {**dict.fromkeys(EVENT_FIELDS), "resource": dict.fromkeys(FULL["resource"])}


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def eventctl(app, monkeypatch):
    return Eventctl.on(app, monkeypatch)


def lines(*events) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


def imported(eventctl, *events, exit_code=0) -> dict[str, Any]:
    answer: dict[str, Any] = eventctl.json("import", "-", stdin=lines(*events), exit_code=exit_code)
    return answer


def exported(eventctl, *options, domain=DOMAIN) -> list[dict[str, Any]]:
    result = eventctl.run("export", "--domain", domain, *options)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def as_text(value) -> str:
    """Distinguishes 1, 1.0 and True."""
    return json.dumps(value, sort_keys=True)


def counts(imported=0, already_there=0, failed=0, errors=()):
    return {"imported": imported, "already_there": already_there, "failed": failed, "errors": list(errors)}


# --- import


def test_an_imported_event_is_answered_as_it_was(app, eventctl):
    assert imported(eventctl, FULL) == counts(imported=1)
    expected = {**FULL, "resource": {"resource_id": "server-1", "resource_type": "inventory.Server"}}
    (listed,) = app.events()
    got = app.gateway.get("/monitoring/v1/event/incident%2F4711%20%C3%A9", token=app.token()).json()
    for answer in (listed, got):
        assert as_text(answer) in {as_text(expected), as_text(FULL)}


def test_an_event_with_the_least_has_nothing_else(app, eventctl):
    assert imported(eventctl, LEAST) == counts(imported=1)
    assert exported(eventctl) == [{**NOTHING, **LEAST}]
    (answer,) = app.events()
    assert {field for field, value in answer.items() if value} == set(LEAST)
    (found,) = app.events(filter=[{"k": "provider", "v": None, "o": "eq"}])
    assert found["event_id"] == "least"


def test_importing_again_changes_nothing(eventctl):
    imported(eventctl, FULL, LEAST)
    before = exported(eventctl)
    assert imported(eventctl, {**FULL, "title": "another title"}, LEAST) == counts(already_there=2)
    assert exported(eventctl) == before


def test_events_make_no_alerts(app, eventctl):
    imported(eventctl, {**FULL, "alert_id": None})
    assert eventctl.json("alert", "list", "--domain", DOMAIN)["alerts"] == []
    assert "alert_id" not in app.events()[0]


def test_each_line_has_its_own_domain(eventctl):
    imported(eventctl, LEAST, {**LEAST, "domain_id": "other", "title": "same id, other domain"})
    assert [event["title"] for event in exported(eventctl)] == [None]
    assert [event["title"] for event in exported(eventctl, domain="other")] == ["same id, other domain"]


def test_retention_counts_from_the_import(app, eventctl):
    imported(eventctl, FULL)
    item = app.stores.events._table.get({"e": FULL["event_id"], "d": DOMAIN})
    delivery_id = ids.delivery_of_import(FULL["event_id"], DOMAIN)
    body = app.stores.deliveries._table.get({"delivery_id": delivery_id, "domain_id": DOMAIN})
    in_400_days = times.now().timestamp() + 400 * 24 * 3600
    assert in_400_days - 60 < item["x"] <= in_400_days
    assert body["expires_at"] == item["x"]
    assert "unfinished_since" not in body


def test_an_unstorable_line_is_reported_and_the_rest_goes_on(eventctl):
    content = lines(LEAST) + "\n{nonsense\n" + lines({**LEAST, "event_id": "x" * 129}, {"titel": 1}, FULL)
    answer = eventctl.json("import", "-", stdin=content, exit_code=1)
    assert (answer["imported"], answer["failed"]) == (2, 3)
    assert [error["line"] for error in answer["errors"]] == [3, 4, 5]
    assert answer["errors"][1]["reason"] == "event_id has more than 128 characters"
    people = eventctl.run("import", "-", stdin=content)
    assert people.exit_code == 1
    assert people.stdout == "0 imported, 2 already there, 3 failed.\n"
    assert people.stderr.splitlines()[1] == "line 4: event_id has more than 128 characters"


def test_a_file_is_read_too(eventctl, tmp_path):
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + lines(LEAST, FULL).replace("\n", "\r\n").encode())
    assert eventctl.json("import", str(file)) == counts(imported=2)
    file.write_bytes(b"")
    assert eventctl.json("import", str(file)) == counts()


def test_events_keep_their_own_raw_bodies_even_where_their_ids_look_like_one_delivery_s(eventctl):
    first, second = ({**FULL, "event_id": ids.event_id("delivery-" + "a" * 24, n)} for n in range(2))
    second["raw_data"] = {"another": "body"}
    assert imported(eventctl, first, second)["imported"] == 2
    assert [as_text(event["raw_data"]) for event in exported(eventctl)] == [
        as_text(FULL["raw_data"]),
        as_text(second["raw_data"]),
    ]


def test_a_raw_body_that_differs_by_type_only_differs(eventctl):
    imported(eventctl, {**FULL, "raw_data": {"n": 1}})
    answer = imported(eventctl, {**FULL, "raw_data": {"n": 1.0}}, exit_code=1)
    assert answer["failed"] == 1


def test_an_event_too_large_for_the_database_is_reported(eventctl):
    noise = random.Random(1).randbytes(500_000).hex()
    too_large = {**LEAST, "additional_info": {"noise": noise}}
    answer = imported(eventctl, too_large, FULL, exit_code=1)
    assert (answer["imported"], answer["failed"]) == (1, 1)
    assert answer["errors"][0]["reason"].startswith("the database refuses it: Item size")


def test_a_raw_body_that_no_item_can_hold_is_imported(app, eventctl):
    raw_data = {"noise": random.Random(1).randbytes(500_000).hex()}
    answer = imported(eventctl, {**LEAST, "raw_data": raw_data})
    assert answer["imported"] == 1
    (event,) = app.events(app.token(domain_id=LEAST["domain_id"]))
    assert event["raw_data"] == raw_data
    assert len(app.s3.objects) == 1


def test_an_import_stops_when_the_database_is_away_and_says_how_to_go_on(eventctl, monkeypatch):
    def away(*_, **__):
        raise UnavailableError("the database cannot be reached")

    monkeypatch.setattr(EventStore, "add", away)
    result = eventctl.run("--json", "import", "-", stdin=lines(LEAST, FULL))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "run it again to go on" in result.stderr
    assert result.stderr.count("\n") == 1


def test_results_keep_the_lines_order_and_few_lines_are_held(monkeypatch):
    """Many threads, an endless file: the reader is never far ahead of the writers."""
    monkeypatch.setattr(importer, "read_record", lambda content: content)
    started = threading.Event()

    def store(_stores, content, _now):
        started.set()
        time.sleep(0.001 * (int(content) % 3))
        return True

    monkeypatch.setattr(importer, "import_event", store)
    read = 0

    def endless():
        nonlocal read
        while True:
            read += 1
            yield Line(read, read, str(read).encode())

    stores: Any = None  # unused: ``store`` replaces the store
    results = importer.import_lines(stores, endless())
    for number in range(1, 301):
        assert next(results).line == number
        assert read - number < importer._AHEAD
    assert isinstance(results, Generator)
    results.close()
    assert started.is_set()


# --- export


def test_an_export_imports_unchanged(app, eventctl, tmp_path):
    _, url = app.webhook()
    app.gateway.post(url, {"event_key": "k", "title": "t", "additional_info": {"host": []}, "n": [1.0, 2]})
    app.gateway.post(url, b"no \xff json")
    imported(eventctl, FULL, LEAST)
    before = exported(eventctl)
    assert len(before) == 4
    moved = [{**event, "domain_id": "moved"} for event in before]
    assert imported(eventctl, *moved) == counts(imported=4)
    assert as_text(exported(eventctl, domain="moved")) == as_text(moved)
    assert imported(eventctl, *before) == counts(already_there=4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.none() | st.dictionaries(st.text(), JSON, max_size=4)
TEXT = st.none() | st.text(max_size=20)
OTHER_ID = st.none() | st.text(max_size=128)
NUMBERS = itertools.count(10**6)
EVENT = st.fixed_dictionaries(
    {
        **dict.fromkeys(
            ("event_key", "event_type", "title", "description", "severity", "rule", "provider", "account", "image_url"),
            TEXT,
        ),
        **dict.fromkeys(("alert_id", "webhook_id", "project_id"), OTHER_ID),
        **dict.fromkeys(("raw_data", "additional_info"), OBJECT),
        "resource": st.fixed_dictionaries(dict.fromkeys(("resource_id", "resource_type", "name"), TEXT)),
        "occurred_at": st.none() | st.just("2021-01-01T00:00:00.000Z"),
    }
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=EVENT, domain_id=st.text(max_size=120), event_id=st.text(min_size=1, max_size=128))
def test_any_event_survives_import_and_export(eventctl, event, domain_id, event_id):
    # All examples share a database: each has a domain of its own.
    domain_id = f"{next(NUMBERS)}{domain_id}"
    event = {**LEAST, **event, "domain_id": domain_id, "event_id": event_id}
    assert imported(eventctl, event) == counts(imported=1)
    (found,) = exported(eventctl, domain=domain_id)
    assert as_text(found) == as_text(event)


@pytest.fixture
def timeline(eventctl):
    """Five events, a second apart, imported newest first."""
    events = [
        {**LEAST, "event_id": f"e{n}", "created_at": f"2026-03-01T00:00:0{n}.000Z", "project_id": f"p{n % 2}"}
        for n in range(5)
    ]
    imported(eventctl, *reversed(events))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), "01234"),
        (("--project", "p1"), "13"),
        (("--project", "p1", "--project", "p0"), "01234"),
        (("--project", "unknown"), ""),
        (("--since", "2026-03-01T00:00:02Z"), "234"),
        (("--until", "2026-03-01T00:00:02Z"), "01"),
        (("--since", "2026-03-01T01:00:01+01:00", "--until", "2026-03-01T00:00:03Z"), "12"),
        (("--since", "2026-03-02"), ""),
        (("--since", "2026-03-01T00:00:02Z", "--until", "2026-03-01T00:00:02Z"), ""),
        (("--project", "p0", "--since", "2026-03-01T00:00:01Z"), "24"),
    ],
)
def test_an_export_is_oldest_first_within_its_bounds(eventctl, timeline, options, expected):
    assert "".join(event["event_id"][1:] for event in exported(eventctl, *options)) == expected


def test_an_export_to_a_file_replaces_it_whole(eventctl, timeline, tmp_path):
    file = tmp_path / "events.jsonl"
    file.write_text("an older export")
    answer = eventctl.json("export", "--domain", DOMAIN, str(file))
    assert answer == {"exported": 5, "file": str(file)}
    assert [json.loads(line) for line in file.read_text().splitlines()] == exported(eventctl)
    assert list(tmp_path.iterdir()) == [file]


def test_an_export_that_fails_leaves_the_older_file(eventctl, timeline, tmp_path, monkeypatch):
    def away(*_, **__):
        raise UnavailableError("the database cannot be reached")

    monkeypatch.setattr("event_api.store.event_reader.EventReader.fill", away)
    file = tmp_path / "events.jsonl"
    file.write_text("an older export")
    assert eventctl.run("export", "--domain", DOMAIN, str(file)).exit_code == 1
    assert file.read_text() == "an older export"
    assert list(tmp_path.iterdir()) == [file]


def test_an_export_that_cannot_be_written_is_reported(eventctl, tmp_path):
    result = eventctl.run("export", "--domain", DOMAIN, str(tmp_path / "no-such-folder" / "file"))
    assert result.exit_code == 1
    assert "cannot write" in result.stderr


def test_an_export_of_nothing_is_empty(eventctl):
    result = eventctl.run("export", "--domain", "unknown")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "0 exported.\n")
