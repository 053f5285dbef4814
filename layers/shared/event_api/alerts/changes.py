"""Decide which change a person's request makes of an alert as it is; pure, without any input or output.

Each function returns None if the alert already is as it should be, so that of two people who do the same at once one
makes the change. It raises a BadRequestError if the alert cannot be changed so. If the alert is changed between the
decision and the write, the decision is made again (`event_api.admin.alerts`).
"""

from __future__ import annotations

from collections.abc import Mapping

from event_api.domain.alert import AlertState
from event_api.domain.errors import AlreadyProcessedError, InvalidParameterError
from event_api.json_types import JsonObject
from event_api.store.alert_records import AlertRecord, Change, written
from event_api.store.attributes import Value

MAX_MERGED = 100
"""Alerts that one alert can stand for, in addition to itself: a list of its events reads those of each."""
MAX_RESPONDERS = 20
MAX_DEPENDENCIES = 20
MAX_REOPENED = 20
"""How often an alert can be opened again after a RECOVERY: it names all of them."""

_ACKNOWLEDGEMENT = frozenset({"acknowledged_at", "acknowledged_by"})
_RESOLUTION = frozenset({"resolved_at", "closed_at", "resolver", "resolved_by", "recovery_occurred_at", "superseded"})


def changed(
    record: AlertRecord,
    *,
    state: AlertState | None,
    texts: Mapping[str, str | None],
    actor_id: str,
    at: str,
    is_newest: bool,
) -> Change | None:
    """Return a change of state and of texts by the names of their attributes; None as a text removes it.

    ``is_newest``: no later alert of the same key has been opened.
    """
    _check_not_merged(record)
    sets: dict[str, Value] = {}
    removes: set[str] = set()
    for name, text in texts.items():
        if text is None and name in record.item:
            removes.add(name)
        elif text is not None and text != record.item.get(name):
            sets[name] = text
    details: JsonObject = {name: texts[name] for name in sorted({*sets, *removes})}
    moved = _moved(record, state, actor_id, at, is_newest=is_newest)
    if moved is None and not details:
        return None
    action = _action(details)
    if moved is not None:
        action, sets, removes = moved.action, {**sets, **moved.set}, removes | moved.remove
    stays_open = "open_at" in sets or ("open_at" in record.item and "open_at" not in removes)
    if isinstance(project_id := sets.get("project_id"), str) and stays_open:
        sets["open_at"] = record.open_place(project_id)
    return Change(action, sets, frozenset(removes), details)


def _action(details: JsonObject) -> str:
    names = details.keys()
    return "ASSIGNED" if names == {"assignee"} else "NOTED" if names == {"status_message"} else "UPDATED"


def _moved(record: AlertRecord, state: AlertState | None, actor_id: str, at: str, *, is_newest: bool) -> Change | None:
    """Return the change to another state, if it is one."""
    present = record.state
    if state is None or state is present:
        return None
    if present is AlertState.ERROR:
        raise InvalidParameterError("state", "an alert in ERROR cannot change its state")
    match state:
        case AlertState.ACKNOWLEDGED:
            if "acknowledged_at" in record.item:
                return None
            # Of one that was resolved meanwhile, the acknowledgement is kept, and it stays resolved.
            return Change("ACKNOWLEDGED", {"acknowledged_at": at, "acknowledged_by": actor_id})
        case AlertState.RESOLVED:
            sets: dict[str, Value] = {
                "state": AlertState.RESOLVED.value,
                "resolved_at": at,
                "closed_at": at,
                "resolver": actor_id,
            }
            return Change("RESOLVED", sets, frozenset({"open_at"}))
        case AlertState.TRIGGERED:
            return _opened_again(record, is_newest=is_newest)
        case _:
            raise InvalidParameterError("state", "a person sets TRIGGERED, ACKNOWLEDGED or RESOLVED")


def _opened_again(record: AlertRecord, *, is_newest: bool) -> Change:
    if record.state is not AlertState.RESOLVED:
        return Change("TRIGGERED", {}, _ACKNOWLEDGEMENT)
    if not is_newest:
        reason = "its events have opened a later alert, so it cannot be opened again"
        raise InvalidParameterError("state", reason)
    sets: dict[str, Value] = {"state": AlertState.TRIGGERED.value, "open_at": record.open_place()}
    recovery = record.stored.optional_text("resolved_by")
    if recovery is not None:
        former = [*record.stored.texts("former_recoveries"), recovery]
        if len(former) > MAX_REOPENED:
            raise InvalidParameterError("state", f"it was opened again {MAX_REOPENED} times already")
        sets["former_recoveries"] = former
    return Change("TRIGGERED", sets, _ACKNOWLEDGEMENT | _RESOLUTION)


def processed(record: AlertRecord, state: AlertState, actor_id: str, at: str) -> Change | None:
    """Return the change that the link of a notification makes: only of an alert that is TRIGGERED."""
    if at in {record.item.get("acknowledged_at"), record.item.get("closed_at")}:
        return None  # by this request: the answer to an attempt was lost
    if record.state is not AlertState.TRIGGERED or "merged_to" in record.item:
        raise AlreadyProcessedError(record.alert_id)
    return _moved(record, state, actor_id, at, is_newest=True)


def snoozed(record: AlertRecord, until: str) -> Change | None:
    """Return the change that snoozes an alert until a time, ISO 8601 with milliseconds."""
    _check_not_merged(record)
    if record.state is AlertState.RESOLVED:
        raise InvalidParameterError("alert_id", "the alert is resolved")
    if record.item.get("snoozed_until") == until:
        return None
    return Change("SNOOZED", {"snoozed_until": until}, details={"snoozed_end_time": until})


def deleted(record: AlertRecord, at: str) -> Change:
    """Return the change that deletes an alert; later events of its key open another one."""
    sets: dict[str, Value] = {"deleted_at": at}
    if record.state is not AlertState.RESOLVED:
        sets |= {"state": AlertState.RESOLVED.value, "resolved_at": at, "closed_at": at}
    return Change("DELETED", sets, frozenset({"open_at"}))


def merged(target: AlertRecord, sources: Mapping[str, AlertRecord]) -> list[tuple[AlertRecord, Change]]:
    """Return the changes that merge alerts to a target; those that are merged to it already are left out."""
    if "merged_to" in target.item:
        raise InvalidParameterError("merge_to", f"it is merged to {target.stored.text('merged_to')}")
    if target.state is AlertState.RESOLVED:
        raise InvalidParameterError("merge_to", "it is resolved")
    new = {key: one for key, one in sources.items() if one.stored.optional_text("merged_to") != target.alert_id}
    for alert_id, source in new.items():
        if alert_id == target.alert_id:
            raise InvalidParameterError("alerts", "an alert cannot be merged to itself")
        if "merged_to" in source.item:
            raise InvalidParameterError("alerts", f"{alert_id} is merged to {source.stored.text('merged_to')}")
    if not new:
        return []
    present = target.stored.texts("merged_alerts")
    under = [one for source in new.values() for one in source.stored.texts("merged_alerts")]
    all_of_them = list(dict.fromkeys([*present, *new, *under]))
    if len(all_of_them) > MAX_MERGED:
        raise InvalidParameterError("alerts", f"at most {MAX_MERGED} alerts can be merged to one")
    changes = [(target, Change("MERGED", {"merged_alerts": all_of_them}, details={"alerts": [*new]}))]
    for source in new.values():
        details: JsonObject = {"merged_to": target.alert_id}
        changes.append((source, Change("MERGED_TO", {"merged_to": target.alert_id}, frozenset({"open_at"}), details)))
    return changes


def with_responder(record: AlertRecord, responder: JsonObject, *, present: bool) -> Change | None:
    """Return the change that adds a responder, or with ``present`` False removes one."""
    _check_not_merged(record)
    (text,) = written([responder])
    found = record.stored.texts("responders")
    if (text in found) is present:
        return None
    listed = [*found, text] if present else [one for one in found if one != text]
    if len(listed) > MAX_RESPONDERS:
        raise InvalidParameterError("resource_id", f"an alert has at most {MAX_RESPONDERS} responders")
    return _listed("responders", listed, "RESPONDER_ADDED" if present else "RESPONDER_REMOVED", responder)


def with_dependency(record: AlertRecord, project_id: str, *, present: bool) -> Change | None:
    """Return the change that adds a project that depends on the alert's, or with ``present`` False removes one."""
    _check_not_merged(record)
    found = record.stored.texts("project_dependencies")
    if (project_id in found) is present:
        return None
    listed = [*found, project_id] if present else [one for one in found if one != project_id]
    if len(listed) > MAX_DEPENDENCIES:
        raise InvalidParameterError("project_id", f"an alert has at most {MAX_DEPENDENCIES} project dependencies")
    action = "PROJECT_DEPENDENCY_ADDED" if present else "PROJECT_DEPENDENCY_REMOVED"
    return _listed("project_dependencies", listed, action, {"project_id": project_id})


def _listed(name: str, listed: list[str], action: str, details: JsonObject) -> Change:
    if listed:
        return Change(action, {name: listed}, details=details)
    return Change(action, {}, frozenset({name}), details)


def _check_not_merged(record: AlertRecord) -> None:
    if "merged_to" in record.item:
        target = record.stored.text("merged_to")
        raise InvalidParameterError("alert_id", f"the alert is merged to {target}: change that one")
