"""Custom mappings: events have the mapped values, and an invalid mapping is reported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from event_api.normalizers.custom_mapping import FIELDS, MAX_INFO, MappingError, read
from tests.samples import payload, written
from tests.samples.mutations import events_or_reason, mutations

BODY = {
    "team": "shop",
    "checks": [
        {"id": 1, "host": "web-1", "check": "disk", "state": "firing", "level": "2", "at": 1772366400, "links": {}},
        {"id": 2, "host": "web-2", "check": "load", "state": "ok", "level": "1", "at": "2026-03-01T12:00:00Z"},
        {"id": 3, "host": "web-3", "check": "load", "state": "ack", "level": "1"},
        {"id": 4, "host": "web-4", "check": "swap", "state": "strange", "level": "9", "links": {"runbook": "r"}},
    ],
}
MAPPING = {
    "split": "checks",
    "fields": {
        "event_key": "join(':', [_body.team, to_string(id)])",
        "title": "join(' on ', [check, host])",
        "event_type": {"path": "state", "values": {"firing": "ALERT", "ok": "RECOVERY", "ack": None}},
        "severity": {"path": "level", "values": {"1": "CRITICAL", "2": "warning"}, "default": "NONE"},
        "provider": {"constant": "acme"},
        "resource.name": "host",
        "resource.resource_type": {"constant": "host"},
        "occurred_at": "at",
        "additional_info.runbook": "links.runbook",
        "additional_info.team": "_body.team",
    },
}


def events(mapping, body):
    name, made = normalize(None, payload(body), mapping)
    assert name == "mapping"
    return made


def test_a_list_is_split_and_its_elements_mapped():
    assert [written(event) for event in events(MAPPING, BODY)] == [
        {
            "event_key": "shop:1",
            "event_type": EventType.ALERT,
            "title": "disk on web-1",
            "severity": Severity.WARNING,
            "provider": "acme",
            "resource": {"name": "web-1", "resource_type": "host"},
            "additional_info": {"team": "shop"},
            "occurred_at": "2026-03-01T12:00:00.000Z",
        },
        {
            "event_key": "shop:2",
            "event_type": EventType.RECOVERY,
            "title": "load on web-2",
            "severity": Severity.CRITICAL,
            "provider": "acme",
            "resource": {"name": "web-2", "resource_type": "host"},
            "additional_info": {"team": "shop"},
            "occurred_at": "2026-03-01T12:00:00.000Z",
        },
        {
            "event_key": "shop:4",
            "event_type": EventType.ALERT,
            "title": "swap on web-4",
            "severity": Severity.NONE,
            "provider": "acme",
            "resource": {"name": "web-4", "resource_type": "host"},
            "additional_info": {"team": "shop", "runbook": "r"},
        },
    ]


def test_without_a_split_the_body_is_one_event():
    (event,) = events({"fields": {"title": "a.b", "rule": "'fixed'"}}, {"a": {"b": "Title"}})
    assert (event.title, event.rule, event.event_type, event.severity) == ("Title", "fixed", "ALERT", "NONE")
    (again,) = events({"fields": {"title": "a.b", "rule": "'fixed'"}}, {"a": {"b": "Title"}, "at": 2})
    assert again.event_key == event.event_key


def test_every_field_can_be_mapped():
    body = {name: f"{name}-value" for name in FIELDS} | {"event_type": "RECOVERY", "severity": "ERROR"}
    body["occurred_at"] = "2026-03-01T12:00:00Z"
    (event,) = events({"fields": {name: f'"{name}"' for name in FIELDS}}, body)
    told = written(event)
    resource = told.pop("resource")
    told |= {f"resource.{name}": value for name, value in resource.items()}
    assert told == {**body, "occurred_at": "2026-03-01T12:00:00.000Z"}


def test_a_mapping_goes_before_the_format():
    name, _ = normalize("prometheus-alertmanager", payload({"x": "t"}), {"fields": {"title": "x"}})
    assert name == "mapping"


def test_a_missing_field_is_reported():
    with pytest.raises(NormalizeError, match="neither a title nor an event_key"):
        events({"fields": {"title": "x"}}, {"y": 1})
    with pytest.raises(NormalizeError, match="not a list"):
        events(MAPPING, {"checks": "none"})
    assert events(MAPPING, {"checks": []}) == []


def test_an_element_that_cannot_be_read_does_not_lose_the_others():
    mapping = {"split": "checks", "fields": {"title": "join(' on ', [check, host])"}}
    (event,) = events(mapping, {"checks": [None, 5, {"check": "disk", "host": "web-1"}, {"x": 1}]})
    assert (event.title, event.additional_info["unreadable_elements"]) == ("disk on web-1", "3")


def test_a_path_that_cannot_be_evaluated_is_reported_without_the_body():
    with pytest.raises(NormalizeError, match=r"the path of title cannot be evaluated$"):
        events({"fields": {"title": "join(' ', [a, b])"}}, {"a": "hunter2", "b": 1})


@pytest.mark.parametrize(
    ("state", "level", "expected"),
    [
        ("resolved", "P1", ("RECOVERY", "CRITICAL")),
        ("OK", "warn", ("RECOVERY", "WARNING")),
        ("recovery", "None", ("RECOVERY", "NONE")),
        ("error", "not_available", ("ERROR", "NOT_AVAILABLE")),
        ("firing", "strange", ("ALERT", "NONE")),
        (None, None, ("ALERT", "NONE")),
    ],
)
def test_the_usual_words_are_understood_without_a_map(state, level, expected):
    body = {"t": "t", "state": state, "level": level}
    (event,) = events({"fields": {"title": "t", "event_type": "state", "severity": "level"}}, body)
    assert (event.event_type, event.severity) == expected


def test_an_array_is_split_by_its_own_path():
    assert len(events({"split": "@", "fields": {"title": "t"}}, [{"t": "a"}, {"t": "b"}])) == 2


def test_a_key_alone_is_a_title_and_a_rule_may_be_one():
    (event,) = events({"fields": {"event_key": "id"}}, {"id": 7})
    assert (event.event_key, event.title) == ("7", "7")
    (event,) = events({"fields": {"event_key": "id", "rule": "r"}}, {"id": 7, "r": "Rule"})
    assert event.title == "Rule"


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ([], "not a JSON object"),
        ({}, "'fields' is missing"),
        ({"fields": {}}, "'fields' is missing"),
        ({"fields": []}, "'fields' is missing"),
        ({"fields": {"rule": "x"}}, "neither a title nor an event_key"),
        ({"fields": {"title": "x"}, "more": 1}, "unknown: more"),
        ({"fields": {"title": "x", "titel": "y"}}, "'titel' is not a field"),
        ({"fields": {"title": "x", "additional_info.": "y"}}, "is not a field"),
        ({"fields": {"title": "a.[b"}}, "the path of 'title' is not JMESPath"),
        ({"fields": {"title": "no_such_function(a"}}, "not JMESPath"),
        ({"fields": {"title": ""}}, "1 to 1000 characters"),
        ({"fields": {"title": "x" * 1001}}, "1 to 1000 characters"),
        ({"fields": {"title": 7}}, "must be a path"),
        ({"fields": {"title": {}}}, "must be a path"),
        ({"fields": {"title": {"path": "x", "constant": "y"}}}, "must be a path"),
        ({"fields": {"title": {"path": "x", "valeus": {}}}}, "unknown: valeus"),
        ({"fields": {"title": {"path": "x", "values": []}}}, "'values' of 'title'"),
        ({"fields": {"title": {"path": "x", "default": {}}}}, "an object or an array"),
        ({"fields": {"title": "x", "severity": {"constant": "BAD"}}}, "not an allowed severity"),
        ({"fields": {"title": "x", "severity": {"path": "s", "values": {"1": "BAD"}}}}, "not an allowed severity"),
        ({"fields": {"title": "x", "event_type": {"path": "s", "default": "OK"}}}, "not an allowed event_type"),
        ({"split": "a[", "fields": {"title": "x"}}, "the path of 'split'"),
        ({"split": 1, "fields": {"title": "x"}}, "the path of 'split'"),
        ({"fields": {"title": "x"} | {f"additional_info.{n}": "x" for n in range(MAX_INFO + 1)}}, "more than 50"),
    ],
)
def test_what_no_mapping_may_say_is_refused(mapping, reason):
    with pytest.raises(MappingError) as error:
        read(mapping)
    assert reason in str(error.value)


def test_a_broken_body_gives_events_or_a_reason():
    for body in mutations(BODY):
        events_or_reason(None, payload(body), MAPPING)


def test_a_path_that_builds_more_than_a_person_reads_finds_nothing():
    doubling = "|".join(["many", *["[@,@]"] * 9])
    body = {"t": "Title", "many": [0] * 100}
    (event,) = events({"fields": {"title": "t", "description": doubling, "severity": doubling}}, body)
    assert event.description is None


def test_a_split_into_too_many_says_so():
    with pytest.raises(NormalizeError, match="at most 10000"):
        events(MAPPING, {"checks": [{}] * 10_001})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
functions = st.sampled_from(
    ["sum(@)", "max(@)", "avg(a)", "length(a)", "keys(a)", "sort(a)", "to_number(a)", "a.b[0]", "a[*].b", "join(a, b)"]
)


@given(path=functions, body=st.dictionaries(st.sampled_from("ab"), json_values) | st.lists(json_values))
def test_no_function_on_any_value_is_an_exception(path, body):
    events_or_reason(None, payload(body), {"fields": {"title": path, "occurred_at": path}})


@given(mapping=json_values | st.dictionaries(st.sampled_from(["split", "fields"]), json_values))
def test_any_json_is_a_mapping_or_says_why_not(mapping):
    try:
        read(mapping)
    except MappingError as error:
        assert str(error)  # noqa: PT017  # either outcome is right
