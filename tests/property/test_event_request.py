"""The request of get is read as its pydantic model, which the OpenAPI document shows, would read it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from apidoc.get_requests import GetEventRequest
from event_api.domain.errors import BadRequestError
from event_api.domain.fields import EVENT
from event_api.reads.record import RecordRequest
from event_api.reads.requests import parse_request

FIELDS = st.sampled_from([*EVENT.fields, "resource.name", "additional_info.a.b"])
VALID = st.fixed_dictionaries(
    {"event_id": st.text(min_size=1, max_size=5)},
    optional={"domain_id": st.none() | st.text(max_size=5), "only": FIELDS | st.lists(FIELDS, max_size=4)},
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
ELEMENTS = st.sampled_from(["", ".", "title.", "nope", "a" * 255, "a" * 256, "title"]) | FIELDS | ANY
FAULTS = st.sampled_from(["event_id", "domain_id", "only", "unknown", ""]).flatmap(
    lambda key: st.tuples(st.just(key), st.lists(ELEMENTS, max_size=3) | ANY if key == "only" else ANY)
)


def by_the_model(request):
    asked = parse_request(GetEventRequest, request, EVENT)
    return asked.event_id, asked.domain_id, list(asked.only)


def by_hand(request):
    asked = RecordRequest.read(request, EVENT)
    return asked.record_id, asked.domain_id, asked.only


def outcome(read, request):
    try:
        return read(request)
    except BadRequestError as error:
        return type(error), getattr(error, "key", None)


@given(VALID, FAULTS)
@example({"event_id": "e"}, ("only", ["title"] * 100))
@example({"event_id": "e"}, ("only", ["title"] * 101))
def test_one_fault_is_the_same_for_both(request, fault):
    changed = {**request, fault[0]: fault[1]}
    assert outcome(by_hand, changed) == outcome(by_the_model, changed)


@given(VALID)
def test_without_an_id(request):
    del request["event_id"]
    assert outcome(by_hand, request) == outcome(by_the_model, request)
