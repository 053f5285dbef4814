"""Two tenants with everything alike but their data, and every request that may reach from one to the other.

The requests are made from the product's own tables: its routes, fields, operators, stages, and the fields of its
request models. An entry that no request here uses fails, by name: `covered`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from apidoc.get_requests import GetEventRequest
from event_api.admin.list_requests import AuditQuery, DeliveryQuery, TokenQuery, WebhookQuery
from event_api.domain import times
from event_api.domain.fields import EVENT
from event_api.domain.ids import delivery_of_event
from event_api.query.operators import OPERATORS, fault_of
from event_api.query.values import MISSING, reach
from event_api.reads.alert_requests import AlertQuery
from event_api.reads.search_requests import EventQuery, RecordQuery, SearchQuery
from event_api.reads.statistics.accumulators import GROUP_OPERATORS
from event_api.reads.statistics.expressions import PROJECT_OPERATORS
from event_api.reads.statistics.requests import AggregateCondition, RecordStatQuery, Stage, StatQuery
from eventctl.importer import import_event
from eventctl.records import read_record
from testkit import stack
from tests.service import DOMAIN, PROJECT

if TYPE_CHECKING:
    from testkit.gateway import Response
    from tests.service import Service

OTHER_DOMAIN = "domain-999999999999"
OTHER_PROJECT = "project-999999999999"
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SHARED_KEY = "disk-full"
SHARED_ALERT = "alert-0a1b2c3d4e5f"
MARK = "canary-"
"""The prefix of every canary."""

GET = "GET /monitoring/v1/event/{event_id}"
LIST = "GET /monitoring/v1/events"
SEARCH = "POST /monitoring/v1/events/search"
STAT = "POST /monitoring/v1/events/stat"
STAT_ALERTS = "POST /monitoring/v1/alerts/stat"
GET_ALERT = "GET /monitoring/v1/alert/{alert_id}"
GET_COURSE = "GET /monitoring/v1/alert/{alert_id}/history"
STAT_WEBHOOKS = "POST /monitoring/v1/webhooks/stat"
GET_WEBHOOK = "GET /monitoring/v1/webhook/{webhook_id}"
GET_DELIVERY = "GET /monitoring/v1/delivery/{delivery_id}"
CALLER = "GET /monitoring/v1/token"
MANAGED: dict[str, type[RecordQuery]] = {
    "GET /monitoring/v1/alerts": AlertQuery,
    "POST /monitoring/v1/alerts/search": AlertQuery,
    "GET /monitoring/v1/webhooks": WebhookQuery,
    "POST /monitoring/v1/webhooks/search": WebhookQuery,
    "GET /monitoring/v1/tokens": TokenQuery,
    "POST /monitoring/v1/tokens/search": TokenQuery,
    "GET /monitoring/v1/deliveries": DeliveryQuery,
    "GET /monitoring/v1/audit": AuditQuery,
    "POST /monitoring/v1/audit/search": AuditQuery,
}
"""The lists of other records than events, and their requests."""


def covered(what: str, made: Iterable[str], table: Iterable[str]) -> None:
    """Fail for a table's entry without a request, and for a request without an entry."""
    made, table = set(made), set(table)
    assert made >= table, f"no request is made of the {what} {', '.join(sorted(table - made))}: {__file__}"
    assert made <= table, f"there is no {what} {', '.join(sorted(made - table))}: {__file__}"


# --- the tenants ------------------------------------------------------------------------------------------------------


@dataclass
class Tenant:
    """Whose events these are; ``name`` is in all of its canaries."""

    name: str
    domain_id: str
    project_id: str
    number: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Its events, whole, as its own reader sees them."""

    def canary(self, where: str) -> str:
        return f"{MARK}{self.name}-{where}"

    def owns(self, item: dict[str, Any]) -> bool:
        """Whether an item of any table is its own."""
        values = {name: next(iter(value.values())) for name, value in item.items()}
        domain_id, project_id = (values.get(long, values.get(short)) for long, short in _OWNERS)
        if isinstance(projects := values.get("projects"), list):
            project_id = next((one["S"] for one in projects), None)
        return (domain_id, project_id) == (self.domain_id, self.project_id)

    def ids(self) -> set[str]:
        """The ids of a tenant's own objects."""
        found = {row[name] for row in self.rows for name in ("event_id", "alert_id", "webhook_id") if name in row}
        found |= {delivery_of_event(row["event_id"]) for row in self.rows} - {None}
        return found - {SHARED_ALERT, "event-shared"}

    def secrets(self) -> set[str]:
        """Texts that no response to others may hold."""
        return {self.canary(""), self.instant(0), *self.ids()}

    def instant(self, second: int) -> str:
        """A time that no other tenant's event has."""
        return f"2026-03-04T0{self.number}:11:22.{333 + self.number}Z".replace(":22.", f":2{second}.")

    def facts(self, number: int) -> dict[str, Any]:
        """One event for the import: a canary of its own in every field that there is."""
        inside = {
            "x": self.canary("inside"),
            self.canary("key"): self.canary("value"),
            "n": 7_000_000 * self.number + number,
            "tags": [self.canary("tag"), "shared"],
            "items": [{"x": self.canary("element"), "y": number}],
        }
        facts: dict[str, Any] = {name: self.canary(name) for name in EVENT.fields}
        facts |= {
            "event_id": f"event-{self.name}-{number}",
            "resource": {part: self.canary(part) for part in ("resource_id", "resource_type", "name")},
            "raw_data": inside,
            "additional_info": inside,
            "domain_id": self.domain_id,
            "project_id": self.project_id,
            "created_at": self.instant(number),
            "occurred_at": self.instant(9),
        }
        if number == 0:
            # The same as another tenant's, wherever that can be; within a domain an event's id is its own.
            in_domain = "" if self.project_id == PROJECT else f"-{self.project_id}"
            facts |= {
                "event_id": f"event-shared{in_domain}",
                "event_key": SHARED_KEY,
                "alert_id": SHARED_ALERT,
                "severity": "ERROR",
                "event_type": "ALERT",
            }
        return facts

    def body(self, number: int) -> dict[str, Any]:
        """One event for the webhook."""
        facts = self.facts(number)
        sent = ("title", "description", "rule", "resource", "provider", "account", "image_url", "additional_info")
        return {
            "event_key": SHARED_KEY,
            "event_type": "ALERT",
            "severity": "ERROR",
            **{name: facts[name] for name in sent},
        }


_OWNERS = (("domain_id", "d"), ("project_id", "p"))
"""The members of the tables that name an item's owner."""


@dataclass
class World:
    """All tenants in one deployment, at a time that stands still."""

    app: Service
    ours: Tenant = field(default_factory=lambda: Tenant("ours", DOMAIN, PROJECT, 1))
    beside: Tenant = field(default_factory=lambda: Tenant("beside", DOMAIN, OTHER_PROJECT, 2))
    other: Tenant = field(default_factory=lambda: Tenant("other", OTHER_DOMAIN, PROJECT, 3))

    @property
    def tenants(self) -> tuple[Tenant, ...]:
        return self.ours, self.beside, self.other

    def fill(self) -> World:
        """Store the events of all tenants, imported and delivered."""
        for tenant in self.tenants:
            for number in range(3):
                record = read_record(json.dumps(tenant.facts(number)).encode())
                assert import_event(self.app.stores, record, times.now())
            self.deliver(tenant)
        for tenant in self.tenants:
            token = self.app.token(domain_id=tenant.domain_id, projects=[tenant.project_id])
            tenant.rows = self.app.events(token)
            assert len(tenant.rows) == 5
        return self

    def trouble(self) -> None:
        """Have a delivery of each tenant that cannot be read."""
        for tenant in self.tenants:
            options = {"domain_id": tenant.domain_id, "project_id": tenant.project_id, "name": tenant.canary("unread")}
            _, path = self.app.webhook(**options)
            assert self.app.gateway.post(path, "{" + tenant.canary("unread")).status == 200

    def deliver(self, tenant: Tenant, *changes: dict[str, Any]) -> None:
        """Have two events delivered, or one for each of some changes, by a webhook of its own."""
        _, path = self.app.webhook(domain_id=tenant.domain_id, project_id=tenant.project_id, name=tenant.canary("hook"))
        for number, change in enumerate(changes or ({}, {"event_key": tenant.canary("event_key")})):
            assert self.app.gateway.post(path, tenant.body(number) | change).status == 200

    def without(self, *tenants: Tenant) -> None:
        """Make the world one in which some tenants have no data."""
        client = self.app.dynamodb
        for definition in stack.table_definitions():
            table = definition["TableName"]
            for item in client.scan(TableName=table)["Items"]:
                if any(tenant.owns(item) for tenant in tenants):
                    names = [part["AttributeName"] for part in definition["KeySchema"]]
                    client.delete_item(TableName=table, Key={name: item[name] for name in names})


# --- requests ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """One request to a reading route."""

    route: str
    body: dict[str, Any]
    event_id: str = ""

    def send(self, app: Service, token: str) -> Response:
        method, path = self.route.split(" ")
        if method == "POST":
            return app.gateway.post(path, self.body, token=token)
        query = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in self.body.items()}
        return app.gateway.get(re.sub(r"\{\w+\}", self.event_id, path), query=query, token=token)

    def said(self) -> str:
        """The caller's own knowledge."""
        return json.dumps([self.event_id, self.body])

    def pages(self, app: Service, token: str) -> Iterator[tuple[Ask, Response]]:
        """Ask for this page, and for all that follow."""
        ask: Ask | None = self
        while ask is not None:
            response = ask.send(app, token)
            yield ask, response
            following = response.json().get("next_token")
            page = {**ask.body["query"]["page"], "token": following} if following else None
            ask = Ask(self.route, {**self.body, "query": {**self.body["query"], "page": page}}) if page else None


KEYS = [
    *EVENT.fields,
    *EVENT.aliases,
    *(f"resource.{part}" for part in ("resource_id", "resource_type", "name")),
    *(f"additional_info.{path}" for path in ("x", "n", "tags", "items.x")),
    "raw_data.x",
]


class Requests:
    """Every request, for the data of a world.

    Of list's conditions, each operator on each key, one reader asks the first half (0), another the second (1): all of
    them for both would take a minute.
    """

    def __init__(self, world: World, half: int = 0) -> None:
        self.world = world
        self.half = half
        self._turn = count()

    def _values(self, key: str) -> list[Any]:
        """Values that a key has: another domain's, another project's, and ours."""
        found = []
        for tenant in (self.world.other, self.world.beside, self.world.ours):
            for row in tenant.rows[:3]:
                values = [value for value in reach(row, EVENT.path_of(key)) if value is not MISSING]
                found += [value for value in values if value not in found]
        return found

    def _operands(self, operator: str, key: str) -> list[Any]:
        """Every value for an operator that it accepts, of those that could reach."""
        values = self._values(key)
        scalars = [value for value in values if not isinstance(value, dict | list)]
        candidates = [
            *values,
            scalars,
            scalars[:1],
            MARK,
            [MARK],
            f"^{MARK}",
            [f"^{MARK}", "."],
            True,
            False,
            {"x": self.world.other.canary("element")},
            self.world.other.instant(0),
            "now-1d",
        ]
        return [value for value in candidates if fault_of(operator, value, is_time=key in EVENT.times) is None]

    def conditions(self, operators: Iterable[str], *keys: str) -> Iterator[dict[str, Any]]:
        """Each operator on each key; the values, and the two spellings, take turns."""
        used = set()
        for operator in operators:
            for key in keys:
                turn = next(self._turn)
                if operands := self._operands(operator, key):
                    used.add(operator)
                    condition = {"key": key, "value": operands[turn % len(operands)], "operator": operator}
                    yield {name[0]: part for name, part in condition.items()} if turn % 2 else condition
        covered("operator", used, operators)

    # --- get ----------------------------------------------------------------------------------------------------------

    def get(self) -> Iterator[Ask]:
        covered("parameter of get", ("event_id", "only", "domain_id"), GetEventRequest.model_fields)
        ids = {row["event_id"] for tenant in self.world.tenants for row in tenant.rows}
        others = self.world.other.ids() | self.world.beside.ids()
        for event_id in sorted(ids | others):
            yield Ask(GET, {}, event_id)
            yield Ask(GET, {"domain_id": OTHER_DOMAIN}, event_id)
        for key in KEYS:
            yield Ask(GET, {"only": [key]}, "event-shared")
            yield Ask(GET, {"only": [key]}, self.world.other.rows[0]["event_id"])

    # --- list ---------------------------------------------------------------------------------------------------------

    def list(self) -> Iterator[Ask]:
        """Both forms take turns."""
        for request in self._listed():
            yield Ask((LIST, SEARCH)[next(self._turn) % 2], request)

    def _listed(self) -> Iterator[dict[str, Any]]:
        parts = self._parts_of_search()
        covered("part of a search", parts, SearchQuery.model_fields)
        for name, values in parts.items():
            for value in values:
                yield {"query": {name: value, **(self._small() if name in {"sort", "keyword"} else {})}}
        for number, condition in enumerate(self.conditions(OPERATORS, *KEYS)):
            if number % 2 != self.half:
                continue
            own = {"key": "title", "value": "ours", "operator": "contain"}
            forms = ({"filter": [condition]}, {"filter_or": [condition]}, {"filter_or": [own, condition]})
            yield {"query": {**forms[next(self._turn) % len(forms)], **self._small()}}
        yield from self._named()

    def _small(self) -> dict[str, Any]:
        """Read few fields, mostly: the choice of events matters, and all of their fields take twice as long."""
        return {"minimal": next(self._turn) % 5 > 0}

    def _named(self) -> Iterator[dict[str, Any]]:
        for name in EventQuery.model_fields:
            if name == "query":
                continue
            values = [value for value in self._values(name) if isinstance(value, str)]
            assert values, f"no event has a value for {name}"
            yield {name: values[0]}
            yield {name: values[0], "query": {"explain": True, "count_only": True}}
            if name != "domain_id":
                yield {name: values}
                yield {name: values, "query": {"explain": True, "page": {"limit": 2}}}

    def _parts_of_search(self) -> dict[str, Iterable[Any]]:
        by_place = [
            {"key": key, "value": True, "operator": "exists"} for key in ("domain_id", "project_id", "alert_id")
        ]
        return {
            "filter": [by_place],
            "filter_or": [by_place],
            "keyword": self._keywords(),
            "sort": [[{"key": key, "desc": desc}] for key in KEYS for desc in (False, True)],
            "page": [{"start": 1, "limit": 100}, {"start": 2, "limit": 3}, {"limit": 1}],
            "explain": [True],
            "severity_order": ["rank", "text"],
            "summaries": [False],
            "only": [[key] for key in KEYS],
            "minimal": [True],
            "count": [False],
            "count_only": [True],
            "unwind": [{"path": key} for key in KEYS],
        }

    def _keywords(self) -> Sequence[str]:
        other = self.world.other
        return [MARK, other.canary("title"), f"ours {other.canary('title')}", other.rows[0]["event_id"], "event-"]

    # --- stat ---------------------------------------------------------------------------------------------------------

    def stat(self) -> Iterator[Ask]:
        by_place = {"group": {"keys": [{"key": key, "name": key} for key in ("domain_id", "project_id", "title")]}}
        parts = self._parts_of_stat()
        covered("part of stat", parts, StatQuery.model_fields)
        covered("parameter of stat", ("query", "domain_id"), RecordStatQuery.model_fields)
        yield Ask(STAT, {"domain_id": OTHER_DOMAIN, "query": {"distinct": "domain_id"}})
        for name, values in parts.items():
            for value in values:
                what = {} if name in {"aggregate", "distinct"} else {"aggregate": [by_place]}
                yield Ask(STAT, {"query": {**what, name: value}})

    def _parts_of_stat(self) -> dict[str, Iterable[Any]]:
        return {
            "filter": [[condition] for condition in self.conditions(OPERATORS, "domain_id")],
            "filter_or": [[condition] for condition in self.conditions(OPERATORS, "project_id")],
            "keyword": self._keywords(),
            "page": [{"start": 1, "limit": 100}, {"limit": 1}],
            "explain": [True],
            "severity_order": ["rank", "text"],
            "summaries": [False],
            "distinct": KEYS,
            "aggregate": self._aggregates(),
        }

    def _aggregates(self) -> Iterator[Sequence[dict[str, Any]]]:
        stages = {
            "group": self._groups(),
            "unwind": self._unwinds(),
            "count": [{"name": "n"}],
            "sort": [[{"key": key, "desc": desc}] for key in KEYS for desc in (False, True)],
            "limit": [1, 100],
            "skip": [0, 4],
            "project": self._projects(),
            "match": [{"filter": [condition]} for condition in self.conditions(OPERATORS, "alert_id")],
        }
        covered("stage", stages, Stage.model_fields)
        small = {"project": {"fields": [{"name": name, "key": name} for name in ("event_id", "title", "created_at")]}}
        for name, several in stages.items():
            for options in several:
                whole = name not in {"sort", "match", "unwind"} or next(self._turn) % 5 == 0
                yield [{name: options}] if whole else [{name: options}, small]
        # Behind a stage that makes rows of its own, the planner decides nothing.
        tagged = {"group": {"keys": [], "fields": [{"name": "title", "operator": "push", "key": "title"}]}}
        for condition in self.conditions(OPERATORS, "title"):
            yield [tagged, {"unwind": {"path": "title"}}, {"match": {"filter": [condition]}}]

    def _groups(self) -> Iterator[dict[str, Any]]:
        for key in KEYS:
            yield {"keys": [{"key": key, "name": "key"}], "fields": [{"name": "n", "operator": "count"}]}
        for key in EVENT.times:
            for date_format in ("year", "%Y-%m-%dT%H:%M:%S.%L"):
                yield {"keys": [{"key": key, "name": "key", "date_format": date_format}]}
        for operator, takes in GROUP_OPERATORS.items():
            fields = [{"name": f"f{n}", "operator": operator, "key": key} for n, key in enumerate(KEYS)]
            yield {"fields": fields}
            yield {"keys": [{"key": "project_id", "name": "project"}], "fields": fields}
            if not takes.needs_key:
                yield {"fields": [{"name": "f", "operator": operator}]}
            if takes.takes_conditions:
                known = list(AggregateCondition(key="x", value=1, operator="eq").known_operators())
                for condition in self.conditions(known, "additional_info.n"):
                    yield {"fields": [{**fields[0], "key": "raw_data.n", "conditions": [condition]}]}
            if takes.takes_fields:
                named = [{"key": key, "name": f"f{n}"} for n, key in enumerate(KEYS)]
                yield {"fields": [{"name": "all", "operator": operator, "fields": named}]}

    def _unwinds(self) -> Iterator[dict[str, Any]]:
        yield from ({"path": key} for key in KEYS)
        for condition in self.conditions(OPERATORS, "additional_info.tags"):
            yield {"path": "additional_info.tags", "filter": [condition]}

    def _projects(self) -> Iterator[dict[str, Any]]:
        yield {"fields": [{"name": f"f{n}", "key": key} for n, key in enumerate(KEYS)]}
        for operator, takes in PROJECT_OPERATORS.items():
            operands = takes.operands or 1
            fields = [{"name": f"f{n}", "operator": operator, "fields": [key] * operands} for n, key in enumerate(KEYS)]
            yield {"fields": fields, "exclude_keys": True}

    # --- webhooks, tokens, deliveries and audit records ---------------------------------------------------------------

    def managed(self) -> Iterator[Ask]:
        """Requests of each form to each list, and to what lists name."""
        for route, model in MANAGED.items():
            yield from (Ask(route, request) for request in self._managed(model))
        for route in (STAT_ALERTS, STAT_WEBHOOKS):
            yield Ask(route, {"query": {"distinct": "project_id"}})
            yield Ask(route, {"query": {"aggregate": [{"count": {"name": "n"}}], "explain": True}})
        yield Ask(CALLER, {})
        ids = {row["webhook_id"] for tenant in self.world.tenants for row in tenant.rows if "webhook_id" in row}
        yield from (Ask(GET_WEBHOOK, {}, webhook_id) for webhook_id in sorted(ids) if webhook_id.startswith("webhook-"))
        alerts = {row["alert_id"] for tenant in self.world.tenants for row in tenant.rows if "alert_id" in row}
        yield from (Ask(route, {}, alert_id) for route in (GET_ALERT, GET_COURSE) for alert_id in sorted(alerts))
        deliveries = {delivery_of_event(row["event_id"]) for tenant in self.world.tenants for row in tenant.rows}
        yield from (Ask(GET_DELIVERY, {}, delivery_id) for delivery_id in sorted(filter(None, deliveries)))

    def _managed(self, model: type[RecordQuery]) -> Iterator[dict[str, Any]]:
        since = {"since": "2020-01-01"} if "since" in model.model_fields else {}
        kind = model.kind
        for key in (*kind.fields, *kind.aliases):
            for query in (
                {"filter": [{"key": key, "value": True, "operator": "exists"}], "explain": True},
                {"filter_or": [{"key": key, "value": MARK, "operator": "contain"}], "count_only": True},
                {"sort": {"key": key}, "only": [key]},
                {"unwind": {"path": key}, "page": {"limit": 1}},
            ):
                yield {**since, "query": query}
        yield {**since, "query": {"keyword": MARK, "minimal": True}}
        yield {**since, "domain_id": OTHER_DOMAIN}
        for tenant in self.world.tenants:
            if "project_id" in model.model_fields:
                yield {**since, "project_id": tenant.project_id}
            if "name" in model.model_fields:
                yield {**since, "name": [tenant.canary("hook")]}

    # --- pages --------------------------------------------------------------------------------------------------------

    def paged(self) -> Iterator[Ask]:
        """Requests of which a page is one result."""
        one = {"page": {"limit": 1}}
        yield Ask(SEARCH, {"query": {**one, "explain": True}})
        yield Ask(LIST, {"query": {**one, "sort": {"key": "title"}}})
        yield Ask(SEARCH, {"query": {**one, "unwind": {"path": "additional_info.tags"}}})
        yield Ask(STAT, {"query": {**one, "distinct": "event_id"}})
        yield Ask(STAT, {"query": {**one, "aggregate": [{"group": {"keys": [{"key": "event_id", "name": "id"}]}}]}})


def by_method(world: World, half: int = 0) -> dict[str, list[Ask]]:
    """All requests, by the method of the API that answers them."""
    requests = Requests(world, half)
    found = {"get": list(requests.get()), "list": list(requests.list()), "stat": list(requests.stat())}
    found["manage"] = list(requests.managed())
    asked = {ask.route for asks in found.values() for ask in asks}
    covered("reading route", asked, (route.key for route in stack.routes() if not route.open and _reads(route.key)))
    return found


def _reads(route: str) -> bool:
    """Whether a route answers with stored data; tests/api/test_tenancy.py has those that change it."""
    return route.startswith("GET ") or route.endswith(("/search", "/stat"))
