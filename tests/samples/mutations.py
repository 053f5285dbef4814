"""What hostile or careless senders make of a sample, and what must hold of whatever comes of it."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from event_api.domain.event import EventType, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.normalizers import NormalizeError, Payload, limits, normalize
from tests.profiles import THOROUGH

_AT_EACH_KEY = 3
REPLACEMENTS: tuple[Any, ...] = (
    "",
    "text",
    "\ud800\x00",
    [],
    ["x", None],
    {},
    {"x": [1]},
    0,
    -1.5,
    10**400,
    float("nan"),
    True,
)


def mutations(body: Any) -> Iterator[Any]:
    """Yield the body with each key at any depth deleted, set to null, and replaced by some of the replacements.

    Each of them has its turn: from one key to the next it is others, and by the `thorough` profile all of them at each
    key. What is not changed is shared with the body, and among them.
    """
    replacements = itertools.cycle(REPLACEMENTS)
    for path in paths(body):
        yield without(body, path)
        yield replaced(body, path, None)
        for value in itertools.islice(replacements, len(REPLACEMENTS) if THOROUGH else _AT_EACH_KEY):
            yield replaced(body, path, value)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value inside, as keys and indices."""
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths(child, (*path, key))


def without(body: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.copy(body)
    if len(path) == 1:
        del changed[path[0]]
    else:
        changed[path[0]] = without(body[path[0]], path[1:])
    return changed


def replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.copy(body)
    changed[path[0]] = replaced(body[path[0]], path[1:], value)
    return changed


def events_or_reason(
    name: str | None, payload: Payload, mapping: dict[str, Any] | None = None
) -> list[NormalizedEvent] | str:
    """Normalize, and fail unless it gives sound events or a reason that a person understands."""
    try:
        _, events = normalize(name, payload, mapping)
    except NormalizeError as error:
        if error.__cause__ is not None:
            raise  # the normalizer crashed
        return error.reason
    for event in events:
        assert_sound(event)
    return events


def assert_sound(event: NormalizedEvent) -> None:
    """Whatever was sent, an event can be stored and shown."""
    assert isinstance(event.event_type, EventType)
    assert isinstance(event.severity, Severity)
    assert event.occurred_at is None or event.occurred_at.utcoffset() == timedelta(0)
    resource = (event.resource.resource_id, event.resource.resource_type, event.resource.name)
    for required, limit in ((event.event_key, limits.MAX_EVENT_KEY), (event.title, limits.MAX_TITLE)):
        assert required.strip()
        _assert_text(required, limit)
    for optional, limit in (
        (event.description, limits.MAX_DESCRIPTION),
        (event.image_url, limits.MAX_IMAGE_URL),
        *((part, limits.MAX_PART) for part in (event.rule, *resource)),
    ):
        if optional is not None:
            assert optional.strip()
            _assert_text(optional, limit)
    for part in (event.provider, event.account):
        _assert_text(part, limits.MAX_PART)
    assert all(isinstance(value, str) for entry in event.additional_info.items() for value in entry)
    info = json.dumps(event.additional_info, ensure_ascii=False)
    _assert_text(info, len(info))
    assert len(info.encode()) <= limits.MAX_ADDITIONAL_INFO_BYTES


def _assert_text(value: str, limit: int) -> None:
    assert isinstance(value, str)
    assert len(value) <= limit
    assert "\x00" not in value
    value.encode("utf-8")
