"""The packed attributes of an event's item: the fields that no index holds, and the body stored with them.

A body repeats most of these fields, so both are compressed together. JSON is written on one line, so a line feed
ends it: the fields, then the delivery's headers, whether its body was unwrapped and its request's id, then the body to
the end.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from event_api.domain.body import Body
from event_api.domain.fields import DETAIL_FIELDS
from event_api.json_text import write_json
from event_api.json_types import JsonObject
from event_api.store.attributes import Item, Value, pack, unpack

if TYPE_CHECKING:
    from event_api.domain.delivery import Delivery

ALONE, WITH_BODY = "m", "b"
"""The attribute of the fields alone, and the one of fields and body; an item has one of them at most."""


def packed(details: JsonObject, delivery: Delivery | None) -> dict[str, Value | None]:
    """Return the attributes of some DETAIL_FIELDS, and of a delivery if it is to be stored with them."""
    if delivery is None:
        return {ALONE: pack(details) if details else None}
    body = delivery.body
    request = write_json([{**delivery.headers}, body.unwrapped, delivery.request_id])
    return {WITH_BODY: zlib.compress(b"\n".join((write_json(details).encode(), request.encode(), body.content)))}


def details_of(item: Item, fields: Iterable[str]) -> JsonObject:
    """Return the DETAIL_FIELDS among some fields of an item of the table."""
    wanted = DETAIL_FIELDS & frozenset(fields)
    details: JsonObject = {}
    if wanted and ALONE in item:
        details = cast("JsonObject", unpack(item[ALONE]))
    elif wanted and WITH_BODY in item:
        details = json.loads(_unpacked(item).partition(b"\n")[0])
    return {field: details.get(field) for field in wanted}


def request_of(item: Item) -> tuple[Body, dict[str, str], str] | None:
    """Return the body, the headers and the request's id that are stored with an event, or None if none are."""
    if WITH_BODY not in item:
        return None
    _, request, content = _unpacked(item).split(b"\n", 2)
    headers, unwrapped, *request_id = json.loads(request)
    return Body(content, unwrapped=unwrapped), headers, request_id[0] if request_id else ""


def raw_data_of(item: Item) -> JsonObject | None:
    """Return the ``raw_data`` of an event whose body is stored with it, else None."""
    request = request_of(item)
    return None if request is None else request[0].raw_data()


def _unpacked(item: Item) -> bytes:
    return zlib.decompress(cast("bytes", item[WITH_BODY]))
