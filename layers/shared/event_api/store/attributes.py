"""Python values to DynamoDB's attribute values and back, for the few types that the tables hold.

boto3's serializer is not used: it would bring boto3 into the layer, refuses floats, and makes Decimals of integers.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias, cast

from event_api.domain import times
from event_api.json_text import write_json
from event_api.json_types import Json

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

Value: TypeAlias = str | int | bool | bytes | list[str] | dict[str, str]
Item: TypeAlias = dict[str, Value]
"""An item, or a key, as the store's modules see it; an attribute without a value is not in it."""

_COMPRESS_FROM = 512  # bytes: below, zlib saves less than it costs to read in the console


def to_attribute(value: Value) -> AttributeValueTypeDef:
    """Write one value as DynamoDB's JSON has it."""
    match value:
        case str():
            return {"S": value}
        case bool():  # before int, which it is too
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case list():
            return {"L": [{"S": element} for element in value]}
        case dict():
            return {"M": {name: {"S": element} for name, element in value.items()}}


def to_attributes(item: Mapping[str, Value | None]) -> dict[str, AttributeValueTypeDef]:
    """Write an item; None means that the attribute is absent."""
    return {name: to_attribute(value) for name, value in item.items() if value is not None}


def from_attribute(attribute: AttributeValueTypeDef) -> Value:
    """Read one value."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return value  # type: ignore[return-value]  # the stubs do not tie kinds to types
        case "N":
            return int(value)  # type: ignore[call-overload, no-any-return]  # as above
        case "L":
            return [from_attribute(element) for element in value]  # type: ignore[attr-defined, misc]
        case "M":
            return {name: from_attribute(element) for name, element in value.items()}  # type: ignore[attr-defined, misc]
        case _:
            return value  # type: ignore[return-value]


def from_attributes(attributes: Mapping[str, AttributeValueTypeDef]) -> Item:
    """Read an item."""
    return {name: from_attribute(attribute) for name, attribute in attributes.items()}


class ItemReader:
    """Typed access to a stored item; a value of another type than was written is a defect, and raises TypeError."""

    def __init__(self, item: Item) -> None:
        self._item = item

    def optional_text(self, name: str) -> str | None:
        """Return a string, or None if the attribute is absent."""
        value = self._item.get(name)
        if value is None or isinstance(value, str):
            return value
        raise TypeError(f"attribute {name} is not a string")

    def text(self, name: str) -> str:
        """Return a string that must be there."""
        value = self.optional_text(name)
        if value is None:
            raise TypeError(f"attribute {name} is missing")
        return value

    def number(self, name: str) -> int:
        """Return an integer."""
        value = self._item.get(name)
        if isinstance(value, int):
            return value
        raise TypeError(f"attribute {name} is not an integer")

    def flag(self, name: str) -> bool:
        """Return a boolean; absent is False."""
        return self._item.get(name) is True

    def blob(self, name: str) -> bytes:
        """Return bytes."""
        value = self._item.get(name)
        if isinstance(value, bytes):
            return value
        raise TypeError(f"attribute {name} is not binary")

    def texts(self, name: str) -> list[str]:
        """Return a list of strings; absent is empty."""
        value = self._item.get(name, [])
        if isinstance(value, list):
            return value
        raise TypeError(f"attribute {name} is not a list")

    def text_map(self, name: str) -> dict[str, str]:
        """Return a map of strings; absent is empty."""
        value = self._item.get(name, {})
        if isinstance(value, dict):
            return value
        raise TypeError(f"attribute {name} is not a map")

    def optional_time(self, name: str) -> datetime | None:
        """Return an instant, or None if the attribute is absent."""
        value = self.optional_text(name)
        if value is None:
            return None
        moment = times.parse_iso(value)
        if moment is None:
            raise TypeError(f"attribute {name} is not a time")
        return moment

    def time(self, name: str) -> datetime:
        """Return an instant that must be there."""
        moment = self.optional_time(name)
        if moment is None:
            raise TypeError(f"attribute {name} is missing")
        return moment


def pack(value: Json) -> Value:
    """Pack JSON into one attribute: as text, or compressed if that is smaller.

    A map of attributes would cost more bytes, refuse some numbers, and take ten times longer to write.
    """
    text = write_json(value)
    plain = text.encode()
    return text if len(plain) < _COMPRESS_FROM else zlib.compress(plain)


def unpack(packed: Value) -> Json:
    """Return what `pack` was given."""
    text = zlib.decompress(packed) if isinstance(packed, bytes) else packed
    value: Json = json.loads(cast("str | bytes", text))
    return value
