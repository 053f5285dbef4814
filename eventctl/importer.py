r"""Import of events from another system: each once, with its own id, domain and times, and its raw body.

Raw body first, then the event, as create does (docs/adr/0002): a visible event is complete. All writes are conditional,
so an interrupted import is simply run again.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from botocore.exceptions import ClientError

from event_api.domain import ids, times
from event_api.domain.body import Body
from event_api.domain.delivery import Delivery
from event_api.json_types import JsonObject
from event_api.reads.event_info import EventInfo
from event_api.store.deployment import Deployment
from eventctl.lines import MAX_LINE_BYTES, Line
from eventctl.records import RecordError, read_record
from eventctl.target import PARALLEL

_AHEAD = 4 * PARALLEL  # lines under way or waiting for one: enough to keep all threads busy, few enough to hold


class Outcome(Enum):
    """The outcome of a line."""

    IMPORTED = auto()
    ALREADY_THERE = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one line; ``reason`` is why it failed."""

    line: int
    end: int
    outcome: Outcome
    reason: str = ""


def import_lines(stores: Deployment, lines: Iterable[Line]) -> Iterator[Result]:
    r"""Store the events of some lines, many at a time; yield the results in the lines' order.

    A line that cannot be stored is a result. A failure that stops the whole import (no access, no database) is raised.
    """
    under_way: deque[Future[Result]] = deque()
    threads = ThreadPoolExecutor(PARALLEL, thread_name_prefix="import")
    try:
        for line in lines:
            under_way.append(threads.submit(_import_line, stores, line))
            if len(under_way) == _AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        threads.shutdown(cancel_futures=True)


def _import_line(stores: Deployment, line: Line) -> Result:
    if line.is_cut:
        return Result(line.number, line.end, Outcome.FAILED, f"it has more than {MAX_LINE_BYTES} bytes")
    try:
        is_new = import_event(stores, read_record(line.content), times.now())
    except RecordError as error:
        return Result(line.number, line.end, Outcome.FAILED, str(error))
    return Result(line.number, line.end, Outcome.IMPORTED if is_new else Outcome.ALREADY_THERE)


def import_event(stores: Deployment, record: EventInfo, now: datetime) -> bool:
    r"""Store an event and its raw body, both to expire as if made ``now``; return False if the event exists already.

    Raises RecordError for an event that the database cannot hold, and for a raw body that contradicts the stored one.
    """
    try:
        if record.raw_data is not None:
            _store_raw_data(stores, record, record.raw_data, now)
        return stores.events.add(record.to_event(), now, imported_with_body=record.raw_data is not None)
    except RecursionError:
        raise RecordError("it is nested too deep") from None
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        raise RecordError(f"the database refuses it: {error.response['Error']['Message']}") from error


def _store_raw_data(stores: Deployment, record: EventInfo, raw_data: JsonObject, now: datetime) -> None:
    delivery = Delivery(
        delivery_id=ids.delivery_of_import(record.event_id, record.domain_id),
        domain_id=record.domain_id,
        project_id=record.project_id or "",
        webhook_id=record.webhook_id or "",
        body=Body.of(raw_data),
        headers={},
        received_at=now,
        finished=True,
    )
    if stores.deliveries.add(delivery):
        return
    # A repeated import finds its own.
    stored = stores.deliveries.get(delivery.delivery_id, delivery.domain_id)
    if stored is None or _canonical(stored.body.raw_data()) != _canonical(raw_data):
        raise RecordError("raw_data differs from what was imported for this event before")


def _canonical(value: JsonObject) -> str:
    # As text, because Python finds 1, 1.0 and True equal.
    return json.dumps(value, sort_keys=True)
