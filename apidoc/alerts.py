"""The routes of alerts: their requests, responses and examples, beyond template.yaml and the handlers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from apidoc import answers, examples
from apidoc.answers import reference
from apidoc.get_requests import GetAlertRequest
from apidoc.jsonschema import Schema
from apidoc.operations import (
    GATEWAY_ALWAYS,
    GATEWAY_BODY,
    GATEWAY_PATH,
    GATEWAY_TOKEN,
    JSON,
    PAGES,
    QUERYING,
    READING,
    STATISTICS,
    Operation,
)
from event_api.admin.alert_requests import (
    CreateAlertRequest,
    MergeAlertsRequest,
    ProjectDependencyRequest,
    ResponderRequest,
    SnoozeAlertRequest,
    UpdateAlertRequest,
)
from event_api.domain.alert import AlertState, Urgency
from event_api.domain.alert_info import ALERT
from event_api.domain.errors import (
    AlreadyProcessedError,
    EventApiError,
    InvalidParameterError,
    JsonFormatError,
    NotFoundError,
    PermissionDeniedError,
    RequiredParameterError,
    UnavailableError,
)
from event_api.json_types import JsonObject
from event_api.reads.alert_history import MAX_EVENTS
from event_api.reads.alert_requests import AlertQuery
from event_api.reads.statistics.requests import RecordStatQuery

_ALERT_ID = "alert-fcde2b2edba56bf408601fb70001"
_RESOURCE_ID = "server-0a1b2c3d4e5f"
_OTHER_ALERT_ID = "alert-0f3a8d1c7b5e42a9d6c4b1e70001"
_TOKEN_ID = "token-a1b2c3d4e5f60718293a4b5c"  # noqa: S105  # an id

_INFO: JsonObject = {
    "alert_id": _ALERT_ID,
    "title": "Disk is full",
    "state": "ACKNOWLEDGED",
    "status_message": "cleaning up old logs",
    "description": "/var/lib/postgresql has 1% left",
    "assignee": "kim@example.com",
    "urgency": "HIGH",
    "severity": "CRITICAL",
    "rule": "disk-usage > 95%",
    "resource": {"resource_id": _RESOURCE_ID, "resource_type": "inventory.Server", "name": "db-1"},
    "provider": "on-premises",
    "account": "shop",
    "additional_info": {"mount": "/var/lib/postgresql", "used_percent": "99"},
    "is_snoozed": False,
    "responders": [],
    "project_dependencies": [],
    "triggered_by": examples.WEBHOOK_ID,
    "webhook_id": examples.WEBHOOK_ID,
    "event_key": "disk-db-1",
    "merged_alerts": [],
    "acknowledged_by": _TOKEN_ID,
    "project_id": examples.PROJECT_ID,
    "domain_id": examples.DOMAIN_ID,
    "created_at": "2026-03-02T09:15:05.218Z",
    "updated_at": "2026-03-02T09:21:40.007Z",
    "acknowledged_at": "2026-03-02T09:20:11.930Z",
}

_TEXT: Schema = {"type": "string"}
_TIME: Schema = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$",
}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_FIELDS: Mapping[str, tuple[Schema, str]] = {
    "alert_number": ({"type": "integer"}, "Number within the domain, if the domain numbers its alerts."),
    "alert_id": (_TEXT, "Id of the alert."),
    "title": (_TEXT, "Summary in one line: that of the event that opened it, or a person's."),
    "state": (
        {"type": "string", "enum": [state.value for state in AlertState]},
        "`TRIGGERED`, `ACKNOWLEDGED`, `RESOLVED`; or `ERROR` for a delivery that could not be read.",
    ),
    "status_message": (_TEXT, "A person's note on how it stands."),
    "description": (_TEXT, "A person's description, or that of the event that opened it."),
    "assignee": (_TEXT, "Person or team that takes care of it."),
    "urgency": ({"type": "string", "enum": [urgency.value for urgency in Urgency]}, "`HIGH` or `LOW`."),
    "severity": (_TEXT, "Severity of the event that opened it; `NONE` if a person did."),
    "rule": (_TEXT, "The sender's rule, as in the event that opened it."),
    "resource": (reference("EventResource"), "The resource, as in the event that opened it."),
    "provider": (_TEXT, "Provider, as in the event that opened it."),
    "account": (_TEXT, "Account, as in the event that opened it."),
    "image_url": (_TEXT, "URL of a picture, as in the event that opened it."),
    "additional_info": ({"type": "object"}, "Other facts, as in the event that opened it."),
    "is_snoozed": ({"type": "boolean"}, "Whether it is snoozed now."),
    "snoozed_end_time": (_TIME, "When it wakes, or woke."),
    "escalation_step": ({"type": "integer"}, "Reserved for escalation policies."),
    "escalation_ttl": ({"type": "integer"}, "Reserved for escalation policies."),
    "responders": (
        {"type": "array", "items": reference("AlertResponder")},
        "Other people or teams that are concerned.",
    ),
    "project_dependencies": (_TEXTS, "Projects that depend on its project."),
    "triggered_by": (_TEXT, "The webhook that it came through, or the token of the person who opened it."),
    "webhook_id": (_TEXT, "Webhook of the event that opened it."),
    "event_key": (_TEXT, "The sender's key of its events."),
    "escalation_policy_id": (_TEXT, "Reserved for escalation policies."),
    "merged_to": (_TEXT, "The alert that it is merged to."),
    "merged_alerts": (_TEXTS, "The alerts that are merged to it; its events include theirs."),
    "acknowledged_by": (_TEXT, "Token of the person who acknowledged it; `notification` if a link did."),
    "resolved_by": (_TEXT, "Event or token that resolved it; `notification` if a link did."),
    "project_id": (_TEXT, "Its project."),
    "domain_id": (_TEXT, "Its domain."),
    "created_at": (_TIME, "When it was opened. Lists are sorted by it."),
    "updated_at": (_TIME, "When an event or a person last changed it."),
    "acknowledged_at": (_TIME, "When it was acknowledged."),
    "resolved_at": (_TIME, "When it was resolved."),
    "escalated_at": (_TIME, "Reserved for escalation policies."),
}


def _object(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    made: Schema = {"type": "object", "description": description, "properties": properties}
    return made | ({"required": list(required)} if required else {})


def _said(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def _list_schema() -> Schema:
    properties: Any = answers.SCHEMAS["EventsInfo"]["properties"]
    omitted = properties["omitted"]["items"]["properties"]
    return _object(
        "A page of alerts, or all that match.",
        {
            **properties,
            "results": {"type": "array", "items": reference("AlertInfo"), "description": "In the requested order."},
            "omitted": {
                **properties["omitted"],
                "description": "Fields that were left out because their alert alone is larger than an answer can be.",
                "items": _object(
                    "A field that was left out.",
                    {
                        "alert_id": _said(_TEXT, "Id of the alert."),
                        "field": {**omitted["field"], "enum": sorted(ALERT.large)},
                    },
                    ("alert_id", "field"),
                ),
            },
            "explain": {**reference("AlertExplain"), "description": "How the alerts were read, if asked for."},
        },
        ("results",),
    )


def _explain_schema() -> Schema:
    explain = answers.SCHEMAS["Explain"]["properties"]
    reads = {**explain["plan"]["properties"]["reads"], "enum": ["alert", "open", "domain", "nothing"]}
    plan = {**explain["plan"], "properties": {**explain["plan"]["properties"], "reads": reads}}
    return _object(
        "How the alerts were read, and the consumed capacity.",
        {"plan": plan, "consumed": explain["consumed"]},
        ("plan",),
    )


SCHEMAS: Mapping[str, Schema] = {
    "AlertInfo": _object(
        "An alert. A field without a value is absent, as is a field that `only` or `minimal` leaves out.",
        {name: _said(*_FIELDS[name]) for name in ALERT.fields},
    ),
    "AlertResponder": _object(
        "A person or team that is concerned by an alert.",
        {"resource_type": _said(_TEXT, "Type of the responder."), "resource_id": _said(_TEXT, "Id of the responder.")},
        ("resource_type", "resource_id"),
    ),
    "AlertsInfo": _list_schema(),
    "AlertExplain": _explain_schema(),
    "AlertStatInfo": _object(
        "The rows that the pipeline makes, or the values of `distinct`.",
        {
            **answers.SCHEMAS["StatInfo"]["properties"],
            "explain": {**reference("AlertExplain"), "description": "How the alerts were read, if asked for."},
        },
        ("results",),
    ),
    "AlertHistory": _object(
        "The course of an alert.",
        {
            "results": {
                "type": "array",
                "items": reference("AlertHistoryEntry"),
                "description": "Events and changes, oldest first.",
            },
            "total_count": {"type": "integer", "minimum": 0, "description": "Number of entries."},
            "is_complete": {
                "type": "boolean",
                "description": f"False if it has more than {MAX_EVENTS} events, of which only the newest are here.",
            },
        },
        ("results", "total_count", "is_complete"),
    ),
    "AlertHistoryEntry": _object(
        "One event of an alert, or one change that a person made.",
        {
            "at": _said(_TIME, "When it happened."),
            "action": _said(
                {
                    "type": "string",
                    "enum": [
                        "OPENED",
                        "EVENT",
                        "CREATED",
                        "UPDATED",
                        "ASSIGNED",
                        "NOTED",
                        "TRIGGERED",
                        "ACKNOWLEDGED",
                        "RESOLVED",
                        "SNOOZED",
                        "MERGED",
                        "MERGED_TO",
                        "RESPONDER_ADDED",
                        "RESPONDER_REMOVED",
                        "PROJECT_DEPENDENCY_ADDED",
                        "PROJECT_DEPENDENCY_REMOVED",
                    ],
                },
                "Kind of the entry: an event OPENED it, RESOLVED it, or joined it (EVENT); the others are people's.",
            ),
            "event_id": _said(_TEXT, "The event, if it was one."),
            "actor_id": _said(_TEXT, "The token, if a person did it; `notification` for the link of a notification."),
            "actor_name": _said(_TEXT, "Name of the token."),
            "details": _said({"type": "object"}, "New values, or facts of the event."),
        },
        ("at", "action"),
    ),
}
"""By the names that they have in the document."""


def _shown(**shown: tuple[str, Any]) -> Schema:
    return {name: {"summary": summary, "value": value} for name, (summary, value) in shown.items()}


_ALERTS = _shown(alert=("An acknowledged alert", _INFO))
_DONE = _shown(done=("It is done", {}))
_LISTED = _shown(
    alerts=("The alerts, and how many match", {"results": [_INFO], "total_count": 1}),
    count=("With count_only", {"results": [], "total_count": 12}),
)
_SEARCHES = _shown(
    open=("Open alerts, newest first", {"state": ["TRIGGERED", "ACKNOWLEDGED", "ERROR"]}),
    urgent=(
        "Urgent ones without an assignee",
        {
            "urgency": "HIGH",
            "query": {
                "filter": [{"key": "assignee", "value": False, "operator": "exists"}],
                "sort": {"key": "severity", "desc": True},
                "page": {"limit": 20},
            },
        },
    ),
)
_STATISTICS = _shown(
    states=(
        "How many alerts in each state",
        {
            "query": {
                "aggregate": [
                    {
                        "group": {
                            "keys": [{"key": "state", "name": "state"}],
                            "fields": [{"name": "count", "operator": "count"}],
                        }
                    }
                ]
            }
        },
    )
)
_COMPUTED = _shown(rows=("Rows", {"results": [{"state": "TRIGGERED", "count": 3}, {"state": "RESOLVED", "count": 40}]}))
_COURSE = _shown(
    course=(
        "Opened by an event, acknowledged by a person",
        {
            "results": [
                {
                    "at": "2026-03-02T09:15:05.218Z",
                    "action": "OPENED",
                    "event_id": examples.EVENT_ID,
                    "details": {"event_type": "ALERT", "title": "Disk is full", "severity": "CRITICAL"},
                },
                {
                    "at": "2026-03-02T09:20:11.930Z",
                    "action": "ACKNOWLEDGED",
                    "actor_id": _TOKEN_ID,
                    "actor_name": "on call",
                },
            ],
            "total_count": 2,
            "is_complete": True,
        },
    )
)

_CHANGING = (*READING, RequiredParameterError, JsonFormatError)


def _reads(operation_id: str, **options: Any) -> Operation:  # noqa: ANN401 -- the fields of Operation
    return Operation(
        operation_id=operation_id,
        tag="alerts",
        **{"gateway": (*GATEWAY_TOKEN, *GATEWAY_ALWAYS), "errors": QUERYING, "kind": ALERT, **options},
    )


def _changes(
    operation_id: str,
    model: type[BaseModel] | None,
    example: JsonObject | None,
    **options: Any,  # noqa: ANN401 -- the fields of Operation
) -> Operation:
    bodies: Mapping[str, Schema] = {}
    if model is not None:
        shown = _shown(request=("A request", example))
        bodies = {JSON: {"schema": reference(model.__name__), "examples": shown}}
    chosen: dict[str, Any] = {
        "answer": "AlertInfo",
        "examples": _ALERTS,
        "errors": (*_CHANGING, NotFoundError),
        "gateway": (*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_BODY, *GATEWAY_ALWAYS),
        "bodies": bodies,
        "body_required": model is not None,
        **options,
    }
    return Operation(operation_id=operation_id, tag="alerts", kind=ALERT, **chosen)


_ALERT = "/monitoring/v1/alert/{alert_id}"
_RESPONDER: JsonObject = {"resource_type": "identity.User", "resource_id": "kim@example.com"}

OPERATIONS: Mapping[str, Operation] = {
    "POST /monitoring/v1/alerts": _changes(
        "create_alert",
        CreateAlertRequest,
        {"title": "Customers report slow pages", "project_id": examples.PROJECT_ID, "urgency": "HIGH"},
        errors=_CHANGING,
    ),
    f"PUT {_ALERT}": _changes(
        "update_alert", UpdateAlertRequest, {"state": "ACKNOWLEDGED", "assignee": "kim@example.com"}
    ),
    f"POST {_ALERT}/snooze": _changes("snooze_alert", SnoozeAlertRequest, {"end_time": "2026-03-02T12:00:00Z"}),
    "POST /monitoring/v1/alerts/merge": _changes(
        "merge_alerts", MergeAlertsRequest, {"alerts": [_OTHER_ALERT_ID], "merge_to": _ALERT_ID}
    ),
    f"DELETE {_ALERT}": _changes(
        "delete_alert",
        None,
        None,
        answer="Done",
        examples=_DONE,
        errors=(*READING, NotFoundError),
        gateway=(*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_ALWAYS),
    ),
    f"POST {_ALERT}/responders": _changes("add_alert_responder", ResponderRequest, _RESPONDER),
    f"DELETE {_ALERT}/responders": _changes(
        "remove_alert_responder", ResponderRequest, _RESPONDER, body_required=False, parameters=ResponderRequest
    ),
    f"POST {_ALERT}/project-dependencies": _changes(
        "add_alert_project_dependency", ProjectDependencyRequest, {"project_id": "project-0c1d2e3f4a5b"}
    ),
    f"DELETE {_ALERT}/project-dependency/{{project_id}}": _changes(
        "remove_alert_project_dependency",
        None,
        None,
        gateway=(*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_ALWAYS),
    ),
    f"POST {_ALERT}/{{access_key}}/{{state}}": _changes(
        "update_alert_state",
        None,
        None,
        errors=(
            AlreadyProcessedError,
            InvalidParameterError,
            PermissionDeniedError,
            UnavailableError,
            EventApiError,
        ),
        gateway=(*GATEWAY_PATH, *GATEWAY_ALWAYS),
        security=None,
    ),
    f"GET {_ALERT}": _reads(
        "get_alert",
        parameters=GetAlertRequest,
        answer="AlertInfo",
        examples=_ALERTS,
        errors=(*READING, NotFoundError),
        gateway=(*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_ALWAYS),
    ),
    f"GET {_ALERT}/history": _reads(
        "get_alert_history",
        answer="AlertHistory",
        examples=_COURSE,
        errors=(*READING, NotFoundError),
        gateway=(*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_ALWAYS),
    ),
    "GET /monitoring/v1/alerts": _reads(
        "list_alerts",
        way="asked by parameters",
        description=PAGES,
        parameters=AlertQuery,
        answer="AlertsInfo",
        examples=_LISTED,
    ),
    "POST /monitoring/v1/alerts/search": _reads(
        "search_alerts",
        way="asked by an object",
        description=PAGES,
        bodies={JSON: {"schema": reference("AlertQuery"), "examples": _SEARCHES}},
        answer="AlertsInfo",
        examples=_LISTED,
        gateway=(*GATEWAY_TOKEN, *GATEWAY_BODY, *GATEWAY_ALWAYS),
    ),
    "POST /monitoring/v1/alerts/stat": _reads(
        "stat_alerts",
        description=STATISTICS,
        bodies={JSON: {"schema": reference("AlertStatQuery"), "examples": _STATISTICS}},
        body_required=True,
        answer="AlertStatInfo",
        examples=_COMPUTED,
        gateway=(*GATEWAY_TOKEN, *GATEWAY_BODY, *GATEWAY_ALWAYS),
    ),
}
"""By route keys."""

MODELS: tuple[type[BaseModel], ...] = (
    AlertQuery,
    RecordStatQuery,
    CreateAlertRequest,
    UpdateAlertRequest,
    SnoozeAlertRequest,
    MergeAlertsRequest,
    ResponderRequest,
    ProjectDependencyRequest,
)

PATH_PARAMETERS: Mapping[str, str] = {
    "alert_id": "The alert's id.",
    "access_key": "The alert's access key: a secret.",
    "state": "`ACKNOWLEDGED` or `RESOLVED`.",
    "project_id": "The project's id.",
}

_PARAMETERS: Mapping[str, Schema] = {
    "access_key": _shown(key=("Its key", examples.ACCESS_KEY)),
    "domain_id": examples.PARAMETERS["domain_id"],
    "alert_id": _shown(alert=("An alert", _ALERT_ID)),
    "state": _shown(state=("The new state", "ACKNOWLEDGED")),
    "project_id": _shown(project=("A project", "project-0c1d2e3f4a5b")),
    **{name: _shown(responder=("A responder", _RESPONDER[name])) for name in _RESPONDER},
    "is_snoozed": _shown(awake=("Alerts that are not snoozed", False)),
    "alert_number": _shown(number=("By its number", 12)),
    "escalation_policy_id": _shown(policy=("A policy", "policy-0c1d2e3f4a5b")),
}


def example_of(name: str) -> Schema | None:
    """Show a parameter by the value that the alert of the examples has; return None if it has none."""
    if name in _PARAMETERS:
        return _PARAMETERS[name]
    value = _RESOURCE_ID if name == "resource_id" else _INFO.get(name)
    return None if value is None else _shown(alert=("As the alert of the examples has it", [value]))
