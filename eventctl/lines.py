"""A file of lines, read one at a time: a huge file, or a huge line, never fills the memory."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_LINE_BYTES = 32 * 2**20
"""Well above any event: a raw body of create's largest limit, with every character escaped, is 24 MiB."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank.

    ``number`` counts from 1; ``end`` is the file's position behind it, in bytes. Of a line that is too long there is
    only the beginning, and ``is_cut`` says so.
    """

    number: int
    end: int
    content: bytes = field(repr=False)
    is_cut: bool = False


def read_lines(file: BinaryIO, max_bytes: int = MAX_LINE_BYTES) -> Iterator[Line]:
    """Read a file's lines, but blank ones; a byte order mark at its beginning is skipped."""
    number = position = 0
    while content := file.readline(max_bytes):
        number += 1
        position += len(content)
        if number == 1:
            content = content.removeprefix(codecs.BOM_UTF8)
        rest = _skip_rest(file, content, max_bytes)
        position += rest
        if content.strip():
            yield Line(number, position, content, is_cut=rest > 0)


def _skip_rest(file: BinaryIO, read: bytes, at_once: int) -> int:
    """Read up to the end of the line; return how many bytes that was."""
    skipped = 0
    while read and not read.endswith(b"\n"):
        read = file.readline(at_once)
        skipped += len(read)
    return skipped
