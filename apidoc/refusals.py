"""Schemas of error responses: our own, in two shapes, and API Gateway's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from apidoc.answers import reference
from apidoc.docstrings import text
from apidoc.jsonschema import Schema
from event_api.domain.errors import (
    AlreadyProcessedError,
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

_GATEWAY: Mapping[int, tuple[str, str]] = {
    401: ("Unauthorized", "the request has no token."),
    403: ("Forbidden", "the token is refused."),
    404: ("Not Found", "no route is meant."),
    413: ("Request Entity Too Large", "the body has more than 10 MB."),
    431: ("Request Header Fields Too Large", "the request line and the headers have more than 10,240 bytes in all."),
    429: ("Too Many Requests", "there are more requests than its throttle lets through."),
    500: ("Internal Server Error", "the function could not answer."),
    503: ("Service Unavailable", "the function did not answer in time, or there are too many of it."),
}
"""Responses of API Gateway itself: ``{"message"}``, and their causes."""


def examples_of_errors(max_body_bytes: int) -> tuple[EventApiError, ...]:
    """Return one error of each kind, as it is raised."""
    return (
        RequiredParameterError("query.filter.0.operator"),
        InvalidParameterError("query.page.limit", "Input should be greater than or equal to 0"),
        InvalidParameterTypeError("query.keyword", "string"),
        OperatorValueTypeError("eq", "query.filter.0.value"),
        OperatorListValueTypeError("in", "query.filter.0.value"),
        OperatorBooleanTypeError("exists", "query.filter.0.value"),
        OperatorDictValueTypeError("match", "query.filter.0.value"),
        DbQueryError("a stage makes a row of more than 32000000 bytes; keep less in it"),
        JsonFormatError("body", "Expecting value: line 1 column 1 (char 0)"),
        WebhookDisabledError("webhook-9f86d081884c7d659a2feaa0"),
        AlreadyProcessedError("alert-fcde2b2edba56bf408601fb70001"),
        AuthenticateFailureError("the request did not come through the authorizer"),
        PermissionDeniedError("there is no such webhook, or the access key is wrong"),
        NotFoundError("event_id", "event-000000000000"),
        PayloadTooLargeError(max_body_bytes, max_body_bytes + 1),
        UnavailableError("the database is busy"),
        EventApiError("Unexpected failure; it has been logged."),
    )


def schemas(errors: Iterable[EventApiError]) -> dict[str, Schema]:
    """Return the shapes of refusals, by their names in the document."""
    codes = sorted({error.code for error in errors})
    code = {"type": "string", "enum": codes, "description": "Stable code for programs."}
    message = {"type": "string", "description": "Reason for a person: the fault, its place, and the next step."}
    return {
        "Error": {
            "type": "object",
            "description": "Our own refusal.",
            "properties": {
                "detail": {
                    "type": "object",
                    "properties": {"code": code, "message": message},
                    "required": ["code", "message"],
                },
            },
            "required": ["detail"],
        },
        "Problem": {
            "type": "object",
            "description": "Our own error in the form of RFC 9457, on `Accept: application/problem+json`.",
            "properties": {
                "type": {"type": "string", "const": "about:blank"},
                "title": {**code, "description": "The code, again."},
                "status": {"type": "integer", "description": "The HTTP status, again."},
                "detail": message,
                "code": code,
            },
            "required": ["type", "title", "status", "detail", "code"],
        },
        "Message": {
            "type": "object",
            "description": "Response of API Gateway itself, which an HTTP API cannot change.",
            "properties": {"message": {"type": ["string", "null"]}},
            "required": ["message"],
        },
    }


def examples(errors: Iterable[EventApiError]) -> dict[str, Schema]:
    """Return an example of every refusal, by its name in the document."""
    made: dict[str, Schema] = {}
    for error in errors:
        summary = text(type(error).__doc__ or "").split("\n", 1)[0]
        if type(error) is EventApiError:
            summary = "A defect of ours; it is in the log."
        made[error.code] = {
            "summary": summary,
            "value": {"detail": {"code": error.code, "message": str(error)}},
        }
        made[_problem(error.code)] = {
            "summary": summary,
            "value": {
                "type": "about:blank",
                "title": error.code,
                "status": error.status,
                "detail": str(error),
                "code": error.code,
            },
        }
    for status, (message, when) in _GATEWAY.items():
        made[_gateway(status)] = {"summary": f"API Gateway: {when}", "value": {"message": message}}
    return made


def responses(kinds: Iterable[type[EventApiError]], gateway: Iterable[int]) -> dict[str, Schema]:
    """Return the answers of a route that can refuse by some errors, before which API Gateway has some of its own."""
    by_status: dict[int, list[str]] = {status: [] for status in gateway}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind.code)
    own = set(gateway)
    return {str(status): _response(status, by_status[status], gateway=status in own) for status in sorted(by_status)}


def _response(status: int, codes: list[str], *, gateway: bool) -> Schema:
    ours = {
        "allOf": [
            reference("Error"),
            {"properties": {"detail": {"properties": {"code": {"enum": codes}}}}},
        ]
    }
    alternatives = ([ours] if codes else []) + ([reference("Message")] if gateway else [])
    content: dict[str, Any] = {
        "application/json": {
            "schema": alternatives[0] if len(alternatives) == 1 else {"oneOf": alternatives},
            "examples": _references([*codes, *([_gateway(status)] if gateway else [])]),
        }
    }
    if codes:
        content["application/problem+json"] = {
            "schema": {"allOf": [reference("Problem"), {"properties": {"code": {"enum": codes}}}]},
            "examples": _references(map(_problem, codes)),
        }
    response: Schema = {"description": _description(status, codes, gateway=gateway), "content": content}
    if UnavailableError.code in codes:
        response["headers"] = {
            "Retry-After": {
                "description": f"With {UnavailableError.code}: seconds until the same request is worth another try.",
                "schema": {"type": "integer", "minimum": 1},
            }
        }
    return response


def _description(status: int, codes: list[str], *, gateway: bool) -> str:
    said = ", ".join(f"`{code}`" for code in codes)
    message, when = _GATEWAY.get(status, ("", ""))
    by_gateway = f'API Gateway by itself, as `{{"message": "{message}"}}`: {when}' if gateway else ""
    return f"{HTTPStatus(status).phrase}. {'. '.join(filter(None, (said, by_gateway)))}"


def _problem(code: str) -> str:
    return f"{code}.problem"


def _gateway(status: int) -> str:
    return f"API_GATEWAY_{status}"


def _references(names: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/components/examples/{name}"} for name in names}
