import json

from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.event import EventType, Resource
from event_api.domain.normalized import NormalizedEvent
from event_api.normalizers import limits
from tests.samples.mutations import assert_sound


def event(**fields):
    return NormalizedEvent(**{"event_key": "k", "event_type": EventType.ALERT, "title": "t"} | fields)


def info_bytes(info):
    return len(json.dumps(info, ensure_ascii=False).encode())


def test_what_fits_is_left_alone():
    fitting = event(
        title="t" * limits.MAX_TITLE,
        description="d" * limits.MAX_DESCRIPTION,
        event_key="k" * limits.MAX_EVENT_KEY,
        rule="r" * limits.MAX_PART,
        provider="p" * limits.MAX_PART,
        account="a" * limits.MAX_PART,
        image_url="u" * limits.MAX_IMAGE_URL,
        additional_info={"a": "ä" * 15_000, "b": "", "c": "\n"},
        resource=Resource(*("x" * limits.MAX_PART,) * 3),
    )
    assert limits.apply(fitting) == fitting


def test_longer_text_is_cut_and_says_so():
    long = "ä" * 70_000
    cut = limits.apply(event(title=long, description=long, rule=long, image_url=long, resource=Resource(name=long)))
    assert cut.title == "ä" * 1023 + "…"
    assert cut.description == "ä" * 16_383 + "…"
    assert cut.rule == cut.resource.name == "ä" * 511 + "…"
    assert cut.image_url == "ä" * 2047 + "…"


def test_distinct_long_keys_stay_distinct():
    first, second = (limits.apply(event(event_key="k" * 600 + end)).event_key for end in "ab")
    assert first != second
    assert len(first) == len(second) == limits.MAX_EVENT_KEY
    assert first.startswith("k" * 447 + ":")


def test_invalid_utf_8_is_replaced():
    cleaned = limits.apply(event(event_key="a\x00", title="\ud83d", additional_info={"\udfff": "x\x00"}))
    assert cleaned.event_key.startswith("a\ufffd:")
    assert cleaned.title == "\ufffd"
    assert cleaned.additional_info == {"\ufffd": "x\ufffd"}


def test_keys_that_differ_only_in_what_cannot_be_stored_stay_distinct():
    keys = {limits.apply(event(event_key=key)).event_key for key in ("a\x00", "a\ud800", "a\udfff", "a\ufffd")}
    assert len(keys) == 4


def test_empty_strings_are_no_values():
    empty = limits.apply(event(title=" ", description="", rule=" ", image_url="", resource=Resource("", "", "")))
    assert empty == event(title="k")


def test_only_the_largest_values_of_additional_info_are_cut():
    info = {"small": "s" * 100, "large": "l" * 60_000, "larger": "ö" * 60_000}
    cut = limits.apply(event(additional_info=info)).additional_info
    assert cut["small"] == info["small"]
    assert cut["large"].endswith("l…")
    assert cut["larger"].endswith("ö…")
    assert limits.MAX_ADDITIONAL_INFO_BYTES - 10 < info_bytes(cut) <= limits.MAX_ADDITIONAL_INFO_BYTES


def test_too_many_entries_are_left_out_and_counted():
    info = {f"key-{number:05}": "v" * 40 for number in range(5_000)}
    cut = limits.apply(event(additional_info=info)).additional_info
    kept = len(cut) - 1
    assert list(cut)[:-1] == list(info)[:kept]
    assert cut["…"] == f"{5_000 - kept} more"
    assert info_bytes(cut) <= limits.MAX_ADDITIONAL_INFO_BYTES
    assert kept > 1_000


@given(
    st.dictionaries(
        st.text(max_size=300),
        st.builds(lambda text, times: text * times, st.text(max_size=20), st.integers(0, 6_000)),
        max_size=12,
    )
)
def test_any_additional_info_fits_afterwards(info):
    assert_sound(limits.apply(event(additional_info=info)))
