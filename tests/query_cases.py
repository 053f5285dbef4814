"""The reference's answers to requests of list and stat, and the comparison with them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "contract" / "query_cases"


@dataclass(frozen=True)
class Case:
    name: str
    method: str
    request: dict[str, Any]
    expected: dict[str, Any]

    @property
    def domain_id(self) -> str:
        """The domain of the case's token."""
        return str(self.request["domain_id"])


def load_cases() -> list[Case]:
    """Return the cases; the reference compares severities as text, which is an option here."""
    cases = [Case(**case) for case in json.loads((CASES / "cases.json").read_text())]
    for case in cases:
        case.request.setdefault("query", {})["severity_order"] = "text"
    return cases


def load_events() -> list[dict[str, Any]]:
    """Return the events that the cases query."""
    return [json.loads(line) for line in (CASES / "events.jsonl").read_text().splitlines()]


def assert_answer(case: Case, answer: dict[str, Any]) -> None:
    """Compare an answer with a case's by the rules in the cases' README."""
    expected = case.expected
    if case.method == "list":
        assert answer["total_count"] == expected["total_count"]
        assert [result["event_id"] for result in answer["results"]] == expected["event_ids"]
        return
    assert answer.get("total_count") == expected.get("total_count")
    _assert_rows(case.request["query"], answer["results"], expected["results"])


def _assert_rows(query: dict[str, Any], rows: list[Any], expected: list[Any]) -> None:
    if "distinct" in query:
        assert rows == expected
        return
    unordered = _unordered_lists(query["aggregate"])
    found = [comparable(row, unordered) for row in rows]
    wanted = [comparable(row, unordered) for row in expected]
    sort_keys, cut = _order(query)
    if not sort_keys:
        assert Counter(found) == Counter(wanted)
        return
    keys = [_sort_values(row, sort_keys) for row in rows]
    assert keys == [_sort_values(row, sort_keys) for row in expected]
    # If a limit cuts through equal sort keys, any of the rows with them may be there.
    at_cut = keys[:1] + keys[-1:] if cut else []
    kept = [row for row, key in zip(found, keys, strict=True) if key not in at_cut]
    assert Counter(kept) == Counter(row for row, key in zip(wanted, keys, strict=True) if key not in at_cut)


def _order(query: dict[str, Any]) -> tuple[list[str], bool]:
    """Return the keys of the sort that orders the answer, and whether something cuts it."""
    keys: list[str] = []
    cut = "page" in query
    for stage in query["aggregate"]:
        (name, options), *_ = stage.items()
        if name == "sort":
            parts = options if isinstance(options, list) else options.get("keys", [options])
            keys, cut = [part["key"] for part in parts], "page" in query
        elif name in {"limit", "skip"}:
            cut = True
        elif name in {"group", "count"}:
            keys = []
    return keys, cut


def _unordered_lists(aggregate: list[dict[str, Any]]) -> set[str]:
    return {
        field.get("name", field.get("n"))
        for stage in aggregate
        for field in stage.get("group", {}).get("fields", [])
        if field.get("operator", field.get("o")) in {"add_to_set", "push"}
    }


def _sort_values(row: dict[str, Any], keys: list[str]) -> tuple[str, ...]:
    return tuple(comparable(row.get(key), set()) for key in keys)


def comparable(value: Any, unordered: set[str]) -> str:
    """Write a value so that equal ones are equal: numbers to 1e-9, the lists of some names in any order."""
    return json.dumps(_normal(value, unordered), sort_keys=True)


def _normal(value: Any, unordered: set[str]) -> Any:
    if isinstance(value, dict):
        normal = {name: _normal(inner, unordered) for name, inner in value.items()}
        return {
            name: sorted(inner, key=lambda element: json.dumps(element, sort_keys=True)) if name in unordered else inner
            for name, inner in normal.items()
        }
    if isinstance(value, list):
        return [_normal(element, unordered) for element in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(float(value), 9)
    return value
