"""The member ``explain`` of a response: how the rows were read, and the consumed capacity."""

from __future__ import annotations

from event_api.json_types import Json, JsonObject
from event_api.query.matcher import Condition, Filter
from event_api.query.planner import Plan
from event_api.query.read_budget import ReadBudget


def explained(plan: Plan, consumption: ReadBudget) -> JsonObject:
    """Return ``{"plan": …, "consumed": …}`` of a request that was answered, with ``summaries`` if it looked for any.

    A reader of some projects gets the plan only: the rest depends on what others have.
    """
    made: JsonObject = {"plan": {"reads": "nothing"} if plan.is_empty else _read(plan)}
    if plan.scope.projects is None:
        made["consumed"] = {
            "capacity_units": consumption.capacity_units,
            "requests": consumption.requests,
            "items_scanned": consumption.items_scanned,
            "items_returned": consumption.items_returned,
        }
        if consumption.summaries is not None:
            made["summaries"] = consumption.summaries
    return made


def _read(plan: Plan) -> JsonObject:
    created_at = {"since": plan.since, "until": plan.until}
    return {
        "reads": plan.index.value,
        "keys": list(plan.keys),
        "created_at": {name: bound for name, bound in created_at.items() if bound is not None},
        "tested_by_store": _conditions(plan.pushed_down),
        "tested_on_index": _conditions(plan.index_filter),
        "tested_on_event": _conditions(plan.residual_filter),
        "order": ("newest first" if plan.descending else "oldest first") if plan.ordered else "sorted",
    }


def _conditions(tested: Filter) -> JsonObject:
    parts = {"required": tested.required, "alternatives": tested.alternatives}
    return {
        name: [_condition(condition) for condition in conditions] for name, conditions in parts.items() if conditions
    }


def _condition(condition: Condition) -> Json:
    return {"key": ".".join(condition.path), "operator": condition.operator}
