r"""JSON schemas of the request models: pydantic's, and the rules of the validators.

A model's validators are Python; their rules are repeated here as far as a JSON schema can express them. The rest (a
pattern's syntax, a page token, keys that a stage made) is in the descriptions.

The models serve every kind of record, the document has schemas for each: *record* becomes the kind's word in names and
descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeAlias, cast

from pydantic import AliasChoices, BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema
from pydantic_core import core_schema

from apidoc.docstrings import field_docstrings, text
from event_api.domain.fields import EVENT, Kind
from event_api.json_types import Json
from event_api.query.operators import OPERATORS
from event_api.reads.keys import MAX_KEY_LENGTH
from event_api.reads.requests import (
    MAX_LIST_VALUES,
    RowCondition,
    known_field,
    no_empty_part,
    sort_keys,
)
from event_api.reads.search_requests import as_list
from event_api.reads.statistics.accumulators import GROUP_OPERATORS
from event_api.reads.statistics.expressions import PROJECT_OPERATORS
from event_api.reads.statistics.requests import Expression, GroupField, Stage, StatQuery, plain_name

Schema: TypeAlias = dict[str, Any]

REFERENCE = "#/components/schemas/{model}"

_NO_EMPTY_PART = r"^[^.]+(\.[^.]+)*$"
_PLAIN_NAME = r"^[^$.][^.]*$"


def _patterns(kind: Kind) -> Mapping[Callable[..., str], str]:
    """Return the patterns that the string validators accept."""
    known = rf"^({'|'.join((*kind.fields, *kind.aliases))})(\.[^.]+)*$"
    return {no_empty_part: _NO_EMPTY_PART, known_field: known, plain_name: _PLAIN_NAME}


def _key(pattern: str, description: str) -> Schema:
    limits = {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH}
    return {**limits, "pattern": pattern, "description": description}


_SHARED: Mapping[str, Schema] = {
    "Key": _key(_NO_EMPTY_PART, "A dotted path into the row."),
    "Name": _key(_PLAIN_NAME, "A name in the result."),
    "Names": {
        "anyOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}, "maxItems": MAX_LIST_VALUES},
            {"type": "null"},
        ],
        "description": "One value, or several of which any will do.",
    },
}
"""Schemas that stand in many places, by the names that they have in the document."""


def prefix(kind: Kind) -> str:
    """Return how the names of a kind's schemas begin."""
    return kind.info.removesuffix("Info")


def schemas_of(models: Iterable[type[BaseModel]], kind: Kind = EVENT) -> dict[str, Schema]:
    """Return the schemas of some request models and of all that they are made of, by name.

    Those that differ between kinds have the kind's name; those of events keep the model's name, but for ``Record``.
    """
    made = _schemas_of(models, kind)
    if kind is EVENT:
        return _named(made, {name: _kind_name(name, kind) for name in made})
    others = _schemas_of(models, replace(kind, fields=("any",), aliases={}, name="any", info="AnyInfo"))
    differing = {name for name, schema in made.items() if schema != others[name]}
    while more := {name for name in made.keys() - differing if _refers(made[name], differing)}:
        differing |= more
    return _named(made, {name: _kind_name(name, kind, own=name in differing) for name in made})


def _kind_name(name: str, kind: Kind, *, own: bool = False) -> str:
    begin = prefix(kind)
    if own and name == "StatQuery":
        return f"{begin}StatisticsQuery"  # the request that has it is the StatQuery
    if name.startswith("Record"):
        return begin + name.removeprefix("Record")
    return begin + name if own and begin not in name else name


def _refers(part: Any, names: set[str]) -> bool:  # noqa: ANN401 -- any part of a schema
    if isinstance(part, list):
        return any(_refers(one, names) for one in part)
    if not isinstance(part, dict):
        return False
    return part.get("$ref") in {REFERENCE.format(model=name) for name in names} or _refers([*part.values()], names)


def _named(schemas: Mapping[str, Schema], names: Mapping[str, str]) -> dict[str, Schema]:
    """Return schemas under other names."""
    references = {REFERENCE.format(model=name): REFERENCE.format(model=new) for name, new in names.items()}

    def renamed(one: Any) -> Any:  # noqa: ANN401 -- as above
        if isinstance(one, list):
            return [renamed(inner) for inner in one]
        if not isinstance(one, dict):
            return one
        return {name: references.get(inner, inner) if name == "$ref" else renamed(inner) for name, inner in one.items()}

    return {names[name]: renamed(schema) for name, schema in schemas.items()}


def _in_words_of(kind: Kind, said: str) -> str:
    """Return a description with the words of a kind."""
    *others, last = kind.minimal
    said = said.replace("the minimal fields", f"{', '.join(others)} and {last}").replace("RecordInfo", kind.info)
    said = said.replace("the title or the record id", f"the {kind.keywords[-1]} or the {kind.name} id")
    return re.sub(r"\brecord(?=s?\b)", kind.name, said)


def _schemas_of(models: Iterable[type[BaseModel]], kind: Kind) -> dict[str, Schema]:
    # Pydantic reads their defaults, of models that are not built yet.
    for model in models:
        for field in model.model_fields.values():
            if isinstance(field.default, BaseModel):
                type(field.default).model_rebuild()
    generator = type("_OfKind", (_Generator,), {"kind": kind})
    _, made = models_json_schema(
        [(model, "validation") for model in models], ref_template=REFERENCE, schema_generator=generator
    )
    schemas = cast("dict[str, Schema]", made["$defs"])
    known = f"A field of {kind.info}, or a dotted path that begins with one."
    shared = {"RecordKey": _key(_patterns(kind)[known_field], known), **_SHARED}
    return {**_referring(schemas, shared), **shared}


def nullable_removed(schema: Schema) -> Schema:
    """Return the schema of a field without its null, which says no more than leaving the field out."""
    if "anyOf" not in schema:
        return schema
    rest = [one for one in schema["anyOf"] if one != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**kept, **rest[0]} if len(rest) == 1 else {**kept, "anyOf": rest}


def _referring(part: Any, schemas: Mapping[str, Schema]) -> Any:  # noqa: ANN401 -- any part of a schema
    """Return a part of a schema with references in place of shared schemas."""
    if isinstance(part, list):
        return [_referring(one, schemas) for one in part]
    if not isinstance(part, dict):
        return part
    rest = {name: value for name, value in part.items() if name != "description"}
    for name, shared in schemas.items():
        if rest == {key: value for key, value in shared.items() if key != "description"}:
            return {"$ref": REFERENCE.format(model=name), **{key: part[key] for key in part.keys() - rest.keys()}}
    return {name: _referring(value, schemas) for name, value in part.items()}


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, which also knows our validators and the docstrings of fields."""

    kind: ClassVar[Kind]

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401 -- pydantic's own types
        """Say no: the name is title enough."""
        del schema
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        """Leave defaults out that say no more than that nothing is asked."""
        made = super().generate_inner(schema["schema"])
        default = schema.get("default")
        if default is None or isinstance(default, BaseModel) or default in ([], ""):
            return made
        return {**made, "default": default}

    def function_after_schema(self, schema: core_schema.AfterValidatorFunctionSchema) -> Schema:
        """Add what a validator of strings accepts; those that run later are stricter."""
        made = self.generate_inner(schema["schema"])
        pattern = _patterns(self.kind).get(cast("Any", schema["function"]["function"]))
        return {**made, "pattern": pattern} if pattern else made

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        """Add the other ways of writing a list."""
        made = self.generate_inner(schema["schema"])
        function = cast("Any", schema["function"]["function"])
        if function is as_list:
            items = made["anyOf"][0]["items"] if "anyOf" in made else made["items"]
            return {"anyOf": [items, *made.get("anyOf", [made])]}
        if function is sort_keys:
            return {"anyOf": [made["items"], _object({"keys": made}, ["keys"]), made]}
        return made

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        """Add what a model's docstrings, aliases and validators say."""
        made = super().model_schema(schema)
        model = cast("type[BaseModel]", schema["cls"])
        del made["title"]
        made["description"] = _in_words_of(self.kind, text(model.__doc__ or ""))
        for name, said in field_docstrings(model).items():
            made["properties"][name]["description"] = _in_words_of(self.kind, said)
        for kind, completed in _COMPLETED.items():
            if issubclass(model, kind):
                completed(made, model)
        _add_short_names(made, model)
        return made


# --- what validators of models accept ---------------------------------------------------------------------------------

_KINDS: Mapping[str, list[Json]] = {
    "array": [[]],
    "boolean": [True],
    "null": [None],
    "number": [1],
    "object": [{}],
    # Of some operators only what is a time of some sort.
    "string": ["now", "2026-03-02T09:15:04.120Z"],
}
"""Values of each JSON type."""


def _accepted(fault: Callable[[Json], object], wrap: Callable[[Json], Json]) -> list[str]:
    return [kind for kind, values in _KINDS.items() if any(fault(wrap(value)) is None for value in values)]


def _operand(operator: str) -> Schema:
    """Return the schema of an operator's value, found by trying."""
    fault = OPERATORS[operator].fault
    elements = _accepted(fault, lambda value: [value])
    if fault([]) is None and fault("now") is not None:
        return {"type": "array", "items": _typed(elements), "maxItems": MAX_LIST_VALUES}
    made = _typed(_accepted(fault, lambda value: value))
    if fault("a") is not None and fault("now") is None:
        return {**made, "pattern": r"^\s*now(/[dwm])?(\s*[+-]\s*[0-9]{1,12}\s*[smhdw])?\s*$"}
    if fault("a") is not None and fault("2026-03-02T09:15:04.120Z") is None:
        return {**made, "pattern": r"^\s*[0-9]{4}", "examples": ["2026-03-02T09:15:04.120Z"]}
    return made


def _typed(kinds: list[str]) -> Schema:
    return {"type": kinds[0] if len(kinds) == 1 else kinds}


def _complete_condition(schema: Schema, model: type[BaseModel]) -> None:
    known = _known_operators(cast("type[RowCondition]", model))
    schema["properties"]["operator"]["enum"] = known
    groups: dict[str, tuple[Schema, list[str]]] = {}
    for operator in known:
        operand = _operand(operator)
        groups.setdefault(repr(operand), (operand, []))[1].append(operator)
    schema["anyOf"] = [
        {"properties": {"operator": {"enum": operators}, "value": operand}} for operand, operators in groups.values()
    ]


def _known_operators(model: type[RowCondition]) -> list[str]:
    return list(model.model_construct(key="", value=None, operator="").known_operators())


def _complete_group_field(schema: Schema, _model: type[BaseModel]) -> None:
    schema["properties"]["operator"]["enum"] = list(GROUP_OPERATORS)


def _complete_expression(schema: Schema, _model: type[BaseModel]) -> None:
    operator = schema["properties"]["operator"]
    schema["properties"]["operator"] = {**nullable_removed(operator), "enum": list(PROJECT_OPERATORS)}
    for name in ("key", "fields"):
        schema["properties"][name] = nullable_removed(schema["properties"][name])


def _complete_stage(schema: Schema, _model: type[BaseModel]) -> None:
    schema["properties"] = {name: nullable_removed(stage) for name, stage in schema["properties"].items()}
    schema |= {"minProperties": 1, "maxProperties": 1}


def _complete_stat_query(schema: Schema, _model: type[BaseModel]) -> None:
    schema["properties"]["distinct"] = nullable_removed(schema["properties"]["distinct"])
    schema["oneOf"] = [
        {"required": ["aggregate"], "properties": {"aggregate": {"minItems": 1}}},
        {"required": ["distinct"]},
    ]


_COMPLETED: Mapping[type[BaseModel], Callable[[Schema, type[BaseModel]], None]] = {
    RowCondition: _complete_condition,
    GroupField: _complete_group_field,
    Expression: _complete_expression,
    Stage: _complete_stage,
    StatQuery: _complete_stat_query,
}


def _add_short_names(schema: Schema, model: type[BaseModel]) -> None:
    """Add the names of one letter; of a required field, either name is required."""
    required: list[str] = schema.get("required", [])
    for name, field in model.model_fields.items():
        if not isinstance(field.validation_alias, AliasChoices):
            continue
        _, short = (str(choice) for choice in field.validation_alias.choices)
        one = schema["properties"][name]
        schema["properties"][short] = {**one, "description": f"Short for `{name}`."}
        for alternative in schema.get("anyOf", []):
            if name in alternative["properties"]:
                alternative["properties"][short] = alternative["properties"][name]
        if name in required:
            required.remove(name)
            schema.setdefault("allOf", []).append({"oneOf": [{"required": [name]}, {"required": [short]}]})
    if "required" in schema and not required:
        del schema["required"]


def _object(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
