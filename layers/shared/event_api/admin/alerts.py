"""Changes of alerts that come with a request."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from event_api.admin.alert_changes import Stores, alert_info, changed_alert, found_alert, write_changes
from event_api.admin.alert_requests import (
    CreateAlertRequest,
    MergeAlertsRequest,
    ProjectDependencyRequest,
    ResponderRequest,
    SnoozeAlertRequest,
    UpdateAlertRequest,
)
from event_api.admin.domain_request import read_request
from event_api.alerts import changes
from event_api.domain import ids, times
from event_api.domain.access import Scope
from event_api.domain.alert import AlertState
from event_api.domain.errors import InvalidParameterError, PermissionDeniedError
from event_api.domain.event import Severity
from event_api.json_types import JsonObject
from event_api.store.alert_records import AlertRecord, Change, HistoryEntry
from event_api.store.attributes import Value
from event_api.store.table import ConditionFailedError


def create_alert(stores: Stores, request: JsonObject, now: datetime) -> JsonObject:
    """Open an alert without an event, and return its AlertInfo."""
    asked = read_request(CreateAlertRequest, request, stores.scope)
    _check_project(asked.project_id, stores.scope)
    at = times.to_iso(now)
    domain_id, actor = stores.scope.domain_id, stores.journal.actor
    event_key = ids.new_id("manual")
    key = ids.alert_key(domain_id, asked.project_id, event_key)
    alert_id = ids.alert_id(key, 1)
    item: dict[str, Value | None] = {
        "alert_key": key,
        "generation": 1,
        "domain_id": domain_id,
        "project_id": asked.project_id,
        "event_key": event_key,
        "state": AlertState.TRIGGERED.value,
        "urgency": asked.urgency.value,
        "title": asked.title,
        "severity": Severity.NONE.value,
        "opened_at": at,
        "last_event_at": at,
        "alert_number": stores.alerts.next_number(domain_id),
        "description": asked.description or None,
        "assignee": asked.assignee,
        "triggered_by": actor.actor_id,
    }
    details: JsonObject = {"title": asked.title, "urgency": asked.urgency.value, "project_id": asked.project_id}
    projects = frozenset({asked.project_id})
    record = stores.journal.entry("alert.create", alert_id, domain_id, projects, details)
    # The key is new, so if it exists, an attempt whose answer was lost has made it.
    with suppress(ConditionFailedError):
        stores.alerts.create(item, HistoryEntry(at, "CREATED", actor, details), record)
    return alert_info(stores, alert_id, now)


def update_alert(stores: Stores, alert_id: str, request: JsonObject, now: datetime) -> JsonObject:
    """Change the fields and the state of an alert, and return its AlertInfo."""
    asked = read_request(UpdateAlertRequest, request, stores.scope)
    if asked.project_id is not None:
        _check_project(asked.project_id, stores.scope)
    if asked.state is AlertState.ERROR:
        raise InvalidParameterError("state", "a person sets TRIGGERED, ACKNOWLEDGED or RESOLVED")
    opens = asked.state is AlertState.TRIGGERED

    def decide(record: AlertRecord) -> Change | None:
        is_newest = not opens or record.key["generation"] == stores.alerts.newest_generation(record)
        return changes.changed(
            record,
            state=asked.state,
            texts=asked.texts(),
            actor_id=stores.journal.actor.actor_id,
            at=times.to_iso(now),
            is_newest=is_newest,
        )

    return changed_alert(stores, "alert.update", alert_id, decide, now)


def snooze_alert(stores: Stores, alert_id: str, request: JsonObject, now: datetime) -> JsonObject:
    """Snooze an alert until a time, and return its AlertInfo."""
    asked = read_request(SnoozeAlertRequest, request, stores.scope)
    if asked.end_time <= times.to_iso(now):
        raise InvalidParameterError("end_time", "it is over")
    return changed_alert(stores, "alert.snooze", alert_id, lambda record: changes.snoozed(record, asked.end_time), now)


def merge_alerts(stores: Stores, request: JsonObject, now: datetime) -> JsonObject:
    """Merge alerts to another one, all or none, and return that one's AlertInfo."""
    asked = read_request(MergeAlertsRequest, request, stores.scope)

    def decide() -> Sequence[tuple[AlertRecord, Change]]:
        target = found_alert(stores, asked.merge_to, now, "merge_to")
        sources = {one: found_alert(stores, one, now, "alerts") for one in dict.fromkeys(asked.alerts)}
        return changes.merged(target, sources)

    write_changes(stores, "alert.merge", asked.merge_to, decide, now)
    return alert_info(stores, asked.merge_to, now)


def change_responder(stores: Stores, alert_id: str, request: JsonObject, now: datetime, *, present: bool) -> JsonObject:
    """Add a responder, or with ``present`` False remove one, and return the AlertInfo."""
    asked = read_request(ResponderRequest, request, stores.scope)
    responder: JsonObject = {"resource_type": asked.resource_type, "resource_id": asked.resource_id}
    action = "alert.add_responder" if present else "alert.remove_responder"
    return changed_alert(
        stores, action, alert_id, lambda record: changes.with_responder(record, responder, present=present), now
    )


def change_project_dependency(
    stores: Stores, alert_id: str, request: JsonObject, now: datetime, *, present: bool
) -> JsonObject:
    """Add a project that depends on the alert's, or with ``present`` False remove one, and return the AlertInfo."""
    asked = read_request(ProjectDependencyRequest, request, stores.scope)
    action = "alert.add_project_dependency" if present else "alert.remove_project_dependency"
    return changed_alert(
        stores, action, alert_id, lambda record: changes.with_dependency(record, asked.project_id, present=present), now
    )


def _check_project(project_id: str, scope: Scope) -> None:
    if not scope.allows_project(project_id):
        raise PermissionDeniedError("the token is limited to other projects")
