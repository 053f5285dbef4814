"""Schemas of successful responses and of create's request, for which the code has no models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apidoc.docstrings import field_docstrings, text
from apidoc.jsonschema import REFERENCE, Schema
from event_api.domain.fields import EVENT
from event_api.query.planner import Index
from event_api.reads.event_info import EventInfo, EventResource

DELIVERY_ID_HEADER = {
    "description": "The stored delivery; the same one, sent again, has the same id. A validation event is not stored.",
    "schema": {"type": "string", "pattern": "^delivery-[0-9a-f]{24}$"},
}


def reference(name: str) -> Schema:
    """Return a reference to one of the document's schemas."""
    return {"$ref": REFERENCE.format(model=name)}


_FIELDS = field_docstrings(EventInfo)
_RESOURCE_FIELDS = field_docstrings(EventResource)
_OBJECTS = frozenset({"raw_data", "additional_info"})
TIME = {"type": "string", "format": "date-time", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$"}


def _field(name: str) -> Schema:
    if name == "resource":
        return {**reference("EventResource"), "description": _FIELDS[name]}
    kind = {"type": "object"} if name in _OBJECTS else TIME if name in EVENT.times else {"type": "string"}
    return {**kind, "description": _FIELDS[name]}


def as_object(description: str, properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of an object."""
    made: Schema = {"type": "object", "description": description, "properties": properties}
    return made | ({"required": list(required)} if required else {})


def said(description: str, **schema: Any) -> Schema:  # noqa: ANN401 -- any schema
    """Return a schema with a description."""
    return {**schema, "description": description}


_COUNT: Schema = {"type": "integer", "minimum": 0}
_UNITS: Schema = {"type": "number", "minimum": 0}
NEXT_TOKEN = said(
    "The `page.token` of the next page, if there are more results. Send the same request with it.",
    type="string",
    minLength=1,
)
_EXPLAIN = {**reference("Explain"), "description": "How the events were read, if the request asked for it."}
_CONDITIONS: Schema = {
    "type": "object",
    "properties": {
        name: {
            "type": "array",
            "items": as_object(
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
_DIRECT_FIELDS = tuple(name for name in EVENT.fields if name not in _GIVEN)

SCHEMAS: Mapping[str, Schema] = {
    "EventInfo": as_object(text(EventInfo.__doc__ or ""), {name: _field(name) for name in EventInfo.model_fields}),
    "EventResource": as_object(
        text(EventResource.__doc__ or ""),
        {name: said(description, type="string") for name, description in _RESOURCE_FIELDS.items()},
    ),
    "EventsInfo": as_object(
        "A page of events, or all that match.",
        {
            "results": said("In the requested order.", type="array", items=reference("EventInfo")),
            "total_count": said("Total number of matches; absent with `count: false`.", **_COUNT),
            "next_token": NEXT_TOKEN,
            "omitted": said(
                "Fields that were left out because their event alone is larger than an answer can be.",
                type="array",
                items=as_object(
                    "A field that was left out.",
                    {
                        "event_id": said("Id of the event.", type="string"),
                        "field": said("Name of the field.", type="string", enum=sorted(EVENT.large)),
                    },
                    ("event_id", "field"),
                ),
            ),
            "explain": _EXPLAIN,
        },
        ("results",),
    ),
    "StatInfo": as_object(
        "The rows that the pipeline makes, or the values of `distinct`.",
        {
            "results": said("Objects; with `distinct`, any values.", type="array", items={}),
            "total_count": said("Total number of results; present if the request has a `page`.", **_COUNT),
            "next_token": NEXT_TOKEN,
            "explain": _EXPLAIN,
        },
        ("results",),
    ),
    "Explain": as_object(
        "How the events were read, and the consumed capacity.",
        {
            "plan": as_object(
                "How the events were found; `nothing` has no further members.",
                {
                    "reads": said(
                        "Index or key by which they were read.",
                        type="string",
                        enum=[*(index.value for index in Index if index is not Index.OPEN), "nothing"],
                    ),
                    "keys": said("The ids that were read.", type="array", items={"type": "string"}),
                    "created_at": as_object("The range of time that was read.", {"since": _TIMES, "until": _TIMES}),
                    "tested_by_store": said("Conditions that DynamoDB tested.", **_CONDITIONS),
                    "tested_on_index": said("Conditions that were tested on an index.", **_CONDITIONS),
                    "tested_on_event": said("Conditions that needed the event itself.", **_CONDITIONS),
                    "order": said(
                        "The order in which they were read; `sorted`: afterwards.",
                        type="string",
                        enum=["newest first", "oldest first", "sorted"],
                    ),
                },
                ("reads",),
            ),
            "consumed": as_object(
                "Of the database; absent for a token that is limited to some projects.",
                {
                    "capacity_units": _UNITS,
                    "requests": _COUNT,
                    "items_scanned": _COUNT,
                    "items_returned": _COUNT,
                },
                ("capacity_units", "requests", "items_scanned", "items_returned"),
            ),
            "summaries": as_object(
                "Which part of a count came from summaries of closed hours; absent without any, and as above.",
                {
                    "days": _COUNT,
                    "hours": _COUNT,
                    "capacity_units": said("Of all that was read for summaries.", **_UNITS),
                    "ranges": {
                        "type": "array",
                        "description": "Ranges of created_at that summaries answered; at most 50.",
                        "items": as_object(
                            "A range, both ends included, and the part of the capacity units that its summaries took.",
                            {"since": {"type": "string"}, "until": {"type": "string"}, "capacity_units": _UNITS},
                            ("since", "until", "capacity_units"),
                        ),
                    },
                    "unused": as_object(
                        "Summaries that were read in vain.",
                        {"buckets": _COUNT, "capacity_units": _UNITS},
                        ("buckets", "capacity_units"),
                    ),
                    "index": {
                        "type": "array",
                        "description": "Ranges of created_at that were read from the index; at most 50.",
                        "items": as_object(
                            "A range, and why no summary answered it.",
                            {
                                "created_at": as_object(
                                    "Both ends included.",
                                    {"since": {"type": "string"}, "until": {"type": "string"}},
                                    (),
                                ),
                                "why": {"type": "string"},
                                "capacity_units": _UNITS,
                            },
                            ("created_at", "why", "capacity_units"),
                        ),
                    },
                    "index_beyond": as_object(
                        "The ranges beyond those 50 that were read from the index; absent without any.",
                        {"ranges": _COUNT, "capacity_units": _UNITS},
                        ("ranges", "capacity_units"),
                    ),
                },
                ("days", "hours", "capacity_units", "ranges", "unused", "index"),
            ),
        },
        ("plan",),
    ),
    "Delivery": {
        "description": "Any JSON.",
        "anyOf": [
            reference("DirectEvent"),
            reference("CreateEventRequest"),
            {"description": "Alertmanager's, CloudWatch's, SNS's or any other sender's own."},
        ],
    },
    "DirectEvent": as_object(
        "The Event's own fields, as scripts post them. A value that is not a string becomes one.",
        {
            name: {**reference("EventResource"), "description": _FIELDS[name]}
            if name == "resource"
            else said(_FIELDS[name], type="object" if name == "additional_info" else "string")
            for name in _DIRECT_FIELDS
        },
        ("event_key", "event_type", "title"),
    ),
    "CreateEventRequest": {
        **as_object(
            "The reference's own request: `data` is taken, and is the `raw_data`.",
            {
                "webhook_id": said("The path's; it is not looked at.", type="string"),
                "access_key": said("The webhook's; it is not looked at, nor kept.", type="string"),
                "data": said("The sender's payload, in any format.", type="object"),
            },
            ("data",),
        ),
        "additionalProperties": False,
    },
    "Permitted": {"type": "object", "description": "Nothing: the headers say it.", "maxProperties": 0},
    "Taken": {
        "type": "object",
        "description": "Empty, as the delivery is stored; or the response to a validation event of Azure Event Grid.",
        "properties": {"validationResponse": {"type": "string", "description": "The code of the validation event."}},
        "additionalProperties": False,
    },
}
"""By the names that they have in the document."""
