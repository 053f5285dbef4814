"""The alerts table: the alerts of each (domain, project, event_key), numbered by generation.

At most the newest generation takes events, so one number decides who opens: of any number of copies that want to
write generation n + 1, DynamoDB lets one. A RECOVERY that finds no open alert takes that place, too, with a
marker, so that it and the ALERT that it may have overtaken meet in one item, whichever is first (docs/adr/0002).

Attributes that only people's changes set are in `event_api.store.alert_records`. An acknowledged alert is stored as
TRIGGERED with ``acknowledged_at``, so that version 0.1 reads it, and ingest need not tell the two apart.

An alert is in one index at a time, because each costs a write unit: while it is open, by ``open_at`` in that of open
ones; afterwards by ``opened_at`` in that of its domain. The time in ``open_at`` is that of ``opened_at``, absent
until then. Alerts of version 0.1, and those that are written for it, are in both (docs/adr/0017).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from event_api.domain import ids, times
from event_api.domain.alert import Alert, AlertState, EarlyRecovery, FiringTimes, Urgency
from event_api.domain.event import Severity
from event_api.store import retention
from event_api.store.attributes import Item, ItemReader, Value
from event_api.store.table import ConditionFailedError, Meter, Table

_STILL_OPEN = "#state <> :resolved"
_RESOLVED = AlertState.RESOLVED.value
_RECOVERED = "RECOVERED"
"""The state of a marker, which no alert has."""
_NOTE_OF_LATER = 0
"""In place of a generation: the note that a key has later ones than the first. It outlives them all."""
_LENGTH_OF_TIME = len("2022-06-21T00:34:58.034Z")
_NOTE_DAYS = 15
"""How long a note is kept: longer than a delivery can wait in the queue, which is 14 days."""


class NamedEvents(NamedTuple):
    """The events that some alerts name, and the ids of these alerts and of all that were merged to them."""

    event_ids: set[str]
    alert_ids: set[str]


class AlertStore:
    """Alerts by key, by id, and by domain; ``in_both_indexes``: open ones are written as version 0.1 reads them."""

    def __init__(self, table: Table, retention_days: int, *, in_both_indexes: bool = False) -> None:
        self._table = table
        self._retention_days = retention_days
        self._in_both_indexes = in_both_indexes

    def newest(self, key: str) -> Alert | EarlyRecovery | None:
        """Read what is newest of a key: an alert, open or not, or a note behind it; None if there never was one."""
        return next(self.newest_first(key, first_page=1), None)

    def newest_first(self, key: str, first_page: int = 25) -> Iterator[Alert | EarlyRecovery]:
        """Read the alerts of a key, the newest first, as they are asked for; a note can only be before them all."""
        items = self._table.query(
            "#alert_key = :key AND #generation >= :first",
            {"key": key, "first": 1},
            descending=True,
            consistent=True,
            first_page=first_page,
        )
        return map(_from_item, items)

    def get(self, alert_id: str, now: datetime) -> Alert | None:
        """Read an alert by its id; return None if it does not exist or has expired."""
        place = ids.alert_place(alert_id)
        if place is None or place[1] == _NOTE_OF_LATER:
            return None
        item = self._table.get({"alert_key": place[0], "generation": place[1]}, consistent=True)
        if item is None or _is_note(item) or not retention.is_live(item, "expires_at", now):
            return None
        return None if "deleted_at" in item else _alert(item)

    def named_events(self, alert_ids: Iterable[str], domain_id: str) -> NamedEvents:
        """Read which events opened and resolved some alerts of a domain, and those that were merged to them."""
        asked = set(alert_ids)
        found = self._naming(asked, domain_id)
        merged = {alert_id for one in found for alert_id in one.texts("merged_alerts")} - asked
        found += self._naming(merged, domain_id) if merged else []
        named = {event_id for one in found for event_id in (one.text("opened_by"), *_recoveries(one)) if event_id}
        return NamedEvents(named, asked | merged)

    def _naming(self, alert_ids: Iterable[str], domain_id: str) -> list[ItemReader]:
        places = filter(None, map(ids.alert_place, sorted(alert_ids)))
        keys: list[Item] = [{"alert_key": key, "generation": generation} for key, generation in places]
        attributes = ("domain_id", "opened_by", "resolved_by", "former_recoveries", "merged_alerts")
        found = map(ItemReader, self._table.batch_get(keys, attributes=attributes))
        return [one for one in found if one.optional_text("domain_id") == domain_id]

    def newest_of(self, keys: Iterable[str]) -> dict[str, Alert | EarlyRecovery | None]:
        """Read the newest alerts of many keys in a few calls; leave out keys whose newest alert is uncertain.

        A key's first alert is its newest if it is open and not superseded. There is none if the first one does not
        exist and the key has no note of later ones. The answer may be a second old: every change that is decided by it
        is conditional.
        """
        wanted = list(keys)
        places: list[Item] = [
            {"alert_key": key, "generation": number} for key in wanted for number in (_NOTE_OF_LATER, 1)
        ]
        found = {(item["alert_key"], item["generation"]): item for item in self._table.batch_get(places)}
        newest: dict[str, Alert | EarlyRecovery | None] = {}
        for key in wanted:
            first = found.get((key, 1))
            if (key, _NOTE_OF_LATER) in found:
                continue
            if first is None:
                newest[key] = None
            elif not _is_note(first) and "superseded" not in first and (alert := _alert(first)).is_open:
                newest[key] = alert
        return newest

    def metered(self, meter: Meter) -> AlertStore:
        """Return the same store, with its reads counted."""
        return AlertStore(self._table.metered(meter), self._retention_days, in_both_indexes=self._in_both_indexes)

    def of_domain(self, domain_id: str, state: AlertState | None, now: datetime) -> Iterator[Alert]:
        """Read a domain's alerts, newest first."""
        entries = list(places_of_domain(self._table, domain_id))
        items = [item for item in self._table.batch_get(entries) if retention.is_live(item, "expires_at", now)]
        alerts = (alert for alert in map(_alert, items) if state in {None, alert.state})
        return iter(sorted(alerts, key=lambda alert: (alert.opened_at, alert.alert_id), reverse=True))

    def open(self, alert: Alert, stale: Alert | None = None) -> None:
        """Store a new alert, over the older one that is still open if there is one.

        Raises ConditionFailedError if that generation exists, or the older alert has changed since it was read.
        """
        self._note_later(alert.key, alert.generation, alert.opened_at)
        item = self._to_item(alert)
        if stale is None:
            self._table.put(item, unless_exists="alert_key")
            return
        # The one case that changes two items: the older alert must still be as stale as it was when it was read, and
        # a process that resolves it must notice that it is no longer the newest.
        self._table.put_and_update(
            item,
            unless_exists="alert_key",
            other=_key(stale),
            update="SET #superseded = :yes",
            condition=f"#last_event_at = :seen AND {_STILL_OPEN} AND attribute_not_exists(#superseded)",
            values={"seen": times.to_iso(stale.last_event_at), "resolved": _RESOLVED, "yes": True},
        )

    def next_number(self, domain_id: str) -> int:
        """Return the next number of a domain's alerts. One that is not used is missing."""
        changed = self._table.update_and_read(numbers_key(domain_id), "ADD #alert_number :one", {"one": 1})
        return ItemReader(changed).number("alert_number")

    def note(self, note: EarlyRecovery, instead: EarlyRecovery | None) -> None:
        """Store a marker for a RECOVERY with no open alert, in the next alert's place or ``instead`` of an older one.

        Raises ConditionFailedError if another process has taken the place.
        """
        if instead is None:
            self._note_later(note.key, note.generation, note.at)
        days = min(_NOTE_DAYS, self._retention_days or _NOTE_DAYS)
        self._take_place(
            {
                "alert_key": note.key,
                "generation": note.generation,
                "state": _RECOVERED,
                "resolved_by": note.event_id,
                "resolved_at": times.to_iso(note.at),
                "recovery_occurred_at": _iso(note.recovery_occurred_at),
                **_times_to_item(note.times),
                "expires_at": retention.expires_at(note.at, days),
            },
            instead,
        )

    def claim(self, alert: Alert, place: EarlyRecovery) -> None:
        """Store a new alert in the place that a note holds; raise ConditionFailedError if that has changed."""
        self._take_place(self._to_item(alert), place)

    def _note_later(self, key: str, generation: int, moment: datetime) -> None:
        """Note that a key has a later generation than its first one, before it has.

        The first one may expire before the later ones do, and its absence must not look like a new key.
        """
        if generation > 1:
            expiry = retention.expires_at(moment, 2 * self._retention_days)
            self._table.put({"alert_key": key, "generation": _NOTE_OF_LATER, "expires_at": expiry})

    def _take_place(self, item: dict[str, Value | None], held_by: EarlyRecovery | None) -> None:
        if held_by is None:
            self._table.put(item, unless_exists="alert_key")
        else:
            values: dict[str, Value] = {"recovered": _RECOVERED, "seen": times.to_iso(held_by.at)}
            self._table.put(item, condition="#state = :recovered AND #resolved_at = :seen", values=values)

    def set_times(self, seen: Alert, changed: FiringTimes) -> None:
        """Store the times of an alert's events after one more of them was received.

        Raises ConditionFailedError if the alert was resolved since it was ``seen``, or received a later event.
        """
        assignments, conditions, removed = [], [_STILL_OPEN if seen.is_open else "#state = :resolved"], ""
        values: dict[str, Value] = {"resolved": _RESOLVED}
        known = seen.times
        if changed.last_event_at != known.last_event_at:
            assignments.append("#last_event_at = :now")
            conditions.append("#last_event_at < :now")
            values["now"] = times.to_iso(changed.last_event_at)
        if changed.last_occurred_at is not None and changed.last_occurred_at != known.last_occurred_at:
            assignments.append("#last_occurred_at = :occurred")
            values["occurred"] = times.to_iso(changed.last_occurred_at)
            # The latest time never goes back, so it is written only over the one that it was compared with.
            if known.last_occurred_at is None:
                conditions.append("attribute_not_exists(#last_occurred_at)")
            else:
                conditions.append("#last_occurred_at = :known")
                values["known"] = times.to_iso(known.last_occurred_at)
        if changed.order_unclear:
            assignments.append("#order_unclear = :yes")
            values["yes"] = True
        elif known.order_unclear:
            removed = "REMOVE #order_unclear "
        change = f"{removed}SET {', '.join(assignments)}"
        self._update(seen, changed.last_event_at, change, values, " AND ".join(conditions))

    def resolve(self, newest: Alert, event_id: str, moment: datetime, occurred_at: datetime | None = None) -> None:
        """Resolve an alert and every older open one of its key, on behalf of an event.

        Raises ConditionFailedError if it is no longer the newest, had another event since it was read, or another
        process resolved one of them meanwhile.
        """
        # An alert is resolved after every older one, so below a resolved one there is nothing left to do, also when
        # this is interrupted and repeated.
        still_open: list[Alert] = []
        for alert in self.newest_first(newest.key, first_page=2):
            if isinstance(alert, EarlyRecovery) or alert.generation > newest.generation:
                raise ConditionFailedError
            if not alert.is_open:
                break
            still_open.append(alert)
        if not still_open or still_open[0].generation != newest.generation:
            # Another RECOVERY was quicker. If it arrived earlier than this one, this one has to say so.
            raise ConditionFailedError
        change = "REMOVE #open_at SET #opened_at = :opened, "
        change += "#state = :resolved, #resolved_by = :event, #resolved_at = :now"
        now = times.to_iso(moment)
        values: dict[str, Value] = {"resolved": _RESOLVED, "event": event_id, "now": now}
        if occurred_at is not None:
            change += ", #recovery_occurred_at = :occurred"
            values["occurred"] = times.to_iso(occurred_at)
        for alert in reversed(still_open):
            values["opened"] = times.to_iso(alert.opened_at)
            if alert.generation == newest.generation:
                values["seen"] = times.to_iso(newest.last_event_at)
                condition = f"{_STILL_OPEN} AND #last_event_at = :seen AND attribute_not_exists(#superseded)"
                if not newest.times.order_unclear:
                    condition += " AND attribute_not_exists(#order_unclear)"
            else:
                condition = _STILL_OPEN
            self._update(alert, moment, change, values, condition)

    def confirm(self, alert: Alert, event_id: str, moment: datetime, occurred_at: datetime | None) -> None:
        """Note the RECOVERY of an alert that a person had resolved; raise ConditionFailedError if it has changed."""
        change = "SET #resolved_by = :event, #resolved_at = :now"
        values: dict[str, Value] = {"resolved": _RESOLVED, "event": event_id, "now": times.to_iso(moment)}
        if occurred_at is not None:
            change += ", #recovery_occurred_at = :occurred"
            values["occurred"] = times.to_iso(occurred_at)
        condition = "#state = :resolved AND attribute_not_exists(#resolved_by)"
        self._update(alert, moment, change, values, condition)

    def end_merged(self, alert: Alert, moment: datetime) -> None:
        """Resolve an alert because the one that it was merged to is over; raise ConditionFailedError as above."""
        change = "REMOVE #open_at SET #state = :resolved, #resolved_at = :now, #closed_at = :now"
        values: dict[str, Value] = {"resolved": _RESOLVED, "now": times.to_iso(moment)}
        self._table.update(_key(alert), change, values, condition=f"{_STILL_OPEN} AND attribute_exists(#merged_to)")

    def _update(self, alert: Alert, moment: datetime, change: str, values: dict[str, Value], condition: str) -> None:
        if self._retention_days and moment - alert.opened_at > timedelta(days=self._retention_days):
            self._note_later(alert.key, alert.generation, moment)
        # An alert lives as long as its youngest event.
        expiry = retention.expires_at(moment, self._retention_days)
        if expiry is not None:
            change, values = f"{change}, #expires_at = :expiry", {**values, "expiry": expiry}
        self._table.update(_key(alert), change, values, condition=condition)

    def _to_item(self, alert: Alert) -> dict[str, Value | None]:
        return {
            "alert_key": alert.key,
            "generation": alert.generation,
            "domain_id": alert.domain_id,
            "project_id": alert.project_id,
            "event_key": alert.event_key,
            "state": _stored_state(alert.state),
            "open_at": open_place(alert.project_id, alert.opened_at, alert.alert_id) if alert.is_open else None,
            "alert_number": alert.number,
            "urgency": alert.urgency.value,
            "title": alert.title,
            "severity": alert.severity.value,
            "webhook_id": alert.webhook_id,
            "opened_by": alert.opened_by,
            "opened_at": times.to_iso(alert.opened_at) if self._in_both_indexes or not alert.is_open else None,
            **_times_to_item(alert.times),
            "resolved_by": alert.resolved_by,
            "resolved_at": _iso(alert.resolved_at),
            "recovery_occurred_at": _iso(alert.recovery_occurred_at),
            "expires_at": retention.expires_at(alert.opened_at, self._retention_days),
        }


def _recoveries(alert: ItemReader) -> list[str]:
    """Return the RECOVERYs that have resolved an alert."""
    present = alert.optional_text("resolved_by")
    return [*alert.texts("former_recoveries"), *([] if present is None else [present])]


def _stored_state(state: AlertState) -> str:
    return (AlertState.TRIGGERED if state is AlertState.ACKNOWLEDGED else state).value


def state_of(item: Item) -> AlertState:
    """Return the state of a stored alert."""
    state = AlertState(ItemReader(item).text("state"))
    return AlertState.ACKNOWLEDGED if state is AlertState.TRIGGERED and "acknowledged_at" in item else state


def open_place(project_id: str, opened_at: datetime, alert_id: str) -> str:
    """Return the place of an alert in the index of open ones: by project, then by time and id."""
    return f"{open_prefix(project_id)}{times.to_iso(opened_at)}{alert_id}"


def with_opened_at(item: Item) -> Item:
    """Return an alert's item with ``opened_at``, also if it is in the index of open ones; other items as they are."""
    if "opened_at" in item or "open_at" not in item:
        return item
    return {**item, "opened_at": time_in_place(ItemReader(item).text("open_at"))}


def time_in_place(place: str) -> str:
    """Return the time in a place in the index of open alerts (`open_place`), ISO 8601 with milliseconds."""
    length, _, rest = place.partition(":")
    begin = int(length) + 1
    return rest[begin : begin + _LENGTH_OF_TIME]


def places_of_domain(table: Table, domain_id: str) -> Iterator[Item]:
    """Read the keys of all alerts of a domain, each once: from the index of open ones, and from that of the others."""
    seen: set[tuple[Value, Value]] = set()
    for index in ("open", "by-domain"):
        entries = table.query(
            "#domain_id = :domain", {"domain": domain_id}, index=index, attributes=("alert_key", "generation")
        )
        for entry in entries:
            place = (entry["alert_key"], entry["generation"])
            if place not in seen:
                seen.add(place)
                yield entry


def open_prefix(project_id: str) -> str:
    """Return how the places of a project's open alerts begin; unambiguous, whatever characters the id contains."""
    return f"{len(project_id)}:{project_id}:"


def history_key(key: str) -> str:
    """Return the partition of the history of a key's alerts."""
    return f"history-{key}"


def numbers_key(domain_id: str) -> Item:
    """Return the key of the counter of a domain's alerts."""
    return {"alert_key": f"numbers-{domain_id}", "generation": 0}


def link_secret_key(domain_id: str) -> Item:
    """Return the key of the secret of a domain's access keys to alerts."""
    return {"alert_key": f"secret-{domain_id}", "generation": 0}


def _times_to_item(fired: FiringTimes | None) -> dict[str, Value | None]:
    if fired is None:
        return {}
    return {
        "last_event_at": times.to_iso(fired.last_event_at),
        "last_occurred_at": _iso(fired.last_occurred_at),
        "order_unclear": fired.order_unclear or None,
    }


def _times(stored: ItemReader) -> FiringTimes:
    return FiringTimes(
        last_event_at=stored.time("last_event_at"),
        last_occurred_at=stored.optional_time("last_occurred_at"),
        order_unclear=stored.flag("order_unclear"),
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else times.to_iso(moment)


def _key(alert: Alert) -> Item:
    return {"alert_key": alert.key, "generation": alert.generation}


def _is_note(item: Item) -> bool:
    return item.get("state") == _RECOVERED


def _from_item(item: Item) -> Alert | EarlyRecovery:
    return _note(item) if _is_note(item) else _alert(item)


def _note(item: Item) -> EarlyRecovery:
    stored = ItemReader(item)
    generation, at = stored.number("generation"), stored.time("resolved_at")
    # The markers of version 0.1 have no times; behind the first alert of a key, that means unknown ones.
    unstated = None if generation == 1 else FiringTimes(at)
    return EarlyRecovery(
        key=stored.text("alert_key"),
        generation=generation,
        event_id=stored.text("resolved_by"),
        at=at,
        recovery_occurred_at=stored.optional_time("recovery_occurred_at"),
        times=_times(stored) if "last_event_at" in item else unstated,
    )


def _alert(item: Item) -> Alert:
    stored = ItemReader(with_opened_at(item))
    key, generation = stored.text("alert_key"), stored.number("generation")
    return Alert(
        alert_id=ids.alert_id(key, generation),
        key=key,
        generation=generation,
        domain_id=stored.text("domain_id"),
        project_id=stored.text("project_id"),
        event_key=stored.text("event_key"),
        state=state_of(item),
        urgency=Urgency(stored.text("urgency")),
        title=stored.text("title"),
        severity=Severity(stored.text("severity")),
        webhook_id=stored.text("webhook_id"),
        opened_by=stored.text("opened_by"),
        opened_at=stored.time("opened_at"),
        times=_times(stored),
        resolved_by=stored.optional_text("resolved_by"),
        resolved_at=stored.optional_time("resolved_at"),
        recovery_occurred_at=stored.optional_time("recovery_occurred_at"),
        is_unconfirmed="closed_at" in item and "resolved_by" not in item,
        merged_to=stored.optional_text("merged_to"),
        former_recoveries=frozenset(stored.texts("former_recoveries")),
    )
