"""Summaries: how many events of a bucket have each combination of some fields' values. Pure (docs/adr/0012).

A bucket is an hour or a day. Fields are named by their dotted paths; values are strings or None, as rows have them.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from event_api.json_text import write_json
from event_api.json_types import Json

Values: TypeAlias = tuple[str | None, ...]
"""The values of some fields, in the fields' order."""

HOUR = "hour"
"""A field in addition to those of events: of a day's events, the hour of created_at, two digits."""

CORE_FIELDS = (
    "severity",
    "event_type",
    "project_id",
    "webhook_id",
    "provider",
    "account",
    "rule",
    "resource.resource_type",
)
"""Fields that every summary keeps, as long as MAX_COMBINATIONS allows it."""
OPTIONAL_FIELDS = ("title", HOUR, "resource.name", "resource.resource_id", "event_key", "alert_id")
"""Fields that a summary keeps if they make it little larger; the first ones are tried first."""
_DETAILS = ("title", HOUR, "resource.name", "resource.resource_id")
"""Those that a detailed summary may have; random keys and ids would be half of it, and an alert has an index."""
HOUR_DETAILS = tuple(name for name in _DETAILS if name != HOUR)
"""The fields of an event that detailed summaries may have and others may lack."""
COUNTED_FIELDS = (*CORE_FIELDS, *(name for name in OPTIONAL_FIELDS if name != HOUR))
"""The fields of an event that summaries may keep."""

MAX_COMBINATIONS = 50_000
"""Combinations in a summary, and in memory while it is built."""

_FIELDS = (*CORE_FIELDS, *OPTIONAL_FIELDS)
_FORMAT = 1
"""Of the content; a reader ignores a summary of another one."""
_HEAD = struct.Struct(">BI")
"""The head of the content: its format, and a bit for each of `_FIELDS` that was kept."""
_LEAST_BYTES = 900
"""The most bytes that leave an item within one write unit, with its other attributes."""
_BYTES_PER_EVENT, _DETAILED_BYTES_PER_EVENT = 8, 20
"""Of what an event takes in the index, about 370, these are a fiftieth and a twentieth."""
MAX_HOUR_BYTES, MAX_DAY_BYTES = 4_096, 6_144
"""Bytes up to which a summary keeps optional fields, whatever the others take; a detailed one has no such limit."""


Contents: TypeAlias = tuple[bytes, bytes | None]
"""A bucket's summary, and its detailed one if it has any."""


class SummaryFormatError(Exception):
    """The content is not a summary of this version."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """When the first and the last of some events expire, epoch seconds; None is never."""

    first: int | None = None
    last: int | None = None

    @classmethod
    def of(cls, several: Iterable[Expiry]) -> Expiry:
        """Return that of all together."""
        every = list(several)
        firsts = [one.first for one in every if one.first is not None]
        lasts = [one.last for one in every]
        return cls(min(firsts, default=None), None if None in lasts else max(cast("list[int]", lasts), default=None))


NEVER = Expiry()


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of one bucket.

    ``columns`` has for each field its values, each once, and JSON text: for each combination the index of its value.
    ``weights``: JSON text, how many events have each combination; None if each has one. Text is parsed when it is
    needed: most questions need few columns.
    """

    total: int
    columns: Mapping[str, tuple[Sequence[str | None], str]]
    weights: str | None

    def has(self, fields: Iterable[str]) -> bool:
        """Return whether all of some fields were kept."""
        return all(name in self.columns for name in fields)

    def counts(self, fields: Sequence[str]) -> Mapping[Values, int]:
        """Return how many events have each combination of the values of some fields, which must have been kept."""
        if not fields:
            return {(): self.total} if self.total else {}
        columns = [map(self.columns[name][0].__getitem__, json.loads(self.columns[name][1])) for name in fields]
        if self.weights is None:
            return Counter(zip(*columns, strict=True))
        rows = list(zip(*columns, strict=True))
        together = Counter(rows)
        # Counting by ones is the quicker part, and most weights are 1 if there are many rows.
        for row, weight in zip(rows, json.loads(self.weights), strict=True):
            if weight > 1:
                together[row] += weight - 1
        return together

    def encode(self) -> bytes:
        """Write the summary as bytes."""
        content: Json = {
            "total": self.total,
            "weights": self.weights,
            "columns": {name: [[*values], indexes] for name, (values, indexes) in self.columns.items()},
        }
        kept = sum(1 << place for place, name in enumerate(_FIELDS) if name in self.columns)
        return _HEAD.pack(_FORMAT, kept) + zlib.compress(write_json(content).encode())


@dataclass(frozen=True, slots=True)
class Packed:
    """The bytes of a summary, and the fields that it kept: many are found before the first one is read."""

    content: bytes = field(repr=False)
    fields: frozenset[str]

    @classmethod
    def of(cls, content: bytes) -> Packed:
        """Look at what `Summary.encode` wrote; raise SummaryFormatError if another version did."""
        if len(content) < _HEAD.size:
            raise SummaryFormatError
        version, kept = _HEAD.unpack_from(content)
        if version != _FORMAT or kept >> len(_FIELDS):
            raise SummaryFormatError
        return cls(content, frozenset(name for place, name in enumerate(_FIELDS) if kept >> place & 1))

    def has(self, fields: Iterable[str]) -> bool:
        """Return whether all of some fields were kept."""
        return self.fields.issuperset(fields)

    def unpack(self) -> Summary:
        """Return the summary; raise SummaryFormatError for any other content."""
        try:
            found = json.loads(zlib.decompress(self.content[_HEAD.size :]))
            columns = {name: (values, indexes) for name, (values, indexes) in found["columns"].items()}
            return Summary(found["total"], columns, found["weights"])
        except (zlib.error, ValueError, KeyError, TypeError, AttributeError):
            raise SummaryFormatError from None


@dataclass(slots=True)
class Tally:
    """Counts of combinations, while events are added to them.

    ``fields`` are those that are still distinguished: beyond MAX_COMBINATIONS the field with the most values is
    dropped, optional ones first.
    """

    fields: tuple[str, ...]
    counts: Counter[Values] = field(default_factory=Counter)

    def add(self, counts: Mapping[Values, int], fields: Sequence[str]) -> None:
        """Add counts of combinations of some fields, which have all of this tally's; others are ignored."""
        self._drop(name for name in self.fields if name not in fields)
        places = [fields.index(name) for name in self.fields]
        same = places == list(range(len(fields)))
        for values, weight in counts.items():
            self.counts[values if same else tuple([values[place] for place in places])] += weight
        while len(self.counts) > MAX_COMBINATIONS:
            self._drop([self._widest()])

    def _widest(self) -> str:
        optional = [name for name in self.fields if name in OPTIONAL_FIELDS] or list(self.fields)
        distinct = {name: len({values[self.fields.index(name)] for values in self.counts}) for name in optional}
        return max(optional, key=lambda name: distinct[name])

    def _drop(self, names: Iterable[str]) -> None:
        gone = frozenset(names)
        if gone:
            kept = tuple(name for name in self.fields if name not in gone)
            self.counts = self.projected(kept)
            self.fields = kept

    def projected(self, fields: Sequence[str]) -> Counter[Values]:
        """Return the counts of the combinations of fewer fields."""
        places = [self.fields.index(name) for name in fields]
        projected: Counter[Values] = Counter()
        for values, weight in self.counts.items():
            projected[tuple([values[place] for place in places])] += weight
        return projected

    def whole(self) -> Summary:
        """Return the summary with all fields."""
        return _summary_of(self.counts, self.fields)

    def summary(self, most_bytes: int) -> tuple[Summary, bytes]:
        """Return the summary of what was added, and its bytes.

        Optional fields are kept within ``most_bytes``, or less if there are few events, or a quarter more than the core
        fields need.
        """
        kept = [name for name in self.fields if name in CORE_FIELDS]
        summary, content = self._encoded(kept)
        share = max(_LEAST_BYTES, summary.total * _BYTES_PER_EVENT)
        bound = max(min(most_bytes, share), len(content) * 5 // 4)
        for name in OPTIONAL_FIELDS:
            if name not in self.fields:
                continue
            # Its values are stored in any case (a little smaller than here), and a combination takes a byte at least:
            # most need no try.
            place = self.fields.index(name)
            values = write_json(cast("Json", list(dict.fromkeys(row[place] for row in self.counts)))).encode()
            if len(content) + len(zlib.compress(values, 1)) * 3 // 4 > bound:
                continue
            counts = self.projected([*kept, name])
            if len(counts) > bound:
                continue
            wider = _summary_of(counts, [*kept, name])
            encoded = wider.encode()
            if len(encoded) <= bound:
                kept.append(name)
                summary, content = wider, encoded
        return summary, content

    def detailed(self, summary: Summary) -> tuple[Summary, bytes] | None:
        """Return a summary of what was added with more fields than another one of it has, if any more fit."""
        more = [name for name in _DETAILS if name in self.fields and not summary.has((name,))]
        while more:
            kept = [name for name in (*CORE_FIELDS, *OPTIONAL_FIELDS) if summary.has((name,)) or name in more]
            detailed, content = self._encoded(kept)
            if len(content) <= _LEAST_BYTES + summary.total * _DETAILED_BYTES_PER_EVENT:
                return detailed, content
            more.pop()
        return None

    def _encoded(self, fields: Sequence[str]) -> tuple[Summary, bytes]:
        summary = _summary_of(self.projected(fields), fields)
        return summary, summary.encode()


def _summary_of(counts: Counter[Values], fields: Sequence[str]) -> Summary:
    # Sorted, because zlib makes much less of columns with long runs; the field with the most values first, because it
    # mostly determines others: a rule its webhook, a webhook its project.
    distinct = [len(set(column)) for column in zip(*counts, strict=True)]
    order = sorted(range(len(distinct)), key=lambda place: -distinct[place])
    rows = sorted(counts.items(), key=lambda pair: [pair[0][place] or "" for place in order])
    columns: dict[str, tuple[Sequence[str | None], str]] = {}
    for place, name in enumerate(fields):
        numbers: dict[str | None, int] = {}
        indexes = [numbers.setdefault(values[place], len(numbers)) for values, _ in rows]
        columns[name] = (list(numbers), write_json(cast("Json", indexes)))
    weights = [weight for _, weight in rows]
    is_plain = all(weight == 1 for weight in weights)
    return Summary(sum(weights), columns, None if is_plain else write_json(cast("Json", weights)))


def with_hour(summary: Summary, hour: str) -> tuple[Mapping[Values, int], tuple[str, ...]]:
    """Return an hour's counts and their fields, as part of its day's."""
    fields = tuple(name for name in COUNTED_FIELDS if name in summary.columns)
    counts = {(*values, hour): weight for values, weight in summary.counts(fields).items()}
    return counts, (*fields, HOUR)


def rows_of(
    pairs: Iterable[tuple[Values, int]], fields: Sequence[str], fixed: Mapping[str, Json]
) -> Iterator[tuple[dict[str, Json], int]]:
    """Make rows of the values of some fields, with their weights; ``fixed`` is in every row."""
    if not any("." in name for name in fields):
        for values, weight in pairs:
            yield {**fixed, **dict(zip(fields, values, strict=True))}, weight
        return
    parts = [(name.partition(".")[0], name.partition(".")[2]) for name in fields]
    for values, weight in pairs:
        row: dict[str, Json] = {**fixed}
        for (head, below), value in zip(parts, values, strict=True):
            if below:
                cast("dict[str, Json]", row.setdefault(head, {}))[below] = value
            else:
                row[head] = value
        yield row, weight
