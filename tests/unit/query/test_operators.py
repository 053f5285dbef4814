"""Every operator on values of every kind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from event_api.domain.fields import EVENT
from event_api.query.matcher import Condition, predicate
from event_api.query.operators import OPERATORS
from tests.fakes import make_row

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)  # a Wednesday

ROW = make_row(
    title="CPU Load",
    rule=None,
    provider="",
    created_at="2026-03-04T00:00:00.000Z",
    occurred_at="2026-03-02T10:00:00.500Z",
    additional_info={
        "n": 10,
        "ratio": 0.5,
        "flag": True,
        "tags": ["prod", "EU"],
        "none": None,
        "empty": [],
        "nested": {"zone": "a"},
        "items": [{"name": "x", "size": 1}, {"name": "y", "size": 2}],
        "when": ["2026-03-01T00:00:00+09:00"],
    },
)

HOLDS = [
    ("title", "eq", "CPU Load", True),
    ("title", "eq", "cpu load", False),
    ("rule", "eq", None, True),
    ("provider", "eq", "", True),
    ("provider", "eq", None, False),
    ("additional_info.missing.deeper", "eq", None, True),
    ("additional_info.n", "eq", 10.0, True),
    ("additional_info.n", "eq", "10", False),
    ("additional_info.flag", "eq", 1, False),
    ("additional_info.tags", "eq", "prod", True),
    ("additional_info.tags.1", "eq", "EU", True),
    ("additional_info.tags.2", "eq", None, True),
    ("additional_info.nested", "eq", {"zone": "a"}, True),
    ("additional_info.items.name", "eq", "y", True),
    ("additional_info.items.1.name", "eq", "x", False),
    ("resource_id", "eq", "server-0", True),
    ("user_projects", "eq", "project-a", True),
    ("created_at", "eq", "2026-03-04T09:00:00+09:00", True),
    ("created_at", "eq", "2026-03-04T00:00:00.0001Z", False),
    ("created_at", "in", ["2026-03-04", "2026-03-05"], True),
    ("additional_info.n", "gt", 9, True),
    ("additional_info.n", "gt", 10, False),
    ("additional_info.n", "gte", 10, True),
    ("additional_info.n", "lt", "99", False),
    ("additional_info.ratio", "lte", 0.5, True),
    ("additional_info.tags", "gt", "o", True),
    ("additional_info.missing", "lt", 5, False),
    ("rule", "gte", None, True),
    ("rule", "gt", None, False),
    ("created_at", "gt", "2026-03-03T23:59:59.9999Z", True),
    ("created_at", "gt", "2026-03-04", False),
    ("created_at", "lt", "2026-03-04T00:00:00.0001Z", True),
    ("created_at", "gt", 5, False),
    ("title", "in", ["x", "CPU Load"], True),
    ("title", "in", [], False),
    ("rule", "in", ["x", None], True),
    ("additional_info.tags", "in", ["EU"], True),
    ("title", "contain", "pu l", True),
    ("title", "contain", ".*", False),
    ("rule", "contain", "", False),
    ("provider", "contain", "", True),
    ("additional_info.tags", "contain", "eu", True),
    ("title", "contain_in", ["x", "LOAD"], True),
    ("title", "contain_in", [], False),
    ("title", "regex", "^cpu\\s.*d$", True),
    ("title", "regex", "^load", False),
    ("rule", "regex", "", False),
    ("additional_info.tags", "regex", "^.u$", True),
    ("title", "regex_in", ["^x", "load$"], True),
    ("title", "regex_in", [], False),
    ("rule", "exists", True, False),
    ("rule", "exists", False, True),
    ("provider", "exists", True, True),
    ("additional_info.none", "exists", True, False),
    ("additional_info.empty", "exists", True, True),
    ("additional_info.nested.zone", "exists", True, True),
    ("additional_info.items", "match", {"name": "y", "size": 2}, True),
    ("additional_info.items", "match", {"name": "y", "size": 1}, False),
    ("additional_info.nested", "match", {"zone": "a"}, False),
    ("created_at", "datetime_gte", "2026-03-04T00:00:00Z", True),
    ("created_at", "datetime_gt", "2026-03-04T00:00:00Z", False),
    ("created_at", "datetime_lt", "2026-03-04T09:00:01+0900", True),
    ("created_at", "datetime_lte", "2026-03-03T23:59:59.999Z", False),
    ("additional_info.when", "datetime_lt", "2026-03-01", True),
    ("title", "datetime_lt", "2026-03-01", False),
    ("created_at", "timediff_gte", "now/d", True),
    ("created_at", "timediff_gt", "now/d", False),
    ("created_at", "timediff_lt", "now - 15h", True),
    ("created_at", "timediff_lte", "now-16h", False),
    ("occurred_at", "timediff_gt", "now/w + 10h", True),
    ("occurred_at", "timediff_lt", "now/w+601m", True),
    ("occurred_at", "timediff_gt", "now/m", True),
]


@pytest.mark.parametrize(("key", "name", "value", "expected"), HOLDS)
def test_operator(key, name, value, expected):
    assert predicate(Condition(EVENT.path_of(key), name, value), NOW)(ROW) is expected


NEGATIONS = {"eq": "not", "in": "not_in", "contain": "not_contain", "contain_in": "not_contain_in"}


@pytest.mark.parametrize(("key", "name", "value", "expected"), [case for case in HOLDS if case[1] in NEGATIONS])
def test_negation(key, name, value, expected):
    assert predicate(Condition(EVENT.path_of(key), NEGATIONS[name], value), NOW)(ROW) is not expected


def test_every_operator_is_tried():
    assert {name for _, name, _, _ in HOLDS} | set(NEGATIONS.values()) == set(OPERATORS)
