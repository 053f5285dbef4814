"""Our own samples: what each sender posts, written from its documented field names, and the events of it.

``tests/samples/<format>/<case>.json`` is ``{"headers", "body", "events"}``; an event leaves out what has no
value. A body that is a string is posted as it is (a form, or text). ``"bound_only": true`` marks a body that nothing
tells apart: it needs a webhook with a fixed format. A new file is found by the tests by itself.

``python -m tests.samples FILE...`` writes into files what their events are now; read them before you keep them.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from event_api.domain.body import Body
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.times import to_iso
from event_api.normalizers import Payload

FOLDER = Path(__file__).parent
RECEIVED_AT = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    format: str
    case: str
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    bound_only: bool = False

    def __str__(self) -> str:
        return f"{self.format}/{self.case}"

    @property
    def payload(self) -> Payload:
        if isinstance(self.body, str):
            return payload(Body(self.body.encode()).read_content(self.headers), self.headers)
        return payload(self.body, self.headers)


def payload(body: Any, headers: dict[str, str] | None = None) -> Payload:
    return Payload(content=body, headers=headers or {}, received_at=RECEIVED_AT)


def own_samples() -> list[Sample]:
    return [read_sample(file) for file in sorted(FOLDER.glob("*/*.json"))]


def read_sample(file: Path) -> Sample:
    told = json.loads(file.read_text(encoding="utf-8"))
    if "body" not in told or told.keys() - {"headers", "body", "events", "bound_only"}:
        raise ValueError(f'{file} is no sample: it must be {{"headers": {{}}, "body": ..., "events": []}}')
    return Sample(format=file.parent.name, case=file.stem, **told)


def written(event: NormalizedEvent) -> dict[str, Any]:
    """Write an event as samples do: JSON values, without what has no value."""
    fields = asdict(replace(event, occurred_at=None))
    fields["resource"] = {key: value for key, value in fields["resource"].items() if value}
    if event.occurred_at is not None:
        fields["occurred_at"] = to_iso(event.occurred_at)
    # A format's module states the scope of its keys, and test_registry.py compares it with the events.
    del fields["key_scope"], fields["former_keys"]
    return {key: value for key, value in fields.items() if value not in (None, "", {})}
