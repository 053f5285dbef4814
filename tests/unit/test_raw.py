from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from contextlib import suppress

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


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"3", b"[" * 50_000])
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


OBJECT = b'{"title": "t"}'
DEFLATE = zlib.compressobj(wbits=-zlib.MAX_WBITS)
COMPRESSED = [
    ("gzip", gzip.compress(OBJECT, mtime=0)),
    ("", gzip.compress(OBJECT, mtime=0)),
    (" GZIP ", gzip.compress(OBJECT[:4], mtime=0) + gzip.compress(OBJECT[4:], mtime=0)),
    ("deflate", zlib.compress(OBJECT)),
    ("deflate", DEFLATE.compress(OBJECT) + DEFLATE.flush()),
]


@pytest.mark.parametrize(("encoding", "content"), COMPRESSED)
def test_a_compressed_body_is_read(encoding, content):
    headers = {"content-encoding": encoding}
    assert Body.received(content, headers=headers).content == OBJECT
    for body in (Body(content), Body.received(content, headers=headers)):
        assert body.read_content(headers) == {"title": "t"}


@pytest.mark.parametrize(
    ("encoding", "content", "reason"),
    [
        ("br", bytes.fromhex("8b0680") + OBJECT + b"\x03", "in a way that is not accepted"),
        ("gzip", gzip.compress(OBJECT, mtime=0)[:-12], "damaged"),
        ("gzip", gzip.compress(b"0" * 5_000_000, mtime=0), "too large"),
        ("", b"\x1f\x8b" + b"\x00" * 100, "damaged"),
    ],
)
def test_a_body_that_cannot_be_decompressed_says_why(encoding, content, reason):
    headers = {"content-encoding": encoding}
    with pytest.raises(UnreadableBodyError, match=reason):
        Body.received(content, headers=headers).read_content(headers)


def test_a_body_is_decompressed_to_its_limit_and_no_further():
    bomb = gzip.compress(b" " * 50_000_000)
    tracemalloc.start()
    try:
        assert Body.received(bomb, most_bytes=100_000).content == bomb
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert Body.received(gzip.compress(b" " * 100_000), most_bytes=100_000).content == b" " * 100_000


def test_the_access_key_is_hidden_in_a_compressed_body():
    assert Body.received(gzip.compress(b'{"k": "hunter2"}'), "hunter2").read_object() == {"k": "[access key]"}


@pytest.mark.parametrize("encoding", ["gzip", "identity", "", "br"])
def test_a_body_that_can_be_read_is_read_whatever_its_header_says(encoding):
    headers = {"content-encoding": encoding}
    assert Body.received(b'{"a": 1}').read_content(headers) == {"a": 1}
    assert Body.received(b"[1]").read_content(headers) == [1]
    with pytest.raises(UnreadableBodyError, match="is a JSON plain value"):
        Body.received(b"1").read_content(headers)


def test_a_form_that_was_compressed_is_read_with_its_own_headers():
    headers = {"content-encoding": "gzip", "content-type": "application/x-www-form-urlencoded"}
    body = Body.received(gzip.compress(b"title=Disk+full"), headers=headers)
    assert body.read_content(headers) == {"title": "Disk full"}


def test_an_uncompressed_body_is_not_reported_as_compressed():
    with pytest.raises(UnreadableBodyError, match="is not JSON"):
        Body.received(b"{").read_content({"content-encoding": "identity"})


TITLES = {
    "iso-8859-1": "Überlast",
    "latin1": "Überlast 5 €",  # windows-1252, as browsers read it
    "windows-1252": "Überlast 5 €",
    "windows-1251": "Диск заполнен",
    "koi8-r": "Диск заполнен",
    "euc-kr": "디스크 똠방각하",
    "shift_jis": "ディスク①",
    "iso-2022-jp": "ディスク",
    "gb2312": "磁盘",
    "big5": "磁碟",
    "utf-16le": "Überlast",
    "utf-8": "Überlast",
}
WRITTEN_AS = {"latin1": "cp1252", "euc-kr": "cp949", "shift_jis": "cp932"}


@pytest.mark.parametrize("charset", TITLES)
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_charset_of_the_content_type_is_obeyed(charset, quote):
    content = json.dumps({"title": TITLES[charset]}, ensure_ascii=False).encode(WRITTEN_AS.get(charset, charset))
    headers = {"content-type": f"application/json; charset={quote}{charset.upper()}{quote}"}
    body = Body.received(content, headers=headers)
    assert body.read_content(headers) == Body(content).read_content(headers) == {"title": TITLES[charset]}
    assert body.raw_data() == {"title": TITLES[charset]}


@pytest.mark.parametrize(
    "charset", ["", "x", "idna", "unicode_escape", "rot13", "base64", "utf-7", "cp99999", "a" * 100]
)
def test_a_charset_that_is_none_changes_nothing(charset):
    headers = {"content-type": f"application/json; charset={charset}"}
    assert Body.received('{"title": "Ü"}'.encode(), headers=headers).read_content(headers) == {"title": "Ü"}


@pytest.mark.parametrize("charset", ["iso-8859-1", "euc-kr", "shift_jis"])
def test_utf8_is_read_as_such_whatever_the_charset_says(charset):
    headers = {"content-type": f"application/json; charset={charset}"}
    assert Body.received('{"title": "Ü磁"}'.encode(), headers=headers).read_content(headers) == {"title": "Ü磁"}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_names_the_encoding(encoding):
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert Body.received('{"title": "Ü"}'.encode(encoding)).read_content({}) == {"title": "Ü"}
    assert Body.received("title=Disk".encode(encoding)).read_content(form) == {"title": "Disk"}
    assert Body.received("Disk full".encode(encoding)).read_content({}, may_be_text=True) == "Disk full"


def test_numbers_that_json_lacks_are_null():
    body = Body.received(b'{"a": NaN, "b": [-Infinity, Infinity, 1], "c": "NaN"}')
    assert body.read_content({}) == {"a": None, "b": [None, None, 1], "c": "NaN"}


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        (b'{"a": 1}\r\n\r\n{"a": NaN}', [{"a": 1}, {"a": None}]),
        (b'\x1e{"a": 1}\n\x1e{"a": 2}', [{"a": 1}, {"a": 2}]),
        (b'{"a": 1}\nbroken\n{"a": 2}', [{"a": 1}, "broken", {"a": 2}]),
    ],
)
def test_newline_delimited_json_is_a_list(content, value):
    assert Body.received(content).read_content({}) == value
    assert Body.received(content).raw_data() == {"body": value}


@pytest.mark.parametrize("content", [b'{\n"a": 1,\n}', b'{"a": 1}\nx\ny\nz', b"1\n2", b"[1]\n[2]"])
def test_other_lines_are_not(content):
    with pytest.raises(UnreadableBodyError, match="is not JSON"):
        Body.received(content).read_content({})


@pytest.mark.parametrize("content", [b"Disk full\non web-1", b"  Disk full\non web-1 "])
def test_text_is_content_if_it_may_be(content):
    assert str(Body.received(content).read_content({}, may_be_text=True)) == "Disk full\non web-1"
    with pytest.raises(UnreadableBodyError):
        Body.received(content).read_content({})


@pytest.mark.parametrize(
    "content", [b"{title: 1}", b"[x", b"<html>", b"\x00\x01\x02abc", b"...", b"\xff\x01", b"17", b"null", b'"text"']
)
def test_what_no_person_could_read_is_not_text(content):
    with pytest.raises(UnreadableBodyError):
        Body.received(content).read_content({}, may_be_text=True)


@given(st.binary(), st.text(max_size=20), st.sampled_from(["", "gzip", "deflate", "br"]))
def test_any_body_with_any_headers_is_read_or_says_why(content, charset, encoding):
    headers = {"content-type": f"text/plain; charset={charset}", "content-encoding": encoding}
    body = Body.received(content, headers=headers)
    with suppress(UnreadableBodyError):
        body.read_content(headers, may_be_text=True)


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
