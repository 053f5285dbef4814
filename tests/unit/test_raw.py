from __future__ import annotations

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.body import Body, UnreadableBodyError
from event_api.json_text import MAX_DIGITS, escaped_bytes, write_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON))
def test_an_object_is_its_own_raw_data(value):
    body = Body.received(json.dumps(value).encode())
    if body.unwrapped:
        assert set(value) <= {"data", "webhook_id", "access_key"}
    else:
        assert body.raw_data() == body.read_object() == value


@given(st.binary())
def test_whatever_comes_has_raw_data_that_is_json(content):
    json.dumps(Body.received(content).raw_data(), allow_nan=False)


@pytest.mark.parametrize(
    ("envelope", "unwrapped"),
    [
        ({"data": {"a": 1}}, True),
        ({"data": {"a": 1}, "webhook_id": "w", "access_key": "secret"}, True),
        ({"data": {"a": 1}, "other": 2}, False),
        ({"data": [1]}, False),
        ({"webhook_id": "w"}, False),
    ],
)
def test_only_the_documented_request_is_unwrapped(envelope, unwrapped):
    body = Body.received(json.dumps(envelope).encode())
    assert body.unwrapped is unwrapped
    assert body.read_object() == ({"a": 1} if unwrapped else envelope)


def test_what_was_unwrapped_is_not_unwrapped_again():
    body = Body.received(json.dumps({"data": {"data": {"a": 1}}}).encode())
    assert Body(body.content, unwrapped=True).raw_data() == {"data": {"a": 1}}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"a": Infinity}', b"3", b"[" * 50_000])
def test_what_no_normalizer_could_read_says_why(content):
    with pytest.raises(UnreadableBodyError, match=r"The body is .+\."):
        Body.received(content).read_content({})


@pytest.mark.parametrize("number", ["9" * 5_000, "-" + "9" * 5_000, "1e400", "9" * MAX_DIGITS + "0"])
def test_a_number_that_is_too_large_is_reported_as_such(number):
    with pytest.raises(UnreadableBodyError, match=r"^The body is not JSON: a number is too large\.$"):
        Body.received(f'{{"n": {number}}}'.encode()).read_content({})


def test_a_number_of_all_the_digits_that_are_accepted_is_read_and_written():
    body = f'{{"n":{"9" * MAX_DIGITS}}}'
    assert write_json(Body.received(body.encode()).read_object()) == body


COMPRESSED = {
    "gzip": gzip.compress(b'{"title": "t"}', mtime=0),
    "deflate": zlib.compress(b'{"title": "t"}'),
    "br": bytes.fromhex("8b0680") + b'{"title": "t"}' + b"\x03",
}


@pytest.mark.parametrize(("encoding", "content"), COMPRESSED.items())
def test_a_compressed_body_is_reported_as_such(encoding, content):
    for written in (encoding, encoding.upper(), f" {encoding} "):
        with pytest.raises(UnreadableBodyError, match="is compressed, which is not accepted"):
            Body.received(content).read_content({"content-encoding": written})


def test_gzip_is_recognised_without_its_header():
    with pytest.raises(UnreadableBodyError, match="is compressed"):
        Body.received(COMPRESSED["gzip"]).read_content({})


@pytest.mark.parametrize("encoding", ["gzip", "identity", ""])
def test_a_body_that_can_be_read_is_read_whatever_its_header_says(encoding):
    headers = {"content-encoding": encoding}
    assert Body.received(b'{"a": 1}').read_content(headers) == {"a": 1}
    assert Body.received(b"[1]").read_content(headers) == [1]
    with pytest.raises(UnreadableBodyError, match="is a JSON plain value"):
        Body.received(b"1").read_content(headers)


def test_an_uncompressed_body_is_not_reported_as_compressed():
    with pytest.raises(UnreadableBodyError, match="is not JSON"):
        Body.received(b"{").read_content({"content-encoding": "identity"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_the_access_key_is_hidden_in_whatever_encoding(encoding):
    body = Body.received('{"url": "/webhook/w/hunter2/events", "ж": "hunter2"}'.encode(encoding), "hunter2")
    assert body.read_object() == {"url": "/webhook/w/[access key]/events", "ж": "[access key]"}


def test_its_repr_has_nothing_of_the_body():
    assert "hunter2" not in repr(Body.received(b'{"password": "hunter2"}'))


def test_only_what_utf8_has_not_is_escaped():
    assert write_json({"ж": "ж\ud800\udfff"}) == '{"ж":"ж\\ud800\\udfff"}'
    assert json.loads(write_json(["\ud800"])) == ["\ud800"]
    text = write_json(["ж\ud800"])
    assert escaped_bytes(text) == len(json.dumps(text, ensure_ascii=False).encode()) - len('""')
