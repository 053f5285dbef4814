"""The conditions that DynamoDB tests: as a filter expression on the indexes of the events table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from event_api.query.matcher import Condition, Filter
from event_api.store.attributes import Value
from event_api.store.events import attribute_of

_COMPARISONS = {"eq": "=", "not": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def filter_expression(stored: Filter, projects: Condition | None) -> tuple[str, dict[str, Value]]:
    """Return the expression, with its values, of a plan's ``stored`` conditions and of the scope's projects.

    The text is empty if there is no condition.
    """
    values: dict[str, Value] = {}
    required = [*stored.required, *([projects] if projects else [])]
    texts = [_text(condition, values) for condition in required]
    if stored.alternatives:
        texts.append(f"({' OR '.join(_text(condition, values) for condition in stored.alternatives)})")
    return " AND ".join(texts), values


def _text(condition: Condition, values: dict[str, Value]) -> str:
    attribute = attribute_of(condition.path)
    match condition.operator:
        case "exists":
            positive = f"attribute_exists(#{attribute})"
        case "in" | "not_in":
            positive = f"#{attribute} IN ({', '.join(_named(cast('list[str]', condition.value), values))})"
        case comparison:
            (name,) = _named([cast("str", condition.value)], values)
            positive = f"#{attribute} {_COMPARISONS[comparison]} {name}"
    return f"(NOT {positive})" if condition.negated else positive


def _named(given: list[str], values: dict[str, Value]) -> Iterator[str]:
    for value in given:
        name = f"v{len(values)}"
        values[name] = value
        yield f":{name}"
