"""The types of JSON values."""

from __future__ import annotations

from typing import TypeAlias, Union

Json: TypeAlias = Union[dict[str, "Json"], list["Json"], str, int, float, bool, None]  # noqa: UP007  # a string in `|` fails at run time
"""A JSON value."""

JsonObject: TypeAlias = dict[str, Json]
"""A JSON object."""
