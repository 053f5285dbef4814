"""Requests and answers to show; all our own values. tests/api/test_openapi.py sends the requests."""

from __future__ import annotations

import json
from collections.abc import Mapping

from apidoc.jsonschema import Schema
from event_api.json_types import Json, JsonObject
from localrun.screen import SAMPLE
from localrun.settings import ROOT

DOMAIN_ID = "domain-58010aa2e451"
PROJECT_ID = "project-18655561c535"
WEBHOOK_ID = "webhook-9f86d081884c7d659a2feaa0"
ACCESS_KEY = "q3vXbT0JmZr8yN5sK1wLh7dGf2cPa9Ue"
EVENT_ID = "event-2c26b46b68ffc68ff99b453c0000"
PAGE_TOKEN = "vGZ0b2tlbi1vZi1hLXBhZ2UtdGhhdC1lbmRlZA"  # noqa: S105 -- an example

_RESOURCE: JsonObject = {"resource_id": "server-0a1b2c3d4e5f", "resource_type": "inventory.Server", "name": "db-1"}
_BODY: JsonObject = {
    "event_key": "disk-db-1",
    "event_type": "ALERT",
    "title": "Disk is full",
    "description": "/var/lib/postgresql has 1% left",
    "severity": "CRITICAL",
    "rule": "disk-usage > 95%",
    "resource": _RESOURCE,
    "provider": "on-premises",
    "account": "shop",
    "additional_info": {"mount": "/var/lib/postgresql", "used_percent": 99},
    "occurred_at": "2026-03-02T09:15:04Z",
}
_RECOVERY: JsonObject = {"event_key": "disk-db-1", "event_type": "RECOVERY", "title": "Disk has room again"}

EVENT_INFO: JsonObject = {
    "event_id": EVENT_ID,
    **{name: value for name, value in _BODY.items() if name not in {"additional_info", "occurred_at"}},
    "raw_data": _BODY,
    "additional_info": {"mount": "/var/lib/postgresql", "used_percent": "99"},
    "alert_id": "alert-fcde2b2edba56bf408601fb70001",
    "webhook_id": WEBHOOK_ID,
    "project_id": PROJECT_ID,
    "domain_id": DOMAIN_ID,
    "created_at": "2026-03-02T09:15:05.218Z",
    "occurred_at": "2026-03-02T09:15:04.000Z",
}
_MINIMAL = {name: EVENT_INFO[name] for name in ("event_id", "event_key", "event_type", "title", "severity", "alert_id")}


def shown(**examples: tuple[str, Json]) -> Schema:
    """Return examples, each with its summary."""
    return {name: {"summary": summary, "value": value} for name, (summary, value) in examples.items()}


DELIVERIES = shown(
    alert=("An alert, by the Event's own fields", _BODY),
    recovery=("Its recovery: the same event_key", _RECOVERY),
    request=("The reference's CreateEventRequest: its data is taken", {"data": _BODY}),
    alertmanager=("Prometheus Alertmanager's webhook", json.loads((ROOT / SAMPLE).read_text(encoding="utf-8"))),
)
TEXT_DELIVERIES = shown(
    sns=(
        "SNS posts JSON as text",
        '{"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:eu-west-1:1:a", "Message": "…"}',
    ),
    text=("A body that is not JSON becomes an ERROR event with the reason", "the disk is full"),
)
TAKEN = shown(taken=("The delivery is stored", {}))
PERMITTED = shown(permitted=("The headers say what is allowed", {}))

EVENTS = shown(event=("An event with all its fields", EVENT_INFO))

SEARCHES = shown(
    everything=("All events, newest first", {}),
    named=("By fields", {"severity": ["CRITICAL", "ERROR"], "project_id": PROJECT_ID, "query": {"minimal": True}}),
    filter=(
        "By conditions, sorted, one page",
        {
            "query": {
                "filter": [
                    {"key": "created_at", "value": "now-1d", "operator": "timediff_gte"},
                    {"key": "severity", "value": ["CRITICAL", "ERROR"], "operator": "in"},
                    {"k": "resource.name", "v": "^db-", "o": "regex"},
                ],
                "filter_or": [
                    {"key": "additional_info.mount", "value": True, "operator": "exists"},
                    {"key": "provider", "value": "aws", "operator": "eq"},
                ],
                "keyword": "disk",
                "sort": {"key": "severity", "desc": True},
                "page": {"start": 1, "limit": 20},
                "only": ["event_id", "title", "resource.name"],
            }
        },
    ),
    unwind=(
        "One result for each element of an array",
        {"query": {"unwind": {"path": "raw_data.alerts"}, "only": ["event_id", "raw_data.alerts.status"]}},
    ),
    count=("How many match", {"query": {"filter": [{"k": "alert_id", "v": True, "o": "exists"}], "count_only": True}}),
    explain=("How it was read", {"event_type": "ERROR", "query": {"page": {"limit": 5}, "explain": True}}),
)
FOLLOWING = shown(
    next_page=(
        "The next page, without counting again",
        {"query": {"page": {"limit": 20, "token": PAGE_TOKEN}, "count": False}},
    )
)
"""An example cannot be sent unchanged: a page token belongs to a caller's own request."""

LISTED = shown(
    events=("The events, and how many match", {"results": [EVENT_INFO], "total_count": 1}),
    page=("A page that is not the last", {"results": [_MINIMAL], "total_count": 312, "next_token": PAGE_TOKEN}),
    count=("With count_only", {"results": [], "total_count": 312}),
    omitted=(
        "An event that is larger than an answer",
        {
            "results": [_MINIMAL],
            "omitted": [{"event_id": EVENT_ID, "field": "raw_data"}],
            "total_count": 1,
        },
    ),
    explain=(
        "With explain",
        {
            "results": [],
            "total_count": 0,
            "explain": {
                "plan": {
                    "reads": "domain",
                    "keys": [DOMAIN_ID],
                    "created_at": {"since": "2026-03-01T09:15:05.218Z"},
                    "tested_by_store": {"required": [{"key": "event_type", "operator": "in"}]},
                    "tested_on_index": {},
                    "tested_on_event": {},
                    "order": "newest first",
                },
                "consumed": {"capacity_units": 0.5, "requests": 1, "items_scanned": 0, "items_returned": 0},
            },
        },
    ),
)

STATISTICS = shown(
    severities=(
        "How many events of each severity",
        {
            "query": {
                "aggregate": [
                    {
                        "group": {
                            "keys": [{"key": "severity", "name": "severity"}],
                            "fields": [{"name": "count", "operator": "count"}],
                        }
                    },
                    {"sort": {"key": "count", "desc": True}},
                ]
            }
        },
    ),
    days=(
        "How many, and how many of them were critical, for each day of a week",
        {
            "query": {
                "filter": [{"key": "created_at", "value": "now/d-7d", "operator": "timediff_gte"}],
                "aggregate": [
                    {
                        "group": {
                            "keys": [{"key": "created_at", "name": "day", "date_format": "%Y-%m-%d"}],
                            "fields": [
                                {"name": "events", "operator": "count"},
                                {
                                    "name": "critical",
                                    "operator": "count",
                                    "conditions": [{"key": "severity", "value": "CRITICAL", "operator": "eq"}],
                                },
                            ],
                        }
                    },
                    {
                        "project": {
                            "fields": [
                                {"name": "events", "key": "events"},
                                {"name": "share", "operator": "divide", "fields": ["critical", "events"]},
                            ]
                        }
                    },
                    {"sort": {"key": "day"}},
                    {"limit": 7},
                ],
            }
        },
    ),
    pipeline=(
        "Every other stage",
        {
            "query": {
                "aggregate": [
                    {"match": {"filter": [{"key": "raw_data.alerts", "value": True, "operator": "exists"}]}},
                    {
                        "unwind": {
                            "path": "raw_data.alerts",
                            "filter": [{"key": "raw_data.alerts.status", "value": "firing", "operator": "eq"}],
                        }
                    },
                    {"skip": 0},
                    {"count": {"name": "firing"}},
                ]
            }
        },
    ),
    distinct=("A field's values", {"query": {"distinct": "resource.name", "page": {"limit": 100}}}),
)
COMPUTED = shown(
    rows=(
        "Rows",
        {"results": [{"severity": "CRITICAL", "count": 3}, {"severity": "INFO", "count": 1}]},
    ),
    values=("With distinct, and a page", {"results": ["db-1", "web-1"], "total_count": 2}),
)

PARAMETERS: Mapping[str, Schema] = {
    "webhook_id": shown(webhook=("A webhook", WEBHOOK_ID)),
    "access_key": shown(key=("Its key", ACCESS_KEY)),
    "event_id": shown(event=("An event", EVENT_ID)),
    "domain_id": shown(domain=("The token's own", DOMAIN_ID)),
    "only": shown(one=("One field", ["title"]), parts=("Fields and parts", ["event_id", "title", "resource.name"])),
    "WebHook-Request-Origin": shown(origin=("Azure Event Grid", "eventgrid.azure.net")),
    "Idempotency-Key": shown(key=("The sender's own id of a delivery", "backup-2026-03-02")),
    "query": shown(
        page=("The newest five", {"page": {"limit": 5}}),
        filter=("By a condition", {"filter": [{"key": "title", "value": "disk", "operator": "contain"}]}),
    ),
}
"""By the names of parameters; the others are `of_event`."""


def of_event(name: str) -> Schema:
    """Show a parameter by the value that the event of the examples has."""
    return shown(event=("As the event of the examples has it", [EVENT_INFO.get(name) or _RESOURCE[name]]))
