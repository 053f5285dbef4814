"""Every own sample, renamed: another object never has the same event_key, and an alert and its recovery always do.

A value in a body identifies its object if a change of it, and of nothing else, changes an event's key. So the
samples themselves say what names an object, and no list of names can go stale. If a body names its object inside a
text, the words of the text are the values.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, partial
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from event_api.domain.model import EventType
from event_api.normalizers import NormalizeError, normalize
from tests.samples import Sample, own_samples, payload
from tests.samples.mutations import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLES = own_samples()
_WORD = re.compile(r"\w+")

NAMELESS = {
    "cloudevents/binary": "the headers name it",
    "cloudevents/binary-xml": "the headers name it",
    "generic/nothing-known": "two numbers",
    "newrelic-legacy/only-a-state": "a state and a time",
}
"""Samples whose bodies name no object, and why; each is listed only as long as that is so."""

ENCODED = {"google-cloud-monitoring/pubsub"}
"""Bodies that hold another one in base64, in which a name cannot be changed by itself."""


def values_in(body: Any) -> list[Any]:
    """The texts and numbers of a body, each once."""
    leaves = [body] if isinstance(body, str) else [_at(body, path) for path in paths(body)]
    return list({repr(leaf): leaf for leaf in leaves if _is_name(leaf)}.values())


def words_in(body: Any) -> list[str]:
    return list(
        dict.fromkeys(word for leaf in values_in(body) if isinstance(leaf, str) for word in _WORD.findall(leaf))
    )


def _at(body: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        body = body[step]
    return body


def _is_name(value: Any) -> bool:
    return (isinstance(value, str) and bool(value.strip())) or (isinstance(value, int) and not isinstance(value, bool))


def changed_leaf(name: Any, leaf: Any) -> Any:
    if leaf != name or isinstance(leaf, bool):
        return leaf
    return f"{leaf}7" if isinstance(leaf, str) else leaf + 7_000


def changed_word(name: str, leaf: Any) -> Any:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", f"{name}7", leaf) if isinstance(leaf, str) else leaf


def with_each_leaf(change: Callable[[Any], Any], body: Any) -> Any:
    if isinstance(body, dict):
        return {key: with_each_leaf(change, value) for key, value in body.items()}
    if isinstance(body, list):
        return [with_each_leaf(change, value) for value in body]
    return change(body)


def keys_of(sample: Sample, body: Any) -> list[str] | None:
    """The keys of a body's events, or None if it is no longer a body of its format."""
    try:
        return [event.event_key for event in normalize(sample.format, payload(body, sample.headers))[1]]
    except NormalizeError:
        return None


Names = list[tuple[Any, str]]
"""Values that identify an event's object, and the key that the event has after the change of each."""


def _identifying(sample: Sample, values: Callable[[Any], list[Any]], changed: Callable[[Any, Any], Any]) -> list[Names]:
    body = sample.payload.content
    before = keys_of(sample, body) or []
    found: list[Names] = [[] for _ in before]
    for name in values(body):
        after = keys_of(sample, with_each_leaf(partial(changed, name), body))
        if after is not None and len(after) == len(before):
            for names, old, new in zip(found, before, after, strict=True):
                if old != new:
                    names.append((name, new))
    return found


@cache
def by_leaves(place: int) -> list[Names]:
    return _identifying(SAMPLES[place], values_in, changed_leaf)


@cache
def by_words(place: int) -> list[Names]:
    return _identifying(SAMPLES[place], words_in, changed_word)


@pytest.mark.parametrize("place", range(len(SAMPLES)), ids=list(map(str, SAMPLES)))
def test_each_event_s_key_depends_on_a_name_in_the_body(place):
    named = all(by_leaves(place)) or all(by_words(place))
    assert named == (str(SAMPLES[place]) not in NAMELESS)


def pairs() -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The places of each ALERT and each RECOVERY that have the same key: of the sample, and in it."""
    found: dict[tuple[str, str], dict[bool, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for place, sample in enumerate(SAMPLES):
        if str(sample) in ENCODED:
            continue
        for position, event in enumerate(sample.events):
            is_recovery = event["event_type"] == EventType.RECOVERY
            found[sample.format, event["event_key"]][is_recovery].append((place, position))
    for of_key in found.values():
        yield from product(of_key[False], of_key[True])


PAIRS = list(pairs())


@pytest.mark.parametrize(
    ("alert", "recovery"), PAIRS, ids=[f"{SAMPLES[one]}-{SAMPLES[other]}" for (one, _), (other, _) in PAIRS]
)
def test_an_alert_and_its_recovery_are_renamed_alike(alert, recovery):
    # A word such as the name of an event's kind identifies as well, but another kind is read in another way.
    for identifying in (by_leaves, by_words):
        keys = identifying(recovery[0])[recovery[1]]
        if any(known == other for known in identifying(alert[0])[alert[1]] for other in keys):
            return
    pytest.fail("no change of a name in both gives the same key")


def test_most_formats_have_pairs():
    assert len({SAMPLES[place].format for (place, _), _ in PAIRS}) > 40
