"""What ``explain`` adds to an answer: how the rows were read, and what that consumed."""

from __future__ import annotations

from event_api.jsontypes import Json, JsonObject
from event_api.query.consumption import Consumption
from event_api.query.matcher import Condition, Filter
from event_api.query.planner import Plan


def explained(plan: Plan, consumption: Consumption) -> JsonObject:
    """Return ``{"plan": …, "consumed": …}`` of a request that has been answered.

    A reader of some projects is not told how much was read: it would tell what others have.
    """
    made: JsonObject = {"plan": {"reads": "nothing"} if plan.nothing else _read(plan)}
    if plan.scope.projects is None:
        made["consumed"] = {
            "capacity_units": consumption.capacity_units,
            "requests": consumption.requests,
            "items_scanned": consumption.items_scanned,
            "items_returned": consumption.items_returned,
        }
    return made


def _read(plan: Plan) -> JsonObject:
    created_at = {"since": plan.since, "until": plan.until}
    return {
        "reads": plan.index.value,
        "keys": list(plan.keys),
        "created_at": {name: bound for name, bound in created_at.items() if bound is not None},
        "tested_by_store": _conditions(plan.stored),
        "tested_on_index": _conditions(plan.first),
        "tested_on_event": _conditions(plan.then),
        "order": ("newest first" if plan.descending else "oldest first") if plan.ordered else "sorted",
    }


def _conditions(tested: Filter) -> JsonObject:
    parts = {"required": tested.required, "alternatives": tested.alternatives}
    return {
        name: [_condition(condition) for condition in conditions] for name, conditions in parts.items() if conditions
    }


def _condition(condition: Condition) -> Json:
    return {"key": ".".join(condition.path), "operator": condition.operator}
