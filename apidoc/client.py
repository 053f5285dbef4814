"""The models of the Python client, written from the OpenAPI document: ``client/event_api_client/models.py``.

Each schema of a response becomes a `TypedDict`, with the schemas that it refers to.
"""

from __future__ import annotations

import textwrap
from collections.abc import Container, Iterator, Mapping
from typing import Any

from apidoc.document import document
from localrun.settings import ROOT

PATH = ROOT / "client" / "event_api_client" / "models.py"

Schema = Mapping[str, Any]

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_REFERENCE = "#/components/schemas/"
_LEFT_OUT = {"Error", "Problem", "Message"}
_WIDTH = 120


def written() -> str:
    """Return the text of the file."""
    return models(document())


def models(described: Schema) -> str:
    """Return the module with the models of a document's responses."""
    schemas: Mapping[str, Schema] = described["components"]["schemas"]
    wanted: dict[str, None] = {}
    for name in _of_responses(described):
        _follow(name, schemas, wanted)
    classes = "\n\n\n".join(_class(name, schemas[name], wanted) for name in sorted(wanted))
    return (
        '"""Models of the API\'s responses; written by `python -m apidoc` from the OpenAPI document."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Any, Required, TypedDict\n\n\n"
        f"{classes}\n"
    )


def _of_responses(described: Schema) -> Iterator[str]:
    for operations in described["paths"].values():
        for operation in operations.values():
            if isinstance(operation, Mapping):
                content = operation.get("responses", {}).get("200", {}).get("content", {})
                yield from _references(content.get("application/json", {}).get("schema", {}))


def _references(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REFERENCE):
            yield reference.removeprefix(_REFERENCE)
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _follow(name: str, schemas: Mapping[str, Schema], wanted: dict[str, None]) -> None:
    """Add a schema that becomes a class, and those that it refers to."""
    if name not in wanted and name not in _LEFT_OUT and schemas[name].get("properties"):
        wanted[name] = None
        for inner in _references(schemas[name]):
            _follow(inner, schemas, wanted)


def _class(name: str, schema: Schema, classes: Container[str]) -> str:
    lines = [f"class {name}(TypedDict, total=False):", *_docstring(schema.get("description", f"{name}."), "    "), ""]
    required = set(schema.get("required", ()))
    for field, inner in schema["properties"].items():
        kind = _kind(inner, classes)
        lines.append(f"    {field}: {f'Required[{kind}]' if field in required else kind}")
        if inner.get("description"):
            lines += _docstring(inner["description"], "    ")
    return "\n".join(lines)


def _docstring(text: str, indent: str) -> list[str]:
    first, *rest = textwrap.wrap(text, _WIDTH - len(indent) - 6)
    if not rest:
        return [f'{indent}"""{first}"""']
    return [f'{indent}"""{first}', *(f"{indent}{line}" for line in rest), f'{indent}"""']


def _kind(schema: Schema, classes: Container[str]) -> str:
    """Return the Python type of a schema's values; a schema that is not a class is any value."""
    if "$ref" in schema:
        name: str = schema["$ref"].removeprefix(_REFERENCE)
        return name if name in classes else "Any"
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " | ".join(dict.fromkeys(_kind(one, classes) for one in schema[choice]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(_kind({**schema, "type": one}, classes) for one in kind)
    if kind == "array":
        return f"list[{_kind(schema.get('items', {}), classes)}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {_kind(values, classes)}]" if isinstance(values, Mapping) and values else "dict[str, Any]"
    return _SCALARS.get(kind or "", "Any")
