"""The OpenAPI document as a judge: of every answer that a test gets, and of every request that was answered well.

An answer may have nothing that the document does not name, though to readers it says that more may come.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from localrun.settings import ROOT

if TYPE_CHECKING:
    from testkit.gateway import Response

DOCUMENT = json.loads((ROOT / "docs/openapi.json").read_text())
_URI = "urn:event-api"
_MOST_JUDGED = 100_000
"""Characters of a text that is still judged: large answers repeat the structure of small ones."""


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(value) for name, value in part.items()}
    return (
        {"additionalProperties": False, **closed} if part.get("type") == "object" and "properties" in part else closed
    )


_REGISTRY = Registry().with_resource(_URI, DRAFT202012.create_resource(_closed(DOCUMENT)))


@cache
def _validator(*pointer: str) -> Draft202012Validator:
    escaped = "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
    return Draft202012Validator(
        {"$ref": f"{_URI}#/{escaped}"}, registry=_REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def faults(value: Any, *pointer: str) -> list[str]:
    """Return the faults of a value by the schema at a place of the document."""
    return [f"{error.json_path}: {error.message}"[:500] for error in _validator(*pointer).iter_errors(value)]


def place(route_key: str) -> tuple[str, ...]:
    method, path = route_key.split(" ")
    return "paths", path, method.lower()


def operation(route_key: str) -> dict[str, Any]:
    _, path, method = place(route_key)
    described: dict[str, Any] = DOCUMENT["paths"][path][method]
    return described


def check_answer(route_key: str, response: Response) -> None:
    """Fail if a route gives an answer that the document does not have."""
    documented = operation(route_key)["responses"].get(str(response.status))
    assert documented, f"{route_key} answers {response.status}, which is not documented"
    media_type = response.headers["content-type"]
    assert media_type in documented["content"], f"{route_key} answers {response.status} as {media_type}"
    headers = documented.get("headers", {})
    given = {name.lower() for name in response.headers} - {"content-type"}
    assert given <= {name.lower() for name in headers}, f"{route_key} answers {response.status} with {given}"
    assert {name.lower() for name, header in headers.items() if header.get("required")} <= given
    if len(response.text) <= _MOST_JUDGED:
        at = (*place(route_key), "responses", str(response.status), "content", media_type, "schema")
        assert not faults(response.json(), *at)


def check_request(route_key: str, body: bytes | str | None, query: str) -> None:
    """Fail if the document refuses a request that the service answered well; a sender's body may be anything."""
    if "*/*" in operation(route_key).get("requestBody", {}).get("content", {}):
        return
    if body and len(body) <= _MOST_JUDGED:
        assert not faults(json.loads(body), *place(route_key), "requestBody", "content", "application/json", "schema")
    for name, values in parse_qs(query, keep_blank_values=True).items():
        assert not parameter_faults(route_key, name, values)


def parameter_faults(route_key: str, name: str, values: list[str]) -> list[str]:
    """Return the faults of a query parameter and of its number of values."""
    documented = {one["name"]: (number, one) for number, one in enumerate(operation(route_key)["parameters"])}
    if name not in documented:
        return [f"there is no parameter {name}"]
    number, parameter = documented[name]
    at = (*place(route_key), "parameters", str(number))
    if "content" in parameter:
        return faults(json.loads(values[-1]), *at, "content", "application/json", "schema")
    if parameter["schema"]["type"] == "array":
        return faults(values, *at, "schema")
    of_json = parameter["schema"]["type"] in {"boolean", "integer"}
    value = json.loads(values[0]) if of_json else values[0]
    return faults(value, *at, "schema") if len(values) == 1 else [f"{name} is repeated"]
