"""The document, put together."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from apidoc import alerts, answers, examples, management, refusals
from apidoc.answers import reference
from apidoc.docstrings import field_docstrings, handler_docstrings
from apidoc.jsonschema import Schema, nullable_removed, prefix, schemas_of
from apidoc.operations import BODY_MODELS, OPERATIONS, Operation
from event_api.domain.alert_info import ALERT
from event_api.domain.fields import EVENT, Kind
from event_api.reads.requests import MAX_LIST_VALUES
from localrun.settings import ROOT
from localrun.template import Route, load, routes

PATH = ROOT / "docs" / "openapi.json"

_DESCRIPTION = """\
Monitoring webhooks in, searchable events out.

**Senders** post to a webhook's URL, which holds its access key; or to the one without it, with the key as bearer. \
**Readers** and **administrators** need a token, which belongs to one domain, has a role or permissions, and may \
be limited to some projects: for such a token, other projects do not exist.

Times are ISO 8601 in UTC with milliseconds and `Z`. Every refusal of ours is `{"detail": {"code", "message"}}`, or \
RFC 9457's for clients that send `Accept: application/problem+json`; API Gateway's own are `{"message"}`."""
_TAGS = (
    ("create", "For senders: deliveries become events, tied to their alerts."),
    ("read", "For readers: get one event, list those that match a query, or compute statistics over them."),
    ("alerts", "For readers and responders: list alerts, acknowledge, assign, snooze, merge and resolve them."),
    ("manage", "For administrators: webhooks, tokens, deliveries that need a look, and who changed what."),
)
_SERVERS = (
    {"url": "/", "description": "Where this document is served: the local run."},
    {
        "url": "https://{api}.execute-api.{region}.amazonaws.com",
        "description": "A deployment: `ApiUrl` among the stack's outputs.",
        "variables": {"api": {"default": "a1b2c3d4e5"}, "region": {"default": "us-east-1"}},
    },
)
_SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token, as `eventctl token create` and `POST /monitoring/v1/tokens` make it.",
    },
    "accessKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A webhook's access key, for senders that keep secrets out of URLs.",
    },
}
_API = "/monitoring/"
_PATH_PARAMETERS = {
    "webhook_id": "The webhook's id.",
    "access_key": "The webhook's access key: a secret.",
    "event_id": "The event's id.",
    **management.PATH_PARAMETERS,
}
_OPERATIONS = {**OPERATIONS, **management.OPERATIONS, **alerts.OPERATIONS}
_ANSWERS = {**answers.SCHEMAS, **management.SCHEMAS, **alerts.SCHEMAS}
_EXAMPLES = {**management.PARAMETERS, **examples.PARAMETERS}


def document() -> Schema:
    """Return the OpenAPI document of the repository as it is."""
    template = load(ROOT / "template.yaml")
    errors = refusals.examples_of_errors(int(template["Parameters"]["MaxBodyBytes"]["Default"]))
    paths: dict[str, Schema] = {}
    for route in routes(template):
        if not route.path.startswith(_API):
            continue  # the console's files
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Event API",
            "version": project["version"],
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": project["license"]},
        },
        "servers": list(_SERVERS),
        "tags": [{"name": name, "description": description} for name, description in _TAGS],
        "paths": paths,
        "components": {
            "securitySchemes": _SECURITY_SCHEMES,
            "schemas": _sorted({**_requests(), **_ANSWERS, **refusals.schemas(errors)}),
            "examples": _sorted(refusals.examples(errors)),
        },
    }


def _requests() -> dict[str, Schema]:
    """Return the schemas of requests; what is the same for all kinds is there once."""
    found: dict[str, Schema] = {}
    for kind, models in (*BODY_MODELS.values(), *management.BODY_MODELS.values(), (ALERT, alerts.MODELS)):
        for name, schema in schemas_of(models, kind).items():
            if found.setdefault(name, schema) != schema:
                raise ValueError(f"two schemas have the name {name}")
    return found


def written() -> str:
    """Return the document as the file holds it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _operation(route: Route) -> Schema:
    said = _OPERATIONS[route.key]
    summary, description = handler_docstrings(ROOT / route.function / "app.py")
    if said.summary:
        summary, description = said.summary, ""
    operation: Schema = {
        "operationId": said.operation_id,
        "tags": [said.tag],
        "summary": f"{summary}, {said.way}" if said.way else summary,
        "description": "\n\n".join(filter(None, (description, said.description))),
        "security": [] if said.security is None else [{said.security: []}],
    }
    parameters = [
        *_path_parameters(route, said.kind),
        *_query_parameters(said.parameters, said.kind, route),
        *said.header_parameters,
    ]
    if parameters:
        operation["parameters"] = parameters
    if said.bodies:
        operation["requestBody"] = {"required": said.body_required, "content": dict(said.bodies)}
    operation["responses"] = {"200": _answer(said), **refusals.responses(said.errors, said.gateway)}
    return operation


def _answer(said: Operation) -> Schema:
    response: Schema = {
        "description": _ANSWERS[said.answer]["description"],
        "content": {"application/json": {"schema": reference(said.answer), "examples": said.examples}},
    }
    return response | ({"headers": dict(said.headers)} if said.headers else {})


def _path_parameters(route: Route, kind: Kind) -> Iterable[Schema]:
    for name in re.findall(r"\{(\w+)\}", route.path):
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": (alerts.PATH_PARAMETERS if kind is ALERT else _PATH_PARAMETERS)[name],
            "schema": {"type": "string", "minLength": 1},
            "examples": _example_of(name, kind),
        }


def _query_parameters(model: type[BaseModel] | None, kind: Kind, route: Route) -> Iterable[Schema]:
    """Describe the fields of a request model that come as query parameters, and ``only`` next to ``query``."""
    if model is None:
        return
    schemas = schemas_of((model,), kind)
    properties = schemas[model.__name__]["properties"]
    search = "SearchQuery" if kind is EVENT else f"{prefix(kind)}SearchQuery"
    said = field_docstrings(model)
    for name, schema in properties.items():
        if name != "query" and f"{{{name}}}" not in route.path:
            yield _query_parameter(name, said[name], schema, kind)
    if "query" in properties:
        # `event_api.reads.parameters` takes these two apart.
        content = {"schema": reference(search), "examples": examples.PARAMETERS["query"]}
        description = f"{said['query']} A JSON object."
        yield {"name": "query", "in": "query", "description": description, "content": {"application/json": content}}
        only = schemas[search]["properties"]["only"]
        yield _query_parameter("only", f"{only['description']} In place of the `query`'s own.", only, kind)


def _query_parameter(name: str, description: str, schema: Schema, kind: Kind) -> Schema:
    """Describe a parameter; one that may be repeated is a list."""
    bare = {key: value for key, value in nullable_removed(schema).items() if key != "description"}
    if bare == reference("Names"):
        bare = {"type": "array", "items": {"type": "string"}, "maxItems": MAX_LIST_VALUES}
    elif "anyOf" in bare:
        bare = next(one for one in bare["anyOf"] if one.get("type") == "array")
    shown = _example_of(name, kind)
    return {"name": name, "in": "query", "description": description, "schema": bare, "examples": shown}


def _example_of(name: str, kind: Kind) -> Schema:
    if kind is ALERT and (shown := alerts.example_of(name)) is not None:
        return shown
    return _EXAMPLES.get(name) or examples.of_event(name)


def _sorted(parts: dict[str, Any]) -> dict[str, Any]:
    return dict(sorted(parts.items()))
