"""Regular expressions: Python's syntax, matched in linear time.

The engine is the one that pydantic contains, Rust's ``regex`` crate: its time is at most proportional to the size of
the pattern times that of the text (the crate's documentation, "Untrusted input"). In return it has no look-around and
no back-references. A pattern whose syntax differs from Python's is rewritten; one that cannot be matched like that is
refused.

Remaining differences: after a ``$`` in the middle of a pattern a last newline is not found again, the dotless i is not
an ``i``, and rare characters (combining marks, superscript digits, ASCII's separators) belong to other classes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from pydantic_core import SchemaError, SchemaValidator, core_schema

from event_api.json_text import is_utf8

MAX_PATTERN_SIZE = 2_000
"""Characters, classes and anchors in all patterns of one condition, as often as counted repetitions repeat them."""
_SHORTHANDS = {r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\p", r"\P"}
_SIZE_OF_SHORTHAND = 10
"""All alphabets make them large."""

_GROUP = re.compile(r"\(\?(?:P?<\w+>|([aiLmsux]*)(?:-([imsx]+))?:)")
_FLAGS = re.compile(r"\(\?([aiLmsux]+)\)")
_COMMENT = re.compile(r"\(\?#[^)]*\)")
_RANGE = re.compile(r"-(?=[^\]])")
_COUNT = re.compile(r"\{(?=[\d,])([0-9]*)(?:(,)([0-9]*))?\}")
_TOO_LARGE = (
    f"with its repetitions it is larger than {MAX_PATTERN_SIZE} characters (each of \\w, \\d, \\s is "
    f"{_SIZE_OF_SHORTHAND})"
)


def search(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return the test whether any of some patterns is found in a text, ignoring case.

    Raises ValueError with the reason for a pattern that is invalid, too large, or not matchable in linear time.
    """
    rewritten = [_Rewriting(pattern) for pattern in patterns]
    if sum(one.size for one in rewritten) > MAX_PATTERN_SIZE:
        raise ValueError(_TOO_LARGE)
    whole = "(?i)" + "|".join(f"(?:{one.text})" for one in rewritten)
    try:
        validator = SchemaValidator(core_schema.str_schema(pattern=whole, strict=True))
    except SchemaError as error:
        raise ValueError(_reason(error)) from None

    def found(text: str) -> bool:
        # The engine takes UTF-8 only, which has no lone surrogates.
        return validator.isinstance_python(text) or (
            not is_utf8(text) and validator.isinstance_python(text.encode(errors="replace").decode())
        )

    return found


def _reason(error: SchemaError) -> str:
    """Return what the engine says is wrong, without the pattern and the arrows below it."""
    said = str(error).rpartition("error: ")[2] if "error: " in str(error) else "it is too large"
    return f"it cannot be matched in linear time, or is not a regular expression: {said.strip()}"


@dataclass
class _Extent:
    """How large a group is so far, and its last part, which a repetition would repeat.

    ``multiline``: ``$`` in it stands at the end of each line.
    """

    multiline: bool = False
    size: int = 0
    last: int = 0
    repeated: bool = False

    def add(self, size: int) -> None:
        self.size += size
        self.last = size
        self.repeated = False

    def repeat(self, times: int) -> None:
        if self.repeated:
            raise ValueError("multiple repeat")
        self.size += self.last * (times - 1)
        self.repeated = True
        if self.size > MAX_PATTERN_SIZE:
            raise ValueError(_TOO_LARGE)


@dataclass
class _Rewriting:
    """A pattern as the engine wants it: ``text``, and its ``size``."""

    pattern: str
    text: str = field(init=False, default="")
    _at: int = field(init=False, default=0)
    _groups: list[_Extent] = field(init=False, default_factory=lambda: [_Extent()])

    def __post_init__(self) -> None:
        if len(self.pattern) > MAX_PATTERN_SIZE:
            raise ValueError(_TOO_LARGE)
        if not is_utf8(self.pattern):
            raise ValueError("it is not valid Unicode")
        written: list[str] = []
        while self._at < len(self.pattern):
            character = self.pattern[self._at]
            write = _WRITERS.get(character)
            written.append(write(self) if write else self._take(character, 1))
        if len(self._groups) > 1:
            raise ValueError("a parenthesis is not closed")
        self.text = "".join(written)

    @property
    def size(self) -> int:
        return self._groups[0].size

    def _take(self, text: str, size: int) -> str:
        self._at += len(text)
        self._groups[-1].add(size)
        return text

    def open_group(self) -> str:
        if comment := _COMMENT.match(self.pattern, self._at):
            self._at = comment.end()
            return ""
        if flags := _FLAGS.match(self.pattern, self._at):
            self._groups[-1].multiline = self._is_multiline(flags[1])
            return self._take(flags[0], 0)
        group = _GROUP.match(self.pattern, self._at)
        if group is None and self.pattern.startswith("(?", self._at):
            raise ValueError(
                "look-around, back-references, conditions and atomic groups are not matched in linear time"
            )
        opening, on, off = (group[0], group[1], group[2]) if group else ("(", None, None)
        self._at += len(opening)
        self._groups.append(_Extent(self._is_multiline(on or "") and "m" not in (off or "")))
        return opening

    def _is_multiline(self, flags: str) -> bool:
        if "x" in flags:
            raise ValueError("verbose patterns are not taken")
        return "m" in flags or self._groups[-1].multiline

    def close_group(self) -> str:
        if len(self._groups) == 1:
            raise ValueError("unbalanced parenthesis")
        group = self._groups.pop()
        return self._take(")", group.size)

    def character_class(self) -> str:
        # The engine nests classes and intersects them; to Python these are characters.
        start = self._at
        self._at += 1
        written = ["["]
        if self.pattern.startswith("^", self._at):
            self._at += 1
            written.append("^")
        size = 1
        first = True
        while self._at < len(self.pattern) and (first or self.pattern[self._at] != "]"):
            item = self._member()
            if _RANGE.match(self.pattern, self._at):
                self._at += 1
                item += "-" + self._member()
            written.append(item)
            size += _size(item)
            first = False
        if self.pattern.startswith("]", self._at):
            self._at += 1
            self._groups[-1].add(size)
            return "".join(written) + "]"
        raise ValueError(f"a character class is not closed (at position {start})")

    def _member(self) -> str:
        """Take one character of a class, or an escape."""
        if self.pattern[self._at] == "\\":
            pair = self.pattern[self._at : self._at + 2]
            self._at += 2
            return r"\x08" if pair == r"\b" else _escaped(pair)
        character = self.pattern[self._at]
        self._at += 1
        return f"\\{character}" if character in "[]&~-^" else character

    def escape(self) -> str:
        pair = self.pattern[self._at : self._at + 2]
        self._take(pair, _size(pair))
        return r"\z" if pair == r"\Z" else _escaped(pair)

    def alternative(self) -> str:
        return self._take("|", 0)

    def end(self) -> str:
        self._take("$", 1)
        # Python's $ also stands before a last newline.
        return "$" if self._groups[-1].multiline else r"(?:\n?\z)"

    def repetition(self) -> str:
        extent = self._groups[-1]
        character = self.pattern[self._at]
        if character == "{":
            count = _COUNT.match(self.pattern, self._at)
            if count is None:
                self._take(character, 1)
                return r"\{"
            least, comma, most = count.groups()
            written = f"{{{least or 0}{comma or ''}{most or ''}}}"
            self._at = count.end()
            extent.repeat(_times(most or least))
        else:
            written = character
            self._at += 1
            extent.repeat(1)
        if self.pattern.startswith("?", self._at):
            self._at += 1
            written += "?"
        elif self.pattern.startswith("+", self._at):
            raise ValueError("possessive repetitions are not matched in linear time")
        return written


_WRITERS: Mapping[str, Callable[[_Rewriting], str]] = {
    "(": _Rewriting.open_group,
    ")": _Rewriting.close_group,
    "[": _Rewriting.character_class,
    "\\": _Rewriting.escape,
    "|": _Rewriting.alternative,
    "$": _Rewriting.end,
    **dict.fromkeys("*+?{", _Rewriting.repetition),
}


def _size(part: str) -> int:
    return _SIZE_OF_SHORTHAND if part[:2] in _SHORTHANDS else 1


def _escaped(pair: str) -> str:
    # Python lets any character be escaped that is no ASCII letter or digit; the engine only those of ASCII, and it has
    # a meaning of its own for two of them.
    return pair if pair.isascii() and pair not in {r"\<", r"\>"} else pair[1:]


def _times(digits: str) -> int:
    if len(digits) > len(str(MAX_PATTERN_SIZE)):
        raise ValueError(_TOO_LARGE)
    return max(int(digits or 1), 1)
