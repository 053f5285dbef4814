"""Every own sample gives its events, bound to its format and, if it can be distinguished, detected."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.normalizers import limits, normalize
from event_api.normalizers.detection import claims
from tests.profiles import THOROUGH
from tests.samples import own_samples, payload, written
from tests.samples.mutations import events_or_reason, mutations, paths, replaced

SAMPLES = own_samples()
FORMATS = sorted({sample.format for sample in SAMPLES})

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=str)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@each_sample
def test_a_webhook_with_the_format_gives_the_events(sample):
    used, events = normalize(sample.format, sample.payload)
    assert used == sample.format
    assert [written(event) for event in events] == sample.events


@each_sample
def test_a_webhook_without_a_format_gives_the_same_events(sample):
    used, events = normalize(None, sample.payload)
    if sample.bound_only:
        assert used == "generic"
    else:
        assert used == sample.format
        assert [written(event) for event in events] == sample.events


@each_sample
def test_no_sample_is_claimed_twice(sample):
    expected = [] if sample.bound_only or sample.format == "generic" else [sample.format]
    assert claims(sample.payload.content, sample.headers) == expected


FIRST_SAMPLES = list({sample.format: sample for sample in reversed(SAMPLES)}.values())
BROKEN = [("bound", sample) for sample in SAMPLES]
BROKEN += [("detected", sample) for sample in (SAMPLES if THOROUGH else FIRST_SAMPLES)]


@pytest.mark.parametrize(("way", "sample"), BROKEN, ids=str)
def test_a_broken_sample_gives_events_or_a_reason(way, sample):
    body = sample.payload.content
    variants = [body]
    if isinstance(body, dict) and str(body.get("Message")).startswith("{"):
        variants.append(body | {"Message": json.loads(body["Message"])})
    for variant in variants:
        for body in mutations(variant):
            events_or_reason(sample.format if way == "bound" else None, payload(body, sample.headers))


@given(body=st.dictionaries(st.text(), json_values, max_size=5), name=st.sampled_from([None, *FORMATS]))
def test_any_object_gives_events_or_a_reason(body, name):
    events_or_reason(name, payload(body))


@given(data=st.data())
def test_any_value_under_a_key_that_is_read_gives_events_or_a_reason(data):
    sample = data.draw(st.sampled_from(SAMPLES))
    whole = sample.payload.content
    ways = [path for path in paths(whole) if len(path) == 1]
    body = replaced(whole, data.draw(st.sampled_from(ways)), data.draw(json_values)) if ways else []
    events_or_reason(sample.format, payload(body, sample.headers))


@pytest.mark.parametrize("name", [None, *FORMATS])
def test_a_body_nested_beyond_reason_gives_events_or_a_reason(name):
    deep: object = "x"
    for _ in range(600):
        deep = {"Message": [deep]}
    events_or_reason(name, payload({"event_key": "k", "title": deep, "alerts": [{"labels": {"a": deep}}]}))


def test_each_format_has_samples_in_a_folder_of_its_name():
    modules = Path(limits.__file__).parent.joinpath("formats").glob("[!_]*.py")
    assert {module.stem.replace("_", "-") for module in modules} == set(FORMATS)
