from __future__ import annotations

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from eventctl.lines import read_lines


def test_blank_lines_count_but_are_not_given():
    lines = list(read_lines(BytesIO(b"one\n\n  \r\ntwo\r\nthree")))
    assert [(line.number, line.content.strip(), line.end) for line in lines] == [
        (1, b"one", 4),
        (4, b"two", 14),
        (5, b"three", 19),
    ]


def test_a_byte_order_mark_is_skipped():
    (line,) = read_lines(BytesIO(b"\xef\xbb\xbf{}\n"))
    assert (line.content, line.end) == (b"{}\n", 6)


def test_a_line_that_is_too_long_is_cut_and_the_next_is_whole():
    long, short = read_lines(BytesIO(b"x" * 35 + b"\nshort\n"), max_bytes=10)
    assert (long.number, long.content, long.is_cut, long.end) == (1, b"x" * 10, True, 36)
    assert (short.number, short.content, short.is_cut) == (2, b"short\n", False)


def test_a_line_of_just_the_limit_is_whole():
    (line,) = read_lines(BytesIO(b"x" * 10), max_bytes=10)
    assert not line.is_cut


@given(
    st.lists(
        st.binary(min_size=1, max_size=30).filter(
            lambda line: b"\n" not in line and line.removeprefix(b"\xef\xbb\xbf").strip()
        )
    )
)
def test_every_byte_is_accounted_for(parts):
    content = b"\n".join(parts)
    lines = list(read_lines(BytesIO(content), max_bytes=7))
    assert len(lines) == len(parts)
    assert not lines or lines[-1].end == len(content)
