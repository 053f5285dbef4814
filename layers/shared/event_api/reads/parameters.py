"""The query parameters of the GET form of list."""

from __future__ import annotations

from collections.abc import Mapping

from event_api.domain.parameters import json_object
from event_api.json_types import JsonObject


def list_parameters(parameters: Mapping[str, list[str]]) -> JsonObject:
    """Return the request object that the query parameters of list stand for.

    ``parameters`` has a list of values for each name. ``query`` holds a JSON object; ``only`` belongs to that query.
    Raises JsonFormatError if ``query`` does not hold a JSON object.
    """
    found: JsonObject = {name: values[0] if len(values) == 1 else [*values] for name, values in parameters.items()}
    query = json_object(parameters["query"][-1], "query") if "query" in parameters else {}
    if "only" in parameters:
        del found["only"]
        query = {**query, "only": [*parameters["only"]]}
    return {**found, "query": query} if parameters.keys() & {"query", "only"} else found
