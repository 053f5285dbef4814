"""Bodies that are not plain UTF-8: compressed ones, and those in another encoding.

Imported only for such a body. The result is UTF-8, so decoding it again changes nothing.
"""

from __future__ import annotations

import codecs
import re
import zlib
from typing import Final

GZIP: Final = b"\x1f\x8b"
_ZLIB: Final = b"\x78"
_COMPRESSED: Final = {"gzip", "x-gzip", "deflate", "zlib"}
_AUTOMATIC, _RAW = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
_MOST_MEMBERS: Final = 100

_MARKS: Final = (
    # UTF-32's mark begins with UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET: Final = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_KNOWN: Final = re.compile(
    r"(iso[-_]?8859|iso[-_]?2022|windows|cp|koi8|euc|shift|s-?jis|ms[-_]?kanji|ms932|gb|hz|big5|ks_c|ksc|uhc|johab|latin"
    r"|mac|tis|utf-?(16|32)|us-ascii|ascii)[\w-]*",
    re.IGNORECASE,
)
"""Encodings of text; Python also knows others, of which some take quadratic time."""
_ALIASES: Final = {
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""Supersets that senders mean, as browsers do. Latin-1 means windows-1252."""
_LATIN: Final = re.compile(r"(iso[-_]?8859[-_]?1|latin[-_]?1)", re.IGNORECASE)


class TooLargeError(ValueError):
    """A body is larger than its limit once it is decompressed."""


def is_compressed(content: bytes, encoding: str) -> bool:
    """Whether a body is compressed in a way that can be undone; ``encoding`` is its header's value."""
    return content.startswith(GZIP) or (encoding.strip().lower() in _COMPRESSED and bool(content))


def decompressed(content: bytes, most_bytes: int) -> bytes | None:
    """Return a body of gzip or deflate as it was before, or None if it is neither.

    Raises TooLargeError as soon as it has more than ``most_bytes``; no more than that is ever held.
    """
    ways = (_AUTOMATIC,) if content.startswith((GZIP, _ZLIB)) else (_RAW,)
    for way in ways:
        try:
            return _inflated(content, way, most_bytes)
        except zlib.error:
            continue
    return None


def _inflated(content: bytes, way: int, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    room = most_bytes
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(way)
        part = member.decompress(content, room + 1)
        room -= len(part)
        if room < 0:
            raise TooLargeError
        if not member.eof:
            raise zlib.error("it is cut off")
        parts.append(part)
        content = member.unused_data.lstrip(b"\0")
        if not content:
            break
    return b"".join(parts)


def as_utf8(content: bytes, content_type: str) -> bytes:
    """Return a text in UTF-8 that has a byte order mark of UTF-16 or UTF-32, or the content type's charset.

    Bytes that cannot be read so, and those that are UTF-8 whatever their charset says, stay as they are.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if encoding is None:
        charset = _CHARSET.search(content_type)
        name = charset[1].lower() if charset else ""
        is_escaped = name.startswith(("iso-2022", "hz")) and (b"\x1b" in content or b"~{" in content)
        if not _KNOWN.fullmatch(name) or (not is_escaped and is_utf8(content)):
            return content
        encoding = "cp1252" if _LATIN.fullmatch(name) else _ALIASES.get(name, name)
    for name in dict.fromkeys((encoding, "latin-1" if encoding == "cp1252" else encoding)):
        try:
            return content.decode(name).encode()
        except (UnicodeError, LookupError):
            continue
    return content


def is_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 without NUL, which UTF-16 without a mark has."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content
