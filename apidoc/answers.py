"""What is answered where all is well, and what is taken by create, as JSON schemas: the code has no models of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apidoc.jsonschema import REFERENCE, Schema
from event_api.fields import DETAIL_FIELDS, EVENT_FIELDS, RAW_FIELDS, TIME_FIELDS
from event_api.model import EventType, Severity
from event_api.query.planner import Index

DELIVERY_ID_HEADER = {
    "description": "The stored delivery. The same delivery, sent again, has the same id.",
    "required": True,
    "schema": {"type": "string", "pattern": "^delivery-[0-9a-f]{24}$"},
}


def reference(name: str) -> Schema:
    """Return a reference to one of the document's schemas."""
    return {"$ref": REFERENCE.format(model=name)}


def _words(kind: type[EventType | Severity]) -> str:
    return ", ".join(f"`{word}`" for word in kind)


_FIELDS: Mapping[str, str] = {
    "event_id": "Ours, unless it was imported.",
    "event_key": "The sender's key, the same for an ALERT and its RECOVERY.",
    "event_type": f"{_words(EventType)} (a delivery that could not be read). Imported events may have others.",
    "title": "One line.",
    "description": "What happened, in the sender's words; of an ERROR, why it could not be read.",
    "severity": f"{_words(Severity)}. Imported events may have others.",
    "rule": "The sender's rule.",
    "resource": "What the event is about.",
    "provider": "Where that is: a cloud, a tool.",
    "account": "Whose that is, at the provider.",
    "image_url": "A picture, such as a graph.",
    "raw_data": 'The sender\'s whole body; `{"body": …}` around what is no JSON object.',
    "additional_info": "What else the sender said; values are strings, but for imported events.",
    "alert_id": "The alert that the event belongs to; a RECOVERY of nothing has none.",
    "webhook_id": "The webhook that took it.",
    "project_id": "The webhook's project.",
    "domain_id": "The webhook's domain.",
    "created_at": "When the delivery was stored: the time axis of all lists.",
    "occurred_at": "The sender's own time.",
}
_OBJECTS = frozenset({"raw_data", "additional_info"})
_TIME = {"type": "string", "format": "date-time", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$"}


def _field(name: str) -> Schema:
    if name == "resource":
        return {**reference("EventResource"), "description": _FIELDS[name]}
    kind = {"type": "object"} if name in _OBJECTS else _TIME if name in TIME_FIELDS else {"type": "string"}
    return {**kind, "description": _FIELDS[name]}


def _object(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    made: Schema = {"type": "object", "description": description, "properties": properties}
    return made | ({"required": list(required)} if required else {})


def _said(description: str, **schema: Any) -> Schema:  # noqa: ANN401 -- any schema
    return {**schema, "description": description}


_COUNT: Schema = {"type": "integer", "minimum": 0}
_NEXT_TOKEN = _said(
    "Where there are more results: the `page.token` of the next page. Send the same request with it.",
    type="string",
    minLength=1,
)
_EXPLAIN = {**reference("Explain"), "description": "Where it was asked for: how the events were read."}
_CONDITIONS: Schema = {
    "type": "object",
    "properties": {
        name: {
            "type": "array",
            "items": _object(
                "A condition, without its value.",
                {"key": {"type": "string"}, "operator": {"type": "string"}},
                ("key", "operator"),
            ),
        }
        for name in ("required", "alternatives")
    },
}
_TIMES = {"type": "string", "format": "date-time"}

_GIVEN = {"event_id", "raw_data", "alert_id", "webhook_id", "project_id", "domain_id", "created_at"}
"""By the service; a sender's own event has the others."""
_DIRECT_FIELDS = tuple(name for name in EVENT_FIELDS if name not in _GIVEN)

SCHEMAS: Mapping[str, Schema] = {
    "EventInfo": _object(
        "An event. A field without a value is absent; so is what `only` and `minimal` leave out.",
        {name: _field(name) for name in EVENT_FIELDS},
    ),
    "EventResource": _object(
        "What an event is about; every part may be unknown.",
        {
            "resource_id": _said("Its id, as the sender has it.", type="string"),
            "resource_type": _said("What it is.", type="string"),
            "name": _said("Its name.", type="string"),
        },
    ),
    "EventsInfo": _object(
        "A page of events, or all that match.",
        {
            "results": _said("In the order that was asked for.", type="array", items=reference("EventInfo")),
            "total_count": _said("How many match in all; absent with `count: false`.", **_COUNT),
            "next_token": _NEXT_TOKEN,
            "omitted": _said(
                "Fields that were left out because their event alone is larger than an answer can be.",
                type="array",
                items=_object(
                    "A field that was left out.",
                    {
                        "event_id": _said("Of which event.", type="string"),
                        "field": _said("Which field.", type="string", enum=sorted(RAW_FIELDS | DETAIL_FIELDS)),
                    },
                    ("event_id", "field"),
                ),
            ),
            "explain": _EXPLAIN,
        },
        ("results",),
    ),
    "StatInfo": _object(
        "The rows that the pipeline makes, or the values of `distinct`.",
        {
            "results": _said("Objects; with `distinct`, any values.", type="array", items={}),
            "total_count": _said("How many results there are in all; present where a `page` was asked for.", **_COUNT),
            "next_token": _NEXT_TOKEN,
            "explain": _EXPLAIN,
        },
        ("results",),
    ),
    "Explain": _object(
        "How an answer was read, and what that consumed.",
        {
            "plan": _object(
                "How the events were found; of `nothing`, there is no more to say.",
                {
                    "reads": _said(
                        "By what they were read.", type="string", enum=[*(index.value for index in Index), "nothing"]
                    ),
                    "keys": _said("The ids that were read.", type="array", items={"type": "string"}),
                    "created_at": _object("The range of time that was read.", {"since": _TIMES, "until": _TIMES}),
                    "tested_by_store": _said("Conditions that DynamoDB tested.", **_CONDITIONS),
                    "tested_on_index": _said("Conditions that were tested on an index.", **_CONDITIONS),
                    "tested_on_event": _said("Conditions that needed the event itself.", **_CONDITIONS),
                    "order": _said(
                        "The order in which they were read; `sorted`: afterwards.",
                        type="string",
                        enum=["newest first", "oldest first", "sorted"],
                    ),
                },
                ("reads",),
            ),
            "consumed": _object(
                "Of the database; absent for a token that is limited to some projects.",
                {
                    "capacity_units": {"type": "number", "minimum": 0},
                    "requests": _COUNT,
                    "items_scanned": _COUNT,
                    "items_returned": _COUNT,
                },
                ("capacity_units", "requests", "items_scanned", "items_returned"),
            ),
        },
        ("plan",),
    ),
    "Delivery": {
        "description": "Any JSON at all.",
        "anyOf": [
            reference("DirectEvent"),
            reference("CreateEventRequest"),
            {"description": "Alertmanager's, CloudWatch's, SNS's or any other sender's own."},
        ],
    },
    "DirectEvent": _object(
        "The Event's own fields, as scripts post them. What is no string becomes one.",
        {
            name: {**reference("EventResource"), "description": _FIELDS[name]}
            if name == "resource"
            else _said(_FIELDS[name], type="object" if name == "additional_info" else "string")
            for name in _DIRECT_FIELDS
        },
        ("event_key", "event_type", "title"),
    ),
    "CreateEventRequest": {
        **_object(
            "The reference's own request: `data` is taken, and is the `raw_data`.",
            {
                "webhook_id": _said("The path's; it is not looked at.", type="string"),
                "access_key": _said("The webhook's; it is not looked at, nor kept.", type="string"),
                "data": _said("What the sender says, in any format.", type="object"),
            },
            ("data",),
        ),
        "additionalProperties": False,
    },
    "Permitted": {"type": "object", "description": "Nothing: the headers say it.", "maxProperties": 0},
    "Taken": {"type": "object", "description": "Nothing: the delivery is stored.", "maxProperties": 0},
}
"""By the names that they have in the document."""
