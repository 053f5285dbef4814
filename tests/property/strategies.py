"""Random events and random valid requests.

All have few distinct values, so that conditions hit; names and values are such that what the API leaves open does not
count: the order of rows that a group made, an operator on a row that it does not suit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

from hypothesis import strategies as st

from event_api.domain.access import Scope
from event_api.domain.times import to_iso
from tests.oracle import search
from tests.oracle.conditions import timediff
from tests.oracle.values import instant, is_instant, is_number

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DOMAIN, OTHER_DOMAIN = "domain-aaaaaaaaaaaa", "domain-bbbbbbbbbbbb"
PROJECTS = [f"project-{letter * 12}" for letter in "abc"]
ALERTS = [f"alert-{number:012x}" for number in range(3)]
WEBHOOKS = ["webhook-aaaaaaaaaaaa", "webhook-bbbbbbbbbbbb"]
SEVERITIES = ["CRITICAL", "ERROR", "NONE"]
WORDS = ["", "a", "B", "ab", "Ba b", "10", "CPU (1)", "디스크"]
TIMES = [
    "2026-02-28T23:59:59.999Z",
    "2026-03-01T08:00:00.000Z",
    "2026-03-02T12:00:00.001Z",
    "2026-03-04T00:00:00.000Z",
    "2026-03-04T23:59:59.999Z",
]
WRITTEN_TIMES = [
    *TIMES,
    "2026-03-02T21:00:00.001+09:00",
    "2026-03-02T12:00:00.0014Z",
    "2026-03-01T23:59:59.9999-01:00",
    "2026-03-04",
    "2026-03-01T08:00:00",
]
RELATIVE_TIMES = [
    "now",
    "now/d",
    "now/w",
    "now/w",
    "now/m",
    "now-1d",
    "now/d - 12h",
    "now/w+1d",
    "now/m + 1m",
    "now - 90000s",
]

words = st.sampled_from(WORDS)
numbers = st.sampled_from([0, 1, 2, 2.5, -1, 10])
scalars = st.one_of(st.sampled_from([None, True, False, 1.0]), numbers, words)

# --- events -----------------------------------------------------------------------------------------------------------

elements = st.fixed_dictionaries({}, optional={"x": scalars, "y": st.lists(scalars, max_size=2)})
informations = st.fixed_dictionaries(
    {},
    optional={
        "n": scalars | numbers | numbers,
        "text": words | words | st.none(),
        "flag": st.booleans(),
        "tags": st.lists(words | scalars | scalars | st.lists(scalars, max_size=2), max_size=3) | words,
        "items": st.lists(elements | elements | scalars | st.lists(elements, min_size=1, max_size=2), max_size=3),
        "when": st.sampled_from(
            [*TIMES, "2026-03-02T21:00:00.001+09:00", "2026-03-04T01:00:00+01:00", "2026-03-04", "10:00"]
        ),
        "deep": st.fixed_dictionaries({}, optional={"a": scalars | st.fixed_dictionaries({"0": scalars})}) | scalars,
    },
)
resources = st.fixed_dictionaries(
    {
        "resource_id": st.sampled_from([None, "server-1", "server-2"]),
        "resource_type": st.sampled_from([None, "", "inventory.Server"]),
        "name": st.sampled_from([None, "a", "host-1"]),
    }
)
facts = st.fixed_dictionaries(
    {
        "event_key": st.sampled_from(["key-1", "key-2"]),
        "event_type": st.sampled_from(["ALERT", "RECOVERY", "ERROR"]),
        "title": words,
        "description": st.none() | words,
        "severity": st.sampled_from(SEVERITIES),
        "rule": st.none() | words,
        "resource": resources,
        "provider": st.sampled_from(["", "aws"]),
        "account": st.sampled_from(["", "1"]),
        "image_url": st.none(),
        "raw_data": informations,
        "additional_info": informations,
        "alert_id": st.sampled_from([None, *ALERTS]),
        "webhook_id": st.sampled_from(WEBHOOKS),
        "project_id": st.sampled_from(PROJECTS),
        "domain_id": st.sampled_from([DOMAIN, DOMAIN, DOMAIN, DOMAIN, OTHER_DOMAIN]),
        "created_at": st.sampled_from(TIMES),
        "occurred_at": st.sampled_from([None, *TIMES]),
    }
)


def numbered(drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give events ids of their own, in an order that is not that of time."""
    return [{"event_id": f"event-{number * 7 % 61:012x}", **fact} for number, fact in enumerate(drawn)]


def events(*, most: int = 12) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Some events."""
    return st.lists(facts, min_size=4, max_size=most).map(numbered)


scopes = st.sampled_from([*[None] * 6, frozenset(PROJECTS[:2]), frozenset(PROJECTS[1:])]).map(partial(Scope, DOMAIN))

# --- conditions -------------------------------------------------------------------------------------------------------

ID_VALUES: dict[str, list[Any]] = {
    "event_id": [f"event-{number * 7 % 61:012x}" for number in range(5)],
    "alert_id": [None, *ALERTS],
    "project_id": PROJECTS,
    "user_projects": PROJECTS,
    "domain_id": [DOMAIN, OTHER_DOMAIN],
    "webhook_id": WEBHOOKS,
    "severity": SEVERITIES,
    "event_type": ["ALERT", "ERROR"],
    "event_key": ["key-1", "key-2"],
    "resource_id": [None, "server-1"],
    "resource.name": [None, "a", "host-1"],
}
TEXT_KEYS = [*ID_VALUES, "title", "description", "rule", "provider", "account", "resource.resource_type"]
TIME_KEYS = ["created_at", "created_at", "occurred_at"]
INNER_KEYS = [
    f"{field}{below}"
    for field in ("additional_info", "raw_data")
    for below in (".n", ".text", ".flag", ".tags", ".tags.0", ".items", ".items.x", ".items.y", ".items.0.x")
] + [
    "additional_info.deep",
    "additional_info.deep.a",
    "additional_info.deep.a.0",
    "raw_data.deep.a",
    "additional_info.no",
]

ORDERINGS = ["gt", "gte", "lt", "lte"]
PATTERNS = ["^a", "b$", "[ab]", r"\d+", "a|1", "b.?b", r"\(1\)", "^$", "디.크"]

KINDS: dict[str, list[str]] = {
    "compare": ["eq", "not", *ORDERINGS],
    "any_of": ["in", "not_in"],
    "text": ["contain", "not_contain", "contain_in", "not_contain_in", "regex", "regex_in"],
    "exists": ["exists"],
    "match": ["match"],
    "datetime": [f"datetime_{ordering}" for ordering in ORDERINGS],
    "timediff": [f"timediff_{ordering}" for ordering in ORDERINGS],
}
"""Every operator, by kind."""


@cache
def compared(key: str) -> st.SearchStrategy[Any]:
    """Values to compare a key's values with."""
    if key in TIME_KEYS:
        return st.sampled_from([None, *WRITTEN_TIMES])
    if key in INNER_KEYS:
        return scalars
    return st.sampled_from(ID_VALUES.get(key, [None, *WORDS]))


@cache
def operands(operator: str, key: str) -> st.SearchStrategy[Any]:
    """Values of a condition with an operator on a key."""
    if operator in KINDS["compare"]:
        return compared(key)
    if operator in KINDS["any_of"]:
        return st.lists(compared(key), max_size=4)
    if operator in KINDS["datetime"] + KINDS["timediff"]:
        return st.sampled_from(WRITTEN_TIMES if operator in KINDS["datetime"] else RELATIVE_TIMES)
    return _OPERANDS[operator]


_OPERANDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("contain", "not_contain"), words),
    **dict.fromkeys(("contain_in", "not_contain_in"), st.lists(words, max_size=3)),
    "regex": st.sampled_from(PATTERNS),
    "regex_in": st.lists(st.sampled_from(PATTERNS), max_size=2),
    "exists": st.booleans(),
    "match": st.dictionaries(st.sampled_from(["x", "y"]), scalars, min_size=1),
}

spellings = st.sampled_from([("key", "value", "operator"), ("k", "v", "o")])


@st.composite
def conditions(draw: st.DrawFn, keys: list[str] = TEXT_KEYS + TIME_KEYS * 6 + INNER_KEYS) -> dict[str, Any]:
    """A condition on an event, in either spelling."""
    key = draw(st.sampled_from(keys))
    kinds = ["compare", "compare", "compare", "any_of", "any_of", "text", "exists"]
    kinds += ["datetime", "timediff"] * 5 if key in TIME_KEYS else []
    kinds += ["match", "object"] if key in INNER_KEYS else []
    kind = draw(st.sampled_from(kinds))
    if kind == "object":
        name, value = draw(st.sampled_from(["eq", "not"])), draw(elements)
    else:
        name = draw(st.sampled_from(KINDS[kind]))
        value = draw(operands(name, key))
    return dict(zip(draw(spellings), (key, value, name), strict=True))


# --- conditions with a given operator ---------------------------------------------------------------------------------

_KEYS_OF_KINDS = {
    "text": ["title", "description", "rule", "resource.name", "event_id", "additional_info.text"]
    + ["additional_info.tags", "raw_data.tags"] * 2,
    "match": ["additional_info.items", "raw_data.items"],
    "datetime": ["created_at", "occurred_at", "additional_info.when", "raw_data.when"],
    "timediff": ["created_at", "occurred_at", "additional_info.when", "raw_data.when"],
}


@cache
def keys_for(operator: str) -> st.SearchStrategy[str]:
    """Keys whose values an operator suits."""
    kind = next(kind for kind, names in KINDS.items() if operator in names)
    return st.sampled_from(_KEYS_OF_KINDS.get(kind) or TEXT_KEYS + ["created_at", "occurred_at"] * 4 + INNER_KEYS)


@st.composite
def conditions_near(draw: st.DrawFn, found: list[Any], operator: str, key: str) -> dict[str, Any]:
    """A condition whose value is often near one of those that were found at its key, because operators differ there."""
    kind = next(kind for kind, names in KINDS.items() if operator in names)
    any_value = operands(operator, key)
    near = _NEAR[kind](operator, found) if kind in _NEAR and found else any_value
    value = draw(draw(st.sampled_from([near, near, near, any_value])))
    return dict(zip(draw(spellings), (key, value, operator), strict=True))


def _near_values(_: str, found: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([near for one in found if not isinstance(one, list) for near in _around(one)] or [None])


def _around(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value, *WRITTEN_TIMES] if value in TIMES else [value, value + "a", value[:-1]]
    return [value, value - 1, value + 1] if is_number(value) else [value]


def _near_lists(operator: str, found: list[Any]) -> st.SearchStrategy[Any]:
    return st.lists(_near_values(operator, found), max_size=4)


@st.composite
def _near_texts(draw: st.DrawFn, operator: str, found: list[Any]) -> Any:
    """Draw a part of a text that is there, perhaps in another case; of a pattern, at either end or anywhere."""
    texts = [one for one in found if isinstance(one, str)] or ["a"]

    def part() -> str:
        text = draw(st.sampled_from(texts))
        first, last = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        cut = text[first:last].swapcase() if draw(st.booleans()) else text[first:last]
        pattern = re.escape(cut)
        made = [pattern, f"^{pattern}", f"{pattern}$"] if "regex" in operator else [cut, cut, cut, f"{cut[:-1]}."]
        return draw(st.sampled_from(made))

    if not operator.endswith("_in"):
        return part()
    others = draw(st.lists(st.sampled_from(["nothing", "a", "10"]), max_size=2))
    return draw(st.permutations([part(), *others]))


@st.composite
def _near_elements(draw: st.DrawFn, _: str, found: list[Any]) -> dict[str, Any]:
    """Draw members of an element that is there, also in an inner array, and perhaps another one."""
    inner = [one for array in found if isinstance(array, list) for one in array]
    objects = [one for one in (*found, *inner) if isinstance(one, dict) and one] or [{}]
    found_members = [(name, one) for name, one in draw(st.sampled_from(objects)).items() if not isinstance(one, list)]
    members = draw(st.lists(st.sampled_from(found_members or [("x", 1)]), min_size=1, max_size=2))
    return dict(members) | draw(st.just({}) | st.just({}) | st.fixed_dictionaries({"y": scalars}))


def _near_instants(_: str, found: list[Any]) -> st.SearchStrategy[str]:
    steps = [timedelta(milliseconds=step) for step in (-1, 0, 0, 1)]
    return st.sampled_from([to_iso(one + step) for one in _instants(found) for step in steps] or WRITTEN_TIMES)


def _near_relative_times(_: str, found: list[Any]) -> st.SearchStrategy[str]:
    starts = ["now", "now/d", "now/w", "now/m"]
    spans = [(start, one - timediff(start, NOW)) for one in _instants(found) for start in starts]
    seconds = [(start, span // timedelta(seconds=1)) for start, span in spans]
    return st.sampled_from([f"{start} {'+-'[n < 0]} {abs(n)}s" for start, n in seconds] or RELATIVE_TIMES)


def _instants(found: list[Any]) -> list[datetime]:
    return [instant(one) for one in found if isinstance(one, str) and is_instant(one)]


_NEAR: dict[str, Callable[[str, list[Any]], st.SearchStrategy[Any]]] = {
    "compare": _near_values,
    "any_of": _near_lists,
    "text": _near_texts,
    "match": _near_elements,
    "datetime": _near_instants,
    "timediff": _near_relative_times,
}

seldom = st.sampled_from([False] * 7 + [True])
keywords = st.sampled_from([*[""] * 10, " ", "a", "cpu  디스크", "00000e", "nothing", "B 10 "])
pages = st.fixed_dictionaries({}, optional={"start": st.integers(0, 6), "limit": st.integers(0, 5)})


@st.composite
def matching(draw: st.DrawFn) -> dict[str, Any]:
    """The parts of a query that say which events; often few, so that something matches."""
    filters_ = [draw(conditions()) for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 1, 2])))]
    any_of = [draw(conditions()) for _ in range(draw(st.sampled_from([0, 0, 0, 3])))]
    parts: dict[str, Any] = {"filter": filters_, "filter_or": any_of, "keyword": draw(keywords)}
    return {name: part for name, part in parts.items() if part or draw(seldom)}


# --- list -------------------------------------------------------------------------------------------------------------

ARRAY_KEYS = ["additional_info.tags", "additional_info.items.x", "raw_data.tags"]
"""Keys that sort by the smallest of several values, or by the largest."""
SORT_KEYS = [*TEXT_KEYS, *TIME_KEYS, *INNER_KEYS]
ONLY = [
    "event_id",
    "title",
    "created_at",
    "resource",
    "resource.name",
    "resource_id",
    "rule",
    "additional_info",
    "additional_info.tags",
    "additional_info.items.x",
    "additional_info.deep.a",
    "raw_data.n",
]


directions = st.sampled_from([{}, {"desc": False}, {"desc": True}, {"desc": True}])


@st.composite
def sorts(draw: st.DrawFn, keys: list[str] = SORT_KEYS + ARRAY_KEYS * 4) -> Any:
    """A sort in any of its forms."""
    keys = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=3))
    parts = [{"key": key, **draw(directions)} for key in keys]
    return draw(st.sampled_from([parts, {"keys": parts}, parts[0]]))


@st.composite
def named(draw: st.DrawFn) -> dict[str, Any]:
    """One or two of the named fields."""
    chosen = draw(st.lists(st.sampled_from(search.NAMED), min_size=1, max_size=2, unique=True))
    values = {name: [one for one in ID_VALUES.get(name, ["", "aws"]) if one is not None] for name in chosen}
    return {
        name: draw(st.sampled_from(some) | st.lists(st.sampled_from(some), max_size=3)) for name, some in values.items()
    }


def several(requests: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Several requests, all for the same events: to draw those takes longest."""
    return st.lists(requests, min_size=4, max_size=8)


_AS_THE_REFERENCE = {"severity_order": "text"}
"""The oracle has the reference's rules; the order by rank is an extension."""


shapes = st.fixed_dictionaries(
    {},
    optional={
        "sort": sorts(),
        "page": pages,
        "only": st.lists(st.sampled_from(ONLY), max_size=3),
        "minimal": st.booleans(),
    },
)


@st.composite
def list_requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request of list."""
    query = draw(matching()) | draw(shapes) | _AS_THE_REFERENCE
    if draw(seldom):
        query["unwind"] = {"path": draw(st.sampled_from(UNWOUND))}
    if draw(seldom):
        query["count_only"] = True
    return (draw(named()) if draw(seldom) else {}) | {"query": query}


UNWOUND = [
    "additional_info.tags",
    "additional_info.items",
    "additional_info.n",
    "raw_data.items",
    "title",
    "raw_data.no",
]

# --- stat -------------------------------------------------------------------------------------------------------------

CLEAN_KEYS = ["severity", "event_type", "project_id", "resource.name", "rule", "alert_id", "title", "resource_id"]
"""Fields of EventInfo itself: their groups sort in one way only."""
FORMATS = ["year", "month", "day", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%L", "%G-W%V-%u", "%U %w %j %%"]


@st.composite
def stat_requests(draw: st.DrawFn) -> dict[str, Any]:
    """A request of stat."""
    query = draw(matching()) | _AS_THE_REFERENCE
    if draw(seldom):
        query["distinct"] = draw(st.sampled_from(SORT_KEYS))
        page_suits = True
    else:
        query["aggregate"], page_suits = draw(pipelines())
    if page_suits and draw(st.booleans()):
        query["page"] = draw(pages)
    return {"query": query}


@st.composite
def pipelines(draw: st.DrawFn) -> tuple[list[dict[str, Any]], bool]:
    """Stages that are valid for one another, and whether the order of all rows is certain."""
    stages = [draw(event_stages()) for _ in range(draw(st.sampled_from([0, 0, 1, 2])))]
    ending = draw(st.sampled_from(["group", "group", "group", "count", "project", "none"]))
    if ending == "count":
        stages.append({"count": {"name": "total"}})
    elif ending == "project":
        fields = [{"name": f"p{n}", "key": key} for n, key in enumerate(draw(some_of(SORT_KEYS)))]
        stages.append({"project": {"fields": fields}})
    elif ending == "none" and not stages:
        stages.append({"limit": draw(st.integers(1, 5))})
    if ending != "group":
        return stages, True
    made = draw(groups())
    after, certain = draw(stages_after(made))
    return [*stages, {"group": made}, *after], certain


def some_of(values: list[Any], *, least: int = 1) -> st.SearchStrategy[list[Any]]:
    """One or a few of some values."""
    return st.lists(st.sampled_from(values), min_size=least, max_size=3, unique=True)


@st.composite
def event_stages(draw: st.DrawFn) -> dict[str, Any]:
    """A stage that leaves events events."""
    match draw(st.sampled_from(["unwind", "match", "sort", "limit", "skip"])):
        case "unwind":
            unwind = {"path": draw(st.sampled_from(UNWOUND))}
            return {"unwind": unwind | draw(st.fixed_dictionaries({}, optional={"filter": filters}))}
        case "match":
            return {"match": {"filter": draw(filters)}}
        case "sort":
            return {"sort": draw(sorts())}
        case name:
            return {name: draw(st.integers(1, 8) if name == "limit" else st.integers(0, 2))}


filters = st.lists(conditions(), min_size=1, max_size=2)


@st.composite
def group_conditions(draw: st.DrawFn) -> dict[str, Any]:
    """A condition of a group's field."""
    key = draw(st.sampled_from(SORT_KEYS))
    return {"key": key, "value": draw(compared(key)), "operator": draw(st.sampled_from(["eq", "not", *ORDERINGS]))}


@st.composite
def group_fields(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A field of a group of events. Its name begins with its kind of value."""
    operator = draw(
        st.sampled_from(
            ["count", "count", "sum", "average", "max", "min", "first", "last", "push", "add_to_set", "merge_objects"]
        )
    )
    key = draw(st.sampled_from([key for key in SORT_KEYS if key != "domain_id"]))
    long = draw(st.booleans())
    field: dict[str, Any] = {"operator": operator} if long else {"o": operator}
    if operator == "push" and draw(st.booleans()):
        field["fields"] = [{"key": "severity", "name": "k"}, {"k": key, "n": "v"}]
    elif operator == "merge_objects":
        field["key"] = draw(st.sampled_from(["additional_info", "raw_data", "resource"]))
    elif operator != "count":
        field["key" if long else "k"] = key
    if operator in {"count", "sum", "average"}:
        field |= draw(st.fixed_dictionaries({}, optional={"conditions": st.lists(group_conditions(), max_size=2)}))
    return field | {"name" if long else "n": f"{_kind(field, operator)}_{number}"}


def _kind(field: dict[str, Any], operator: str) -> str:
    if operator in {"count", "sum", "average"}:
        return "number"
    if operator in {"push", "add_to_set"}:
        return "pairs" if "fields" in field else "set" if operator == "add_to_set" else "list"
    return "object" if operator == "merge_objects" else "any"


@st.composite
def group_keys(draw: st.DrawFn, number: int, *, clean: bool) -> dict[str, Any]:
    """A key of a group of events."""
    if draw(st.sampled_from([True, False, False])):
        time = {"key": draw(st.sampled_from(TIME_KEYS)), "date_format": draw(st.sampled_from(FORMATS))}
        return time | {"name": f"clean_{number}"}
    key = draw(st.sampled_from(CLEAN_KEYS if clean else INNER_KEYS))
    return {"k": key, "n": f"{'clean' if key in CLEAN_KEYS else 'dirty'}_{number}"}


@st.composite
def groups(draw: st.DrawFn) -> dict[str, Any]:
    """A group of events."""
    clean = draw(st.sampled_from([True, True, False]))
    keys = [draw(group_keys(number, clean=clean)) for number in range(draw(st.integers(0, 2)))]
    least = 0 if keys else 1
    return {"keys": keys, "fields": [draw(group_fields(number)) for number in range(draw(st.integers(least, 3)))]}


@st.composite
def stages_after(draw: st.DrawFn, group: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """Stages behind a group, and whether the order of all rows is certain."""
    keys = [key.get("name", key.get("n")) for key in group["keys"]]
    fields = [field.get("name", field.get("n")) for field in group["fields"]]
    match draw(st.sampled_from(["nothing", "ranked", "sort", "match", "project", "group", "unwind", "count"])):
        case "ranked" if all(key.startswith("clean") for key in keys):
            # By all keys: no two rows are alike, so the cut is certain.
            order = [{"key": key, "desc": draw(st.booleans())} for key in keys] or [{"key": fields[0]}]
            cut = draw(st.sampled_from([[], [{"limit": 2}], [{"skip": 1}, {"limit": 2}]]))
            return [{"sort": order}, *cut], True
        case "sort":
            scalars_ = [name for name in (*keys, *fields) if name.split("_")[0] in {"clean", "number"}]
            return ([{"sort": draw(sorts(scalars_))}] if scalars_ else []), False
        case "match":
            return [{"match": {"filter": [draw(row_conditions(keys + fields))]}}], False
        case "project":
            return [draw(projects(fields))], False
        case "group":
            return [draw(second_groups(keys, fields))], False
        case "unwind":
            lists = [name for name in fields if name.split("_")[0] in {"list", "set", "pairs"}]
            return ([{"unwind": {"path": draw(st.sampled_from(lists))}}] if lists else []), False
        case "count":
            return [{"count": {"name": "rows"}}], False
    return [], False


@st.composite
def row_conditions(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A condition on a row of a group."""
    operator = draw(st.sampled_from(["eq", "not", "in", "exists", *ORDERINGS]))
    values = {"in": st.lists(scalars, max_size=3), "exists": st.booleans()}
    return {"key": draw(st.sampled_from(names)), "value": draw(values.get(operator, scalars)), "operator": operator}


@st.composite
def projects(draw: st.DrawFn, fields: list[str]) -> dict[str, Any]:
    """A project of a group's fields: each is kept, and all possible values are computed from it."""
    by_kind: dict[str, list[str]] = {}
    for name in fields:
        by_kind.setdefault(name.split("_")[0], []).append(name)
    made: list[dict[str, Any]] = [{"name": name, "key": name} for name in fields if draw(st.booleans())]
    for kind, operators in _OPERATORS_ON.items():
        made += [
            {"name": f"{operator}_{name}", "operator": operator, "key": name}
            for name in by_kind.get(kind, [])
            for operator in operators
        ]
    if "number" in by_kind:
        expression = draw(expressions(by_kind["number"]))
        made.append({"name": "computed", **expression})
    project = {"fields": made or [{"name": "nothing", "key": "no_such"}]}
    return {"project": project | draw(st.fixed_dictionaries({}, optional={"exclude_keys": st.booleans()}))}


_OPERATORS_ON = {
    "list": ["size", "sum"],
    "set": ["size", "sum"],
    "object": ["object_to_array"],
    "number": ["sum"],
}


def expressions(names: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Arithmetic over numbers: no divisor may be zero."""
    operand = st.sampled_from(names) | st.sampled_from([1, 2, 0.5, -3])
    several = st.sampled_from(["add", "multiply", "sum"])

    def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.fixed_dictionaries({"operator": several, "fields": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"operator": st.just("subtract"), "fields": st.lists(inner, min_size=2, max_size=2)}),
            st.tuples(inner, st.sampled_from([1, 2, 0.5])).map(
                lambda both: {"operator": "divide", "fields": list(both)}
            ),
        )

    return nested(st.recursive(operand, nested, max_leaves=4))


@st.composite
def second_groups(draw: st.DrawFn, keys: list[str], fields: list[str]) -> dict[str, Any]:
    """A group of a group's rows, by what the first one made; nothing that depends on their order, or on a set's."""
    fields = [name for name in fields if not name.startswith("set")]
    chosen = draw(some_of(keys, least=0)) if keys else []
    operators = st.sampled_from(["count", "sum", "average", "max", "min", "push", "add_to_set"])
    made = []
    for number, operator in enumerate(draw(st.lists(operators, min_size=1, max_size=2))):
        field = {"name": f"again_{number}", "operator": operator}
        made.append(
            field if operator == "count" else field | {"key": draw(st.sampled_from([*keys, *fields, "no_such"]))}
        )
    return {"group": {"keys": [{"key": name, "name": name} for name in chosen], "fields": made}}
