"""The fields of records: their order, their aliases and how they are stored. Data only.

list, search and stat are written once, for any kind of record (`event_api.reads.search`, `event_api.reads.statistics`).
To add a kind:

1. A `Kind` next to its dataclass in `event_api.domain`: the fields of its Info in the order of an answer, and which of
   them are texts, times, minimal, searched by a keyword. `whole_kind` makes one whose records are read whole.
2. A reader (`event_api.query.execution.RecordReader`). If a domain has few, `event_api.query.in_memory.InMemoryReader`
   is one: it is given a function that reads the rows of a domain, with all fields of the kind (None for no value), and
   needs no index, filter expression or page of its own. Meter the table that the function reads, and watch the scope's
   projects: a row without ``project_id`` is hidden from a token of some projects.
3. The request of list, with the named fields: ``class ThingQuery(RecordQuery)`` with ``kind = THING``, in a module next
   to `event_api.reads.search_requests`. The request of stat is the same for all kinds.
4. Handlers: ``list_records(ThingQuery, reader, parameters, scope, now, page_key=principal.page_key)``,
   ``stat_records(THING, reader, …)`` and ``get_record(THING, store, …)``, whose store has a method ``get`` like
   `event_api.query.execution.SingleReader`.
5. ``apidoc/operations.py``: ``kind=THING`` in the operations, and the request in ``BODY_MODELS``. The schemas of the
   search language are derived from those of events, under the kind's names.
6. Tests: ``tests/property/test_kinds.py`` compares a kind that is selected in memory with the oracle; a kind with a
   reader of its own needs the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from event_api.domain.event import Event

Path: TypeAlias = tuple[str, ...]
"""A dotted path, split: ``("resource", "name")``."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record, as the search language sees it.

    ``name`` is the record's word in messages, ``info`` the name of its answer. ``id_field`` orders records of the same
    ``created_at``. ``fields`` has every field, in the order in which an answer has them.
    """

    name: str
    info: str
    id_field: str
    fields: tuple[str, ...]
    early: frozenset[str]
    """Fields that reading gives without further cost; the others are filled in for the rows that need them."""
    large: frozenset[str]
    """Fields that may be left out of an answer if it is too large otherwise."""
    texts: frozenset[Path]
    """Paths whose values are strings or null, but not times."""
    times: frozenset[str]
    """ISO 8601 with milliseconds and ``Z`` in a row; compared as instants."""
    minimal: tuple[str, ...]
    """The fields that ``minimal`` selects."""
    keywords: tuple[str, ...]
    """The fields that a keyword searches."""
    aliases: Mapping[str, Path] = field(default_factory=dict)
    """Other names that a key may begin with."""
    stored: frozenset[Path] = frozenset()
    """Paths whose values the store can test."""
    indexes: Mapping[str, str] = field(default_factory=dict)
    """The fields whose ids an index is read by, the narrowest first, and the name of the index."""
    sparse: Sparse | None = None
    """The index that has only some of the records, if there is one."""

    @property
    def always(self) -> frozenset[str]:
        """Fields that every record has."""
        return frozenset({self.id_field, "domain_id", "created_at"})

    def path_of(self, key: str) -> Path:
        """Split a key of the query language, such as ``resource.name``, and resolve its alias."""
        head, *rest = key.split(".")
        return (*self.aliases.get(head, (head,)), *rest)

    def is_field(self, key: str) -> bool:
        """Return whether a key begins with a field or an alias."""
        head = key.partition(".")[0]
        return head in self.fields or head in self.aliases


@dataclass(frozen=True, slots=True)
class Sparse:
    """An index of the records whose ``field`` has one of ``values``; all other records have one of ``others``."""

    name: str
    field: str
    values: frozenset[str]
    others: frozenset[str]


def whole_kind(
    name: str,
    info: str,
    names: Collection[str],
    *,
    texts: Collection[str],
    times: Collection[str],
    minimal: tuple[str, ...],
    keywords: tuple[str, ...],
    aliases: Mapping[str, Path] | None = None,
) -> Kind:
    """Return a kind whose records are small and read whole; its id is the field ``<name>_id``."""
    return Kind(
        name=name,
        info=info,
        id_field=f"{name}_id",
        fields=tuple(names),
        early=frozenset(names),
        large=frozenset(),
        texts=frozenset((text,) for text in texts),
        times=frozenset(times),
        minimal=minimal,
        keywords=keywords,
        aliases=aliases or {},
    )


EVENT_FIELDS = tuple(one.name for one in fields(Event))
"""Every field, in the order in which an answer has them."""

DETAIL_FIELDS = frozenset({"description", "additional_info", "image_url"})
"""Fields of the event's own item that no index holds."""

RAW_FIELDS = frozenset({"raw_data"})
"""Fields that are stored with the delivery."""

INDEX_FIELDS = frozenset(EVENT_FIELDS) - DETAIL_FIELDS - RAW_FIELDS
"""Scalar fields (``resource`` is three of them), which every index holds: reading them is cheap."""

_TIMES = frozenset({"created_at", "occurred_at"})
_RESOURCE: frozenset[Path] = frozenset(("resource", part) for part in ("resource_id", "resource_type", "name"))
_TEXTS = _RESOURCE | {(name,) for name in INDEX_FIELDS - _TIMES - {"resource"}}

EVENT = Kind(
    name="event",
    info="EventInfo",
    id_field="event_id",
    fields=EVENT_FIELDS,
    early=INDEX_FIELDS,
    large=DETAIL_FIELDS | RAW_FIELDS,
    texts=_TEXTS,
    times=_TIMES,
    minimal=("event_id", "event_key", "event_type", "title", "severity", "alert_id"),
    keywords=("event_id", "title"),
    aliases={"resource_id": ("resource", "resource_id"), "user_projects": ("project_id",)},
    stored=_TEXTS - {("event_id",), ("domain_id",)} | {("occurred_at",)},
    indexes={"event_id": "event", "alert_id": "alert", "project_id": "project"},
)
"""Events. ``resource_id`` and ``user_projects`` are names of the reference."""
