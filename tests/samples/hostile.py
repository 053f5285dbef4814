"""What careless or hostile readers send: strategies for requests that are well-formed, nearly so, or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

from event_api.domain.fields import EVENT
from event_api.query.operators import OPERATORS
from event_api.reads.statistics.accumulators import GROUP_OPERATORS
from event_api.reads.statistics.expressions import PROJECT_OPERATORS
from event_api.reads.statistics.requests import Stage
from tests.samples import mutations

Strategy: TypeAlias = st.SearchStrategy[Any]


@dataclass(frozen=True)
class Verbatim:
    """A piece of a body that no Python value is written as."""

    text: str


def written(value: Any) -> str:
    """Write JSON, in which `Verbatim` may be anything."""
    if isinstance(value, Verbatim):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(name)}:{written(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


@st.composite
def mostly(draw: st.DrawFn, usual: Strategy, odd: Strategy, one_in: int = 12) -> Any:
    """The usual, and once in a while the odd."""
    return draw(odd if draw(st.integers(1, one_in)) == one_in else usual)


# --- arbitrary JSON, and what is none ---------------------------------------------------------------------------------

ODD_TEXTS = ["", " ", "\x00", "\ud800", "\udfff\ud800", "İ", "ß", "🙂", "$", ".", "a.b", "0", "null", "x" * 3000]
ODD_INTEGERS = [0, -1, 1, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**400]
ODD_FLOATS = [-0.0, 1e308, -1e308, 5e-324, 1.5]
VERBATIM = [
    *("-0", "1E+2", "1.0", "1e400", "-1e400", "1e-400", "9" * 5000, "NaN", "-Infinity", "01", "+1", "0x1"),
    *(
        "'a'",
        "tru",
        '"\\ud800"',
        '"\\u0000"',
        '"\t"',
        '"\\x"',
        '"open',
        "[1,]",
        '{"a":1,}',
        "{1:2}",
        "[",
        "}",
        "",
        "//",
    ),
    *('{"key":"title","key":"severity"}', '{"limit":1,"limit":-1}', '{"":{"":{"":0}}}'),
    *("[" * depth + "]" * depth for depth in (31, 32, 33, 40, 199, 201, 20_000)),
    *('{"a":' * depth + "1" + "}" * depth for depth in (29, 31, 33, 40, 201)),
]

texts = st.sampled_from(ODD_TEXTS) | st.text(st.characters(codec=None), max_size=8)
numbers = (
    st.sampled_from([*ODD_INTEGERS, *ODD_FLOATS]) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | numbers | texts
anything: Strategy = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=10
)


@st.composite
def _deep(draw: st.DrawFn) -> Any:
    """A value inside up to 40 objects and arrays."""
    value: Any = draw(scalars)
    for is_array in draw(st.lists(st.booleans(), max_size=40)):
        value = [value] if is_array else {draw(texts): value}
    return value


arbitrary = anything | _deep() | st.sampled_from(VERBATIM).map(Verbatim)
bodies = (
    arbitrary.map(written)
    | st.builds(lambda query: written({"query": query}), arbitrary)
    | st.binary(max_size=40)
    | st.builds(lambda before, after: before + b'{"query":{}}' + after, st.binary(max_size=3), st.binary(max_size=3))
)
"""Bodies of any kind, as text or bytes."""

# --- words of the languages -------------------------------------------------------------------------------------------

_INSIDE = ("a", "a.b", "a.0", "a.0.b", "tags", "tags.0", "n", "text", "0", "user", "a.0.0.0", "alerts.labels.instance")
PATHS = [
    *EVENT.fields,
    *EVENT.aliases,
    *(f"resource.{name}" for name in ("name", "resource_id", "resource_type")),
    *(f"{field}.{path}" for field in ("additional_info", "raw_data") for path in _INSIDE),
]
ODD_PATHS = [
    *(
        "",
        ".",
        "a.",
        ".a",
        "title.",
        "title..x",
        "title.0",
        "created_at.x",
        "resource.0",
        "nonsense",
        "_id",
        "__class__",
    ),
    *("additional_info.", "additional_info..a", "additional_info.$a", "$where", "$a.b", "additional_info.-1"),
    *("additional_info.99999999999999999999", "additional_info.\u0664", "additional_info.\ud800", "raw_data.\x00"),
    *("additional_info" + ".0" * 119, "additional_info" + ".a" * 119, "additional_info." + "x" * 300, "#", "attr:0"),
]
NAMES = ["n", "a", "b", "severity", "event_id", "day"]
ODD_NAMES = ["", "$n", "a.b", "\x00", "\ud800", "__class__", "x" * 300]
WORDS = ["", "a", "A", "disk", "ERROR", "HighLatency", "event-", "\u0131", "1"]
TIMES = [
    *("2026-03-01T10:00:00.001Z", "2026-03-01", "2026-03-01T10:00:00+09:00"),
    *("9999-12-31T23:59:59.999Z", "0001-01-01"),
]
ODD_TIMES = [
    *("0000-00-00", "0001-01-01T00:00:00+23:00", "9999-12-31T24:00:00-23:59", "2026-02-30", "1", "24:00", "junk"),
]
OFFSETS = ["now", "now/d", "now/w", "now/m", "now-2d", "now/d + 1h", "now-0s", "now/m-52w"]
ODD_OFFSETS = [
    *("now/y", "now--1d", "now-999999999999w", "now+365000d", "now+-1d", "now-1d-1d", "NOW", "now-\u0661d", "/d"),
    *("now/d/d", "now-", "now-1", "now -1.5d"),
]
DATE_FORMATS = ["year", "month", "day", "%Y-%m-%dT%H", "%L%j%U%V%G%u%w", "%%", "text"]
ODD_DATE_FORMATS = ["%", "%Q", "%%%", "", "%\x00", "%-d", "\ud800%Y", "%Y" * 120, "%s"]

PATTERNS = ["a", "disk", "^Disk", "a|b", "[a-c]+", r"\d+$", r"\bfull\b", "(ab)*", "a{2,5}", ".*", "^$", "[^x]", "a+?"]
CATASTROPHES = [
    *("(a+)+$", "(a|aa)+$", "(.*)*x", r"(\w{1,100}){1,100}", "(a*)*b", "(a?){50}a{50}", "(x+x+)+y"),
    *("(([a-z])+.)+[A-Z]", "(a?a?)*b", "([a-z]*)*\\d", "^(([a-z])+.)+[A-Z]([a-z])+$"),
    *("a{1000}{1000}", "(a{1000}){1000}", "((a{100}){100}){100}", "(a{0,1000}){0,1000}", ".{1,1000}" * 20),
    *("a{99999999999}", "a{,5}", "a{2,1}", "a" * 5000, "é{500}", "a|" * 1000, "(^|a)*$", "(|)*", "(a|b|ab)*c"),
]
ODD_PATTERNS = [
    *("[[", "[", "(", ")", "*", "a**", "a++", "(?", "(?P<", "(?P<n>a)(?P=n)", r"(a)\1", "(?<=a)b", "(?=a)", "(?>a+)b"),
    *("(?i:a)", "(?i)A", "a(?i)", "(?x) a # b", "(?L)a", "(?#c)", "(?(1)a|b)", "(?s:.)", "(?-i:A)", "(?a)a"),
    *(r"\Z", r"\A", r"\p{L}", r"\N{DIGIT ONE}", r"\u0041", r"\U00110000", r"\07", r"\777"),
    *(r"\x", r"\8", "[z-a]", r"[\w-z]", "[^]", "[]", "[]a]", "[a&&b]", "[a--b]", "[[:alpha:]]", "\\", "", "|", "()"),
    *("\x00", "\ud800", "İ", "ß", "[À-ÿ]", "🙂+", "(" * 200 + ")" * 200, "(" * 3000, "[" + "a-z" * 300 + "]"),
]
PATTERN_ALPHABET = r"()[]{}|*+?^$\.-,0123456789abdwsDWSZAB:=!<>P&~"
PATTERN_PIECES = ["(a", "a)", "[a-", "{2,3}", "(?:", "(?!", r"\w", ".*", ")*", ")+", "(a+)+", "(a|aa)", "|", "b", "$"]

paths = mostly(st.sampled_from(PATHS), st.sampled_from(ODD_PATHS) | texts, 25)
row_paths = mostly(st.sampled_from(PATHS) | st.sampled_from(NAMES), st.sampled_from(ODD_PATHS) | texts, 40)
names = mostly(st.sampled_from(NAMES), st.sampled_from(ODD_NAMES) | texts, 40)
words = mostly(st.sampled_from(WORDS), texts, 5)
times = mostly(st.sampled_from(TIMES), st.sampled_from(ODD_TIMES) | texts, 10)
offsets = mostly(
    st.sampled_from(OFFSETS) | st.from_regex(r"\Anow(/[dwm])? ?[+-] ?[0-9]{1,5}[smhdw]\Z"),
    st.sampled_from(ODD_OFFSETS) | texts,
    10,
)
patterns = (
    st.sampled_from(PATTERNS)
    | st.sampled_from(CATASTROPHES)
    | st.sampled_from(ODD_PATTERNS)
    | st.text(PATTERN_ALPHABET, max_size=12)
    | st.lists(st.sampled_from(PATTERN_PIECES), max_size=10).map("".join)
)

# --- search -----------------------------------------------------------------------------------------------------------

ALL_OPERATORS = sorted(OPERATORS)
LIST_OPERATORS = {name for name in OPERATORS if name == "in" or name.endswith("_in")}


def _operands(operator: str, *, is_time: bool) -> Strategy:
    """What suits an operator, more or less."""
    if operator.startswith("timediff_"):
        return offsets
    if operator == "exists":
        return st.booleans()
    if operator == "match":
        return st.dictionaries(st.sampled_from([*NAMES, *ODD_PATHS]), anything, max_size=3)
    if operator.startswith("regex"):
        one = patterns
    elif "contain" in operator:
        one = words
    elif is_time or operator.startswith("datetime_"):
        one = times
    else:
        one = words | times | anything.filter(lambda value: not isinstance(value, list))
    return st.lists(one, max_size=4) if operator in LIST_OPERATORS else one


@st.composite
def _conditions(draw: st.DrawFn, keys: Strategy = paths) -> dict[str, Any]:
    operator = draw(st.sampled_from(ALL_OPERATORS))
    key = draw(keys)
    value = draw(mostly(_operands(operator, is_time=key in EVENT.times), anything, 15))
    condition = {"key": key, "value": value, "operator": operator}
    return {name[0]: part for name, part in condition.items()} if draw(st.booleans()) else condition


_sorts = st.fixed_dictionaries({"key": paths}, optional={"desc": st.booleans()})
sorts = _sorts | st.lists(_sorts, max_size=3) | st.builds(lambda keys: {"keys": keys}, st.lists(_sorts, max_size=3))
_counts = mostly(st.integers(0, 50), st.sampled_from([2**31 - 1]) | anything, 15)
_pages = {"start": _counts, "limit": _counts}
_tokens = texts | st.text("abcABC019-_=.", max_size=90)
pages = mostly(
    st.fixed_dictionaries({}, optional=_pages), st.fixed_dictionaries({"token": _tokens}, optional=_pages), 10
)

_matching: dict[str, Strategy] = {
    "filter": st.lists(_conditions(), max_size=2),
    "filter_or": st.lists(_conditions(), max_size=3),
    "keyword": mostly(words, st.lists(words, max_size=60).map(" ".join), 5),
    "page": pages,
    "explain": st.booleans(),
}
search_queries = st.fixed_dictionaries(
    {},
    optional={
        **_matching,
        "sort": sorts,
        "only": st.lists(paths, max_size=3) | paths,
        "minimal": st.booleans(),
        "count_only": st.booleans(),
        "count": st.booleans(),
        "unwind": st.fixed_dictionaries({"path": paths}),
    },
)
_named = mostly(words, texts, 5)
_named_fields: dict[str, Strategy] = {
    name: _named | st.lists(_named, max_size=3)
    for name in ("event_id", "severity", "resource_id", "alert_id", "project_id")
}
searches = st.fixed_dictionaries({}, optional={"query": search_queries, **_named_fields})

# --- stat -------------------------------------------------------------------------------------------------------------

_row_conditions = st.lists(_conditions(row_paths), max_size=2)
_named_keys = st.fixed_dictionaries({"key": row_paths, "name": names})
_group_keys = st.fixed_dictionaries(
    {"key": row_paths, "name": names},
    optional={"date_format": mostly(st.sampled_from(DATE_FORMATS), st.sampled_from(ODD_DATE_FORMATS) | texts, 8)},
)


_aggregate_conditions = st.fixed_dictionaries(
    {
        "key": row_paths,
        "value": words | times | numbers | st.none(),
        "operator": mostly(st.sampled_from(("eq", "not", "gt", "gte", "lt", "lte")), st.sampled_from(ALL_OPERATORS)),
    }
)


@st.composite
def _group_fields(draw: st.DrawFn) -> dict[str, Any]:
    operator = draw(st.sampled_from(sorted(GROUP_OPERATORS)))
    field = {"name": draw(names), "operator": operator, "key": draw(row_paths)}
    if operator == "push" and draw(st.booleans()):
        del field["key"]
        field["fields"] = draw(st.lists(_named_keys, min_size=1, max_size=3))
    if operator in {"count", "sum", "average"} and draw(st.booleans()):
        field["conditions"] = draw(st.lists(_aggregate_conditions, max_size=2))
    return field


_expressions = st.recursive(
    st.fixed_dictionaries({"key": row_paths}),
    lambda inner: (
        st.fixed_dictionaries(
            {
                "operator": mostly(st.sampled_from(sorted(PROJECT_OPERATORS)), texts, 30),
                "fields": st.lists(mostly(row_paths | numbers | inner, anything, 20), min_size=1, max_size=2),
            }
        )
        | st.fixed_dictionaries({"operator": st.sampled_from(sorted(PROJECT_OPERATORS)), "key": row_paths})
    ),
    max_leaves=4,
)
_project_fields = st.builds(lambda name, expression: {"name": name, **expression}, names, _expressions)
_row_sorts = st.fixed_dictionaries({"key": row_paths}, optional={"desc": st.booleans()})

_OPTIONS: dict[str, Strategy] = {
    "group": st.fixed_dictionaries(
        {"keys": st.lists(_group_keys, min_size=1, max_size=2)},
        optional={"fields": st.lists(_group_fields(), max_size=3)},
    ),
    "unwind": st.fixed_dictionaries({"path": row_paths}, optional={"filter": _row_conditions}),
    "count": st.fixed_dictionaries({"name": names}),
    "sort": _row_sorts | st.lists(_row_sorts, min_size=1, max_size=2),
    "limit": mostly(st.integers(1, 50), anything, 15),
    "skip": _counts,
    "project": st.fixed_dictionaries(
        {"fields": st.lists(_project_fields, min_size=1, max_size=3)}, optional={"exclude_keys": st.booleans()}
    ),
    "match": st.fixed_dictionaries({"filter": _row_conditions}),
}


@st.composite
def _stages(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(Stage.model_fields)))
    return {name: draw(_OPTIONS.get(name, anything))}


stats = st.builds(
    lambda matching, what: {"query": matching | what},
    st.fixed_dictionaries({}, optional=_matching),
    st.builds(lambda key: {"distinct": key}, paths)
    | st.builds(lambda stages: {"aggregate": stages}, st.lists(_stages(), min_size=1, max_size=4)),
)

# --- nearly well-formed -----------------------------------------------------------------------------------------------


@st.composite
def broken(draw: st.DrawFn, requests: Strategy) -> Any:
    """A request of which a part is missing, or replaced by arbitrary JSON."""
    request = draw(requests)
    places = list(mutations.paths(request))
    if not places:
        return draw(arbitrary)
    place = draw(st.sampled_from(places))
    if draw(st.integers(0, 3)) == 0:
        return mutations.without(request, place)
    return mutations.replaced(request, place, draw(arbitrary))


def _parameter(value: Any) -> bytes:
    """What a GET form writes of a value: text as it is, lone surrogates included, and other values as JSON."""
    text = value if isinstance(value, str) else written(value)
    return text.encode("utf-8", "surrogatepass")


_parameters = st.binary(max_size=8) | arbitrary.map(_parameter)
_odd_parameters = st.dictionaries(
    st.sampled_from([b"query", b"only", b"severity", b"page"]) | _parameters,
    st.lists(_parameters, max_size=2),
    max_size=2,
)


@st.composite
def query_parameters(draw: st.DrawFn) -> dict[bytes, list[bytes]]:
    """Parameters of the GET form, as bytes."""
    request = draw(searches | broken(searches))
    members = request.items() if isinstance(request, dict) else ()
    parameters = {
        _parameter(name): [_parameter(one) for one in (value if isinstance(value, list) else [value])]
        for name, value in members
    }
    return {**parameters, **draw(mostly(st.just({}), _odd_parameters, 3))}


@st.composite
def changed(draw: st.DrawFn, token: str) -> str:
    """A page token of which something is changed."""
    at = draw(st.integers(0, len(token) - 1))
    other = draw(st.sampled_from("ABab01-_=.~+/ \x00é").filter(lambda one: one != token[at]))
    return draw(
        st.sampled_from(
            [
                f"{token[:at]}{other}{token[at + 1 :]}",
                f"{token[:at]}{other}{token[at:]}",
                token[:at],
                token[at + 1 :],
                token * 2,
                token.swapcase(),
                f"{token}{other}",
                f"{other}{token}",
                token[::-1],
                f"{token} ",
                f"{token}=",
            ]
        ).filter(lambda one: one != token)
    )
