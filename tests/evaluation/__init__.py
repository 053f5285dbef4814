"""How well bodies are read: right, poor or wrong, by count, type, severity, title, key and resource.

The bodies are our own samples (bound to their format, detected, and as an unknown sender's), the cases in ``cases/``,
which are written after senders and bug reports without a format, and the two collections of ../shared, if present.
A case is ``{"from", "deliveries": [{"body", "headers", "expected"}], "same_alert"}``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.webhook import Webhook
from event_api.ingest.normalization import read
from event_api.normalizers import headers_to_store
from event_api.normalizers.formats.generic import UNTITLED
from tests.contract.collection import FOLDER, SHARED
from tests.contract.test_webhook_samples import ENTRIES, SEVERAL_ALERTS
from tests.contract.test_webhook_samples import expected as expected_of
from tests.samples import RECEIVED_AT, own_samples

CASES: Final = Path(__file__).parent / "cases"
ASPECTS: Final = ("count", "type", "severity", "title", "key", "resource")


class Verdict(IntEnum):
    """POOR is less than the body says; WRONG is another thing than it says."""

    RIGHT = 0
    POOR = 1
    WRONG = 2


Verdicts = dict[str, Verdict]
"""By aspect."""


@dataclass(frozen=True)
class Expected:
    """The expected values of one event; None is not judged."""

    event_type: str
    severity: str | None = None
    title: str | None = None
    is_whole_title: bool = False
    alert: str | None = None
    """Events of one scope have equal keys if and only if these are equal."""
    resource: str | None = None
    """A part of the resource's name or id."""


@dataclass(frozen=True)
class Case:
    """One delivery and its events; ``scope`` holds those whose keys are compared."""

    name: str
    scope: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    expected: tuple[Expected, ...] = ()

    def events(self) -> list[NormalizedEvent]:
        """Read the body as a webhook does, with the event that reports an unreadable one."""
        webhook = Webhook("webhook-1", "domain-1", "project-1", "w", (), RECEIVED_AT, format=self.format)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = Body.received(self.body, headers=headers)
        delivery = Delivery(
            "delivery-1", "domain-1", "project-1", "webhook-1", body, headers_to_store(headers), RECEIVED_AT
        )
        return [event for _, event in read(webhook, delivery).events]


def judge(cases: list[Case]) -> dict[str, Verdicts]:
    """Return the verdicts of each case of a source."""
    found = {case.name: case.events() for case in cases}
    keys: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    alerts: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for case in cases:
        for expected, event in zip(case.expected, found[case.name], strict=False):
            if expected.alert is not None:
                keys[case.scope, expected.alert].add(event.event_key)
                alerts[case.scope, event.event_key].add(expected.alert)
    verdicts = {}
    for case in cases:
        events = found[case.name]
        pairs = list(zip(case.expected, events, strict=False))
        as_expected = len(events) == len(case.expected)
        same_types = as_expected and all(one.event_type == str(event.event_type) for one, event in pairs)
        keyed = all(
            one.alert is None
            or (len(keys[case.scope, one.alert]) == 1 and len(alerts[case.scope, event.event_key]) == 1)
            for one, event in pairs
        )
        verdicts[case.name] = {
            "count": _verdict(is_right=as_expected),
            "type": _verdict(is_right=same_types),
            "severity": max((_severity(*pair) for pair in pairs), default=Verdict.RIGHT),
            "title": max((_title(*pair) for pair in pairs), default=Verdict.RIGHT),
            "key": _verdict(is_right=keyed),
            "resource": max((_resource(*pair) for pair in pairs), default=Verdict.RIGHT),
        }
    return verdicts


def _verdict(*, is_right: bool) -> Verdict:
    return Verdict.RIGHT if is_right else Verdict.WRONG


def _severity(expected: Expected, event: NormalizedEvent) -> Verdict:
    if expected.severity in {None, str(event.severity)}:
        return Verdict.RIGHT
    return Verdict.POOR if event.severity == "NONE" else Verdict.WRONG


def _title(expected: Expected, event: NormalizedEvent) -> Verdict:
    title = expected.title
    if title is None or title == event.title or (not expected.is_whole_title and title in event.title):
        return Verdict.RIGHT
    return Verdict.WRONG if event.title == UNTITLED else Verdict.POOR


def _resource(expected: Expected, event: NormalizedEvent) -> Verdict:
    named = [name for name in (event.resource.name, event.resource.resource_id) if name]
    if expected.resource is None or any(expected.resource in name for name in named):
        return Verdict.RIGHT
    return Verdict.WRONG if named else Verdict.POOR


def sources() -> dict[str, list[Case]]:
    """Return the cases of each source that is present."""
    found = {
        "samples, bound": list(_samples("bound")),
        "samples, detected": list(_samples("detected")),
        "samples, as an unknown sender's": list(_samples("unknown")),
        "collection, bound": list(_collection(bound=True)),
        "collection, detected": list(_collection(bound=False)),
        "cases": [case for file in sorted(CASES.glob("*.json")) for case in _told(file.stem, _json(file))],
        "field cases": [],
    }
    shared = SHARED / "field" / "cases.json"
    if shared.is_file():
        found["field cases"] = [case for one in _json(shared) for case in _told(one["name"], one)]
    return {name: cases for name, cases in found.items() if cases}


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _samples(way: str) -> Iterator[Case]:
    for sample in own_samples():
        if way == "detected" and sample.bound_only:
            continue
        body = sample.body if isinstance(sample.body, str) else json.dumps(sample.body)
        yield Case(
            name=str(sample),
            scope=sample.format,
            body=body.encode(),
            headers=sample.headers,
            format={"bound": sample.format, "unknown": "generic"}.get(way),
            expected=tuple(
                Expected(
                    event["event_type"], event.get("severity"), event["title"], way != "unknown", event["event_key"]
                )
                for event in sample.events
            ),
        )


def _collection(*, bound: bool) -> Iterator[Case]:
    for entry in ENTRIES:
        told = expected_of(entry)
        alert = entry.get("same_alert_as")
        if alert in SEVERAL_ALERTS or told["events"] != 1:
            alert = None
        yield Case(
            name=entry["file"],
            scope=entry["vendor"],
            body=(FOLDER / entry["file"]).read_bytes(),
            headers={"content-type": entry["content_type"]} | entry["headers"],
            format=entry["vendor"] if bound else None,
            expected=tuple(
                Expected(*pair, alert=alert) for pair in zip(told["event_types"], told["severities"], strict=True)
            ),
        )


def _told(name: str, case: dict[str, Any]) -> Iterator[Case]:
    for number, delivery in enumerate(case["deliveries"]):
        told = delivery["expected"]
        types = told.get("event_types") or [told["event_type"]] * told["events"] if told["events"] else []
        severities = told.get("severities") or [told.get("severity")] * len(types)
        titles = told.get("titles") or [told.get("title_contains")] * len(types)
        resources = told.get("resources") or [told.get("resource")] * len(types)
        body = delivery["body"]
        yield Case(
            name=f"{name} #{number + 1}",
            scope=name,
            body=body.encode() if isinstance(body, str) else json.dumps(body).encode(),
            headers=delivery.get("headers", {}),
            format=delivery.get("format"),
            expected=tuple(
                Expected(
                    kind,
                    severity,
                    title,
                    alert=str(place) if case.get("same_alert") else f"delivery {number}, {place}",
                    resource=resource,
                )
                for place, (kind, severity, title, resource) in enumerate(
                    zip(types, severities, titles, resources, strict=True)
                )
            ),
        )
