from __future__ import annotations

import dataclasses
import json

import pytest

from event_api.domain.fields import EVENT_FIELDS
from event_api.reads.event_info import EventInfo
from eventctl.records import RecordError, read_record

LEAST = {"event_id": "e-1", "domain_id": "d-1", "created_at": "2026-03-01T12:00:00Z"}


def line(**fields) -> bytes:
    return json.dumps({**LEAST, **fields}).encode()


def reason(content: bytes) -> str:
    with pytest.raises(RecordError) as raised:
        read_record(content)
    return str(raised.value)


def test_a_record_has_the_fields_of_event_info():
    assert tuple(EventInfo.model_fields) == EVENT_FIELDS


def test_what_is_missing_is_null():
    record = read_record(line())
    event = dataclasses.asdict(record.to_event())
    assert event.pop("resource") == {"resource_id": None, "resource_type": None, "name": None}
    assert {field for field, value in event.items() if value is not None} == set(LEAST)


def test_json_values_keep_their_types():
    info = {"n": 2**80, "f": 3.0, "z": -0.0, "e": 1e300, "null": None, "list": [1, 1.0, True, "1", {}], "": ""}
    record = read_record(line(additional_info=info, raw_data=info))
    for kept in (record.additional_info, record.raw_data):
        assert json.dumps(kept) == json.dumps(info)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2026-03-01T12:00:00.123999999Z", "2026-03-01T12:00:00.123Z"),
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00.000Z"),
        ("2026-03-01", "2026-03-01T00:00:00.000Z"),
        ("1969-07-20T20:17:40Z", "1969-07-20T20:17:40.000Z"),
    ],
)
def test_times_are_cut_to_milliseconds_utc(given, stored):
    record = read_record(line(created_at=given, occurred_at=given))
    assert (record.created_at, record.occurred_at) == (stored, stored)


def test_another_systems_severity_and_type_are_kept():
    record = read_record(line(severity="DISASTER", event_type="notice"))
    assert (record.severity, record.event_type) == ("DISASTER", "notice")


def test_ids_are_opaque():
    ids = {"event_id": "-é/ 1", "domain_id": "x" * 128, "project_id": "", "alert_id": "7", "webhook_id": "*"}
    record = read_record(line(**ids))
    assert {field: getattr(record, field) for field in ids} == ids


@pytest.mark.parametrize("missing", sorted(LEAST))
def test_three_fields_are_required(missing):
    fields = {field: value for field, value in LEAST.items() if field != missing}
    assert reason(json.dumps(fields).encode()) == f"{missing} is missing"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": 7}, "title must be a string"),
        ({"severity": ["INFO"]}, "severity must be a string"),
        ({"created_at": 1772366400}, "created_at must be a string"),
        ({"created_at": "today"}, "created_at is not an ISO 8601 time"),
        ({"created_at": None}, "created_at must be a string"),
        ({"occurred_at": ""}, "occurred_at is not an ISO 8601 time"),
        ({"event_id": ""}, "event_id must not be empty"),
        ({"event_id": "x" * 129}, "event_id has more than 128 characters"),
        ({"alert_id": "x" * 129}, "alert_id has more than 128 characters"),
        ({"raw_data": [1]}, "raw_data must be an object"),
        ({"additional_info": "x"}, "additional_info must be an object"),
        ({"resource": "host"}, "resource must be an object"),
        ({"resource": {"name": 1}}, "resource.name must be a string"),
        ({"resource": {"zone": "a"}}, "resource.zone is not a field of EventInfo"),
        ({"titel": "x"}, "titel is not a field of EventInfo"),
        ({"title": "\ud800"}, "title is not valid Unicode"),
    ],
)
def test_what_cannot_be_kept_is_refused_naming_the_key(fields, expected):
    assert reason(line(**fields)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"nonsense", "it is not JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1e999}', "a number is too large"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"n": ' + b"1" * 5000 + b"}", "it is not JSON"),
        (b"[]", "it must be an object"),
        (b"null", "it must be an object"),
        (b'{"title": "\xff"}', "it is not UTF-8"),
    ],
)
def test_a_line_that_is_not_a_json_object_is_refused(content, expected):
    assert expected in reason(content)


def test_reasons_stay_short_and_never_hold_values():
    told = reason(line(**{"\x1b[31m" + "k" * 5000: "secret", **{f"x{n}": "secret" for n in range(50)}}))
    assert told.endswith("; and 46 more")
    assert len(told) < 500
    assert "\x1b" not in told
    assert "secret" not in told
