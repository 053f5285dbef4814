"""The declarative form of a format: sources, states, severities and keys."""

from typing import Any

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from tests.samples import payload

FORMAT = Declared(
    key=("acme:{id}", "acme:{host}:{check}"),
    title=("{check} on {host}", "check"),
    state=("event", "detail.state"),
    states={"bad": ALERT, "good": RECOVERY, "seen": None},
    silent={"test": (True,)},
    severity=("level",),
    parts={"good": "", "late": ":late"},
    resource_name=("host",),
    resource_type=("=host",),
    occurred_at=("at",),
    ended_at=("end",),
    info={"check": "check", "both": "{check}/{host}"},
)
BODY: dict[str, Any] = {"id": 7, "check": "disk", "host": "web-1", "event": "bad", "at": 1772365200}


def read(body, form=FORMAT):
    return form.normalize(payload(body))


def only(body, form=FORMAT):
    (event,) = read(body, form)
    return event


def test_sources_are_paths_templates_and_constants():
    event = only(BODY)
    assert (event.event_key, event.title) == ("acme:7", "disk on web-1")
    assert (event.resource.name, event.resource.resource_id, event.resource.resource_type) == ("web-1", "web-1", "host")
    assert event.additional_info == {"check": "disk", "both": "disk/web-1"}
    assert only({"id": 7, "check": "disk"}).title == "disk"
    assert only({"id": 7, "check": "disk"}).resource.resource_type is None


@pytest.mark.parametrize(
    ("body", "event_type"),
    [
        ({"event": "BAD"}, EventType.ALERT),
        ({"event": "good"}, EventType.RECOVERY),
        ({"event": "odd", "detail": {"state": "good"}}, EventType.RECOVERY),
        ({"event": "odd"}, EventType.ALERT),
        ({}, EventType.ALERT),
    ],
)
def test_the_first_known_word_decides(body, event_type):
    assert only({"id": 1, "check": "c"} | body).event_type is event_type


@pytest.mark.parametrize("more", [{"event": "seen"}, {"test": True}])
def test_some_words_make_no_event(more):
    assert read(BODY | more) == []


def test_an_unknown_word_may_make_no_event_but_a_missing_one_does():
    form = Declared(key=("id",), title=("id",), state=("event",), states={"bad": ALERT}, unknown_state=None)
    assert read({"id": "a", "event": "odd"}, form) == []
    assert only({"id": "a"}, form).event_type is EventType.ALERT


@pytest.mark.parametrize(
    ("level", "severity"), [("Critical", "CRITICAL"), ("warning", "WARNING"), ("odd", "NONE"), (None, "ERROR")]
)
def test_severities_are_looked_up(level, severity):
    assert only(BODY | {"level": level}).severity is Severity(severity)
    assert only(BODY | {"level": level, "event": "good"}).severity is Severity.INFO


@pytest.mark.parametrize("empty", [0, "0", None, "null", "", {}, [], True])
def test_an_empty_id_is_skipped(empty):
    assert only(BODY | {"id": empty}).event_key == "acme:web-1:disk"


def test_without_ids_the_key_is_made_of_names():
    one, other = ({"check": "disk", "event": state} for state in ("bad", "good"))
    assert only(one).event_key == only(other).event_key != only({"check": "cpu"}).event_key


def test_alerts_of_one_object_can_be_told_apart():
    assert only(BODY | {"event": "late"}).event_key == "acme:7:late"


def test_the_end_has_its_own_time():
    ended = only(BODY | {"event": "good", "end": 1772365800})
    assert ended.occurred_at is not None
    assert ended.occurred_at.minute == 50
    assert only(BODY | {"event": "good"}).occurred_at == only(BODY).occurred_at


def test_plain_names_are_read_whatever_their_form():
    form = Declared(plain=True, key=("{hostname}",), title=("hostname",))
    assert only({"HOST_NAME": "web-1"}, form).title == "web-1"


def test_what_no_path_leads_to_is_prepared():
    form = Declared(plain=True, prepare=lambda body: {"host": str(body["text"])[5:]}, key=("{host}",), title=("host",))
    assert only({"Text": "host web-1"}, form).title == "web-1"


def test_a_body_without_a_title_and_an_id_is_refused():
    with pytest.raises(NormalizeError, match="neither a title nor an id"):
        read({"event": "bad"})
