"""Forms of senders, and forms of attackers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.forms import MAX_FIELDS, read_form

MULTIPART = "multipart/form-data; boundary=a"
HEAD = b'--a\r\nContent-Disposition: form-data; name="x"'
SIZE = 2_000_000


def part(name, value, more=b""):
    return b'--a\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (name, more, value)


@pytest.mark.parametrize("quoted", ["a", '"a"'])
@pytest.mark.parametrize("preamble", [b"", b"preamble\r\n"])
@pytest.mark.parametrize("line_ends", [b"\r\n", b"\n"])
def test_the_parts_of_a_form_are_its_fields(quoted, preamble, line_ends):
    attached = b'; filename="f; name=\\"z\\".txt"\r\nContent-Type: text/plain'
    parts = part(b"x", b"1=\xc3\xbc;") + part(b"y", b"", attached) + part(b"x", b"2") + b"--a--\r\nepilogue"
    content = (preamble + parts).replace(b"\r\n", line_ends)
    assert read_form(content, f"Multipart/Form-Data; charset=utf-8; Boundary={quoted}") == {"x": ["1=ü;", "2"], "y": ""}


def test_a_part_has_lines_of_its_own():
    value = b"one\r\ntwo\r\n\r\nthree\r\n"
    assert read_form(part(b"x", value) + b"--a--", MULTIPART) == {"x": value.decode()}


def test_a_name_need_not_be_quoted():
    assert read_form(b"--a\r\ncontent-disposition:form-data;name=x\r\n\r\n1\r\n--a--", MULTIPART) == {"x": "1"}


def test_json_in_the_only_field_is_the_body():
    assert read_form(part(b"payload", b'{"a": 1}'), MULTIPART) == {"a": 1}
    assert read_form(b"payload=%7B%22a%22%3A1%7D", "application/x-www-form-urlencoded") == {"a": 1}


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed"])
def test_a_body_without_a_boundary_is_not_a_form(content_type):
    assert read_form(part(b"x", b"1"), content_type) is None


def test_more_fields_than_a_form_has_are_none():
    form = read_form(b"".join(part(b"%d" % n, b"") for n in range(MAX_FIELDS)), MULTIPART)
    assert form is not None
    assert len(form) == MAX_FIELDS
    assert read_form(b"".join(part(b"%d" % n, b"") for n in range(MAX_FIELDS + 1)), MULTIPART) is None
    fields = "&".join(f"{n}=" for n in range(MAX_FIELDS + 1)).encode()
    assert read_form(fields, "application/x-www-form-urlencoded") is None


@pytest.mark.parametrize(
    "content",
    [
        b"--a\r\n" * (SIZE // 5),
        part(b"x", b"v") * (SIZE // 60),
        HEAD + b";" * SIZE + b"\r\n\r\nv",
        HEAD.removesuffix(b'name="x"') + b"; " * (SIZE // 2) + b"\r\n\r\nv",
        HEAD + b'"' * SIZE + b"\r\n\r\nv",
        HEAD + b"(" * SIZE + b"\r\n\r\nv",
        HEAD + b"\r\nContent-Type: text/plain" + b";a" * (SIZE // 2) + b"\r\n\r\nv",
        HEAD + b"\r\n" + b"Content-Disposition: form-data\r\n" * (SIZE // 32) + b"\r\nv",
        b"".join(b"--a\r\nContent-Type: multipart/form-data; boundary=a\r\n\r\n" for _ in range(SIZE // 60)),
        HEAD + b"\r\n" * (SIZE // 2),
        b"\r" * SIZE,
    ],
    ids=["parts", "fields", "semicolons", "parameters", "quotes", "brackets", "types", "lines", "nested", "none", "cr"],
)
def test_no_form_takes_long(content):
    started = time.process_time()
    read_form(content, MULTIPART)
    assert time.process_time() - started < 20  # it was hours


@given(st.binary(), st.text(), st.sampled_from([MULTIPART, "application/x-www-form-urlencoded"]))
def test_no_form_raises(content, more, content_type):
    read_form(HEAD + content, content_type + more)
    read_form(content, content_type)
