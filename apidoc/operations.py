"""The requests and responses of each route, beyond template.yaml and the handlers: one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from apidoc import examples
from apidoc.answers import DELIVERY_ID_HEADER, reference
from apidoc.get_requests import GetEventRequest
from apidoc.jsonschema import Schema
from event_api.domain.errors import (
    AuthenticateFailureError,
    DbQueryError,
    EventApiError,
    InvalidParameterError,
    InvalidParameterTypeError,
    JsonFormatError,
    NotFoundError,
    OperatorBooleanTypeError,
    OperatorDictValueTypeError,
    OperatorListValueTypeError,
    OperatorValueTypeError,
    PayloadTooLargeError,
    PermissionDeniedError,
    RequiredParameterError,
    UnavailableError,
    WebhookDisabledError,
)
from event_api.domain.fields import EVENT, Kind
from event_api.reads.search_requests import EventQuery
from event_api.reads.statistics.requests import RecordStatQuery

_WRITING = (
    WebhookDisabledError,
    AuthenticateFailureError,
    PermissionDeniedError,
    PayloadTooLargeError,
    UnavailableError,
    EventApiError,
)
READING = (
    InvalidParameterError,
    InvalidParameterTypeError,
    AuthenticateFailureError,
    PermissionDeniedError,
    UnavailableError,
    EventApiError,
)
QUERYING = (
    *READING,
    RequiredParameterError,
    OperatorValueTypeError,
    OperatorListValueTypeError,
    OperatorBooleanTypeError,
    OperatorDictValueTypeError,
    DbQueryError,
    JsonFormatError,
)

GATEWAY_ALWAYS = (429, 431, 500, 503)
GATEWAY_TOKEN = (401, 403)
GATEWAY_PATH = (404,)
GATEWAY_BODY = (413,)


@dataclass(frozen=True, slots=True)
class Operation:
    """One route.

    ``way`` distinguishes it from another route of the same function. ``summary`` replaces that of the handler.
    ``parameters`` is the model of its query parameters, ``kind`` what it reads, ``bodies`` are the media types of its
    body. ``answer`` is the schema of a successful response, with ``examples``. ``errors`` are what our code can refuse
    by, ``gateway`` the statuses that API Gateway has of its own.
    """

    operation_id: str
    tag: str
    answer: str
    examples: Schema
    errors: tuple[type[EventApiError], ...]
    gateway: tuple[int, ...]
    security: str | None = "token"
    way: str = ""
    summary: str = ""
    description: str = ""
    parameters: type[BaseModel] | None = None
    kind: Kind = EVENT
    bodies: Mapping[str, Schema] = field(default_factory=dict)
    body_required: bool = False
    header_parameters: tuple[Schema, ...] = ()
    headers: Mapping[str, Schema] = field(default_factory=dict)


_DELIVERY = """\
The body is the sender's own payload: its format is the webhook's own, or is detected. It may have any content type: \
JSON is recognized by its content, a form by its content type. A body that cannot be read becomes an ERROR \
event that says why, and is answered the same.

A delivery that comes again under the same id is answered the same and makes no second event. The id is the sender's \
own: SNS's `MessageId`, or the headers `webhook-id`, `X-GitHub-Delivery`, `ce-source` and `ce-id`, `Idempotency-Key`.

A webhook may require that its sender signs its requests; a request without a valid signature gets a 401."""

JSON = "application/json"
_BODIES: Mapping[str, Schema] = {
    JSON: {"schema": reference("Delivery"), "examples": examples.DELIVERIES},
    "text/plain": {"schema": {"type": "string"}, "examples": examples.TEXT_DELIVERIES},
    "*/*": {},
}
PAGES = """\
An answer that is not the end has a `next_token`; the same request with it as `query.page.token` gives the next page, \
at the same cost however deep it is."""
STATISTICS = """\
Either `aggregate`, stages that are applied in order, or `distinct`. `page` slices the results; each page \
computes them again."""

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The sender's own id of this delivery, where its body and its other headers have none.",
    "schema": {"type": "string"},
    "examples": examples.PARAMETERS["Idempotency-Key"],
}


def _create(operation_id: str, way: str, security: str | None) -> Operation:
    return Operation(
        operation_id=operation_id,
        tag="create",
        way=way,
        description=_DELIVERY,
        bodies=_BODIES,
        answer="Taken",
        examples=examples.TAKEN,
        header_parameters=(_IDEMPOTENCY_KEY,),
        headers={"x-delivery-id": DELIVERY_ID_HEADER},
        errors=_WRITING,
        gateway=(*GATEWAY_PATH, *GATEWAY_BODY, *GATEWAY_ALWAYS),
        security=security,
    )


_PERMISSION = """\
The abuse protection of CloudEvents' web hooks, as Azure Event Grid asks for it before it delivers. A request without \
`WebHook-Request-Origin` only learns what methods there are."""


def _header(description: str, *, required: bool = False) -> Schema:
    return {"description": description, "required": required, "schema": {"type": "string"}}


def _permit(operation_id: str, way: str, security: str | None) -> Operation:
    return Operation(
        operation_id=operation_id,
        tag="create",
        way=way,
        summary="Ask whether a sender of CloudEvents may deliver",
        description=_PERMISSION,
        answer="Permitted",
        examples=examples.PERMITTED,
        header_parameters=(
            {
                "name": "WebHook-Request-Origin",
                "in": "header",
                "description": "DNS name of the sender that asks to deliver.",
                "schema": {"type": "string"},
                "examples": examples.PARAMETERS["WebHook-Request-Origin"],
            },
        ),
        headers={
            "allow": _header("The methods of this path.", required=True),
            "webhook-allowed-origin": _header("DNS name of the sender that may deliver: the one that asked."),
            "webhook-allowed-rate": _header("Deliveries a minute; `*` is any number."),
        },
        errors=(WebhookDisabledError, PermissionDeniedError, UnavailableError, EventApiError),
        gateway=(*GATEWAY_PATH, *GATEWAY_BODY, *GATEWAY_ALWAYS),
        security=security,
    )


GZIP_HEADERS: Mapping[str, Schema] = {
    name: {
        "description": "Present if the response has more than 6 MB, and the request has `Accept-Encoding: gzip`.",
        "schema": {"type": "string", "const": value},
    }
    for name, value in (("content-encoding", "gzip"), ("vary", "accept-encoding"))
}

OPERATIONS: Mapping[str, Operation] = {
    "POST /monitoring/v1/webhook/{webhook_id}/{access_key}/events": _create(
        "create_event", "with the access key in the path", None
    ),
    "POST /monitoring/v1/webhook/{webhook_id}/events": _create(
        "create_event_with_bearer", "with the access key as bearer", "accessKey"
    ),
    "OPTIONS /monitoring/v1/webhook/{webhook_id}/{access_key}/events": _permit(
        "permit_sender", "with the access key in the path", None
    ),
    "OPTIONS /monitoring/v1/webhook/{webhook_id}/events": _permit(
        "permit_sender_with_bearer", "with the access key as bearer", "accessKey"
    ),
    "GET /monitoring/v1/event/{event_id}": Operation(
        operation_id="get_event",
        tag="read",
        parameters=GetEventRequest,
        answer="EventInfo",
        headers=GZIP_HEADERS,
        examples=examples.EVENTS,
        errors=(*READING, NotFoundError),
        gateway=(*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_ALWAYS),
    ),
    "GET /monitoring/v1/events": Operation(
        operation_id="list_events",
        tag="read",
        way="asked by parameters",
        description=PAGES,
        parameters=EventQuery,
        answer="EventsInfo",
        examples=examples.LISTED,
        errors=QUERYING,
        gateway=(*GATEWAY_TOKEN, *GATEWAY_ALWAYS),
    ),
    "POST /monitoring/v1/events/search": Operation(
        operation_id="search_events",
        tag="read",
        way="asked by an object",
        description=PAGES,
        bodies={
            JSON: {"schema": reference("EventQuery"), "examples": examples.SEARCHES | examples.FOLLOWING},
        },
        answer="EventsInfo",
        examples=examples.LISTED,
        errors=QUERYING,
        gateway=(*GATEWAY_TOKEN, *GATEWAY_BODY, *GATEWAY_ALWAYS),
    ),
    "POST /monitoring/v1/events/stat": Operation(
        operation_id="stat_events",
        tag="read",
        description=STATISTICS,
        bodies={JSON: {"schema": reference("EventStatQuery"), "examples": examples.STATISTICS}},
        body_required=True,
        answer="StatInfo",
        examples=examples.COMPUTED,
        errors=QUERYING,
        gateway=(*GATEWAY_TOKEN, *GATEWAY_BODY, *GATEWAY_ALWAYS),
    ),
}
"""By route keys."""

BODY_MODELS: Mapping[str, tuple[Kind, tuple[type[BaseModel], ...]]] = {
    EVENT.name: (EVENT, (EventQuery, RecordStatQuery)),
}
"""The models that bodies refer to, by kind."""
