"""The tables and routes of template.yaml, for tests: nothing is written twice."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from localrun.settings import ROOT
from localrun.template import Route, load
from localrun.template import routes as template_routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TABLE_PROPERTIES = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
TABLES = {
    "EVENTS_TABLE": "EventsTable",
    "DELIVERIES_TABLE": "DeliveriesTable",
    "ALERTS_TABLE": "AlertsTable",
    "WEBHOOKS_TABLE": "WebhooksTable",
    "TOKENS_TABLE": "TokensTable",
    "SUMMARIES_TABLE": "SummariesTable",
    "AUDIT_TABLE": "AuditTable",
    "RATES_TABLE": "RatesTable",
}


@cache
def template() -> dict[str, Any]:
    return load(ROOT / "template.yaml")


def parameter(name: str) -> str:
    return str(template()["Parameters"][name]["Default"])


def table_definitions() -> Iterator[dict[str, Any]]:
    """Yield the parameters of create_table for each table; the logical id is the name."""
    for logical_id in TABLES.values():
        properties = template()["Resources"][logical_id]["Properties"]
        yield {"TableName": logical_id, **{name: properties[name] for name in _TABLE_PROPERTIES if name in properties}}


@cache
def routes() -> tuple[Route, ...]:
    return tuple(template_routes(template()))


def match(route: Route, method: str, path: str) -> dict[str, str] | None:
    """Return the path's parameters if the route takes the request."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path)
    matched = re.fullmatch(pattern, path)
    return matched.groupdict() if matched and method == route.method else None


def handler(code_uri: str) -> Callable[[dict[str, Any], Any], Any]:
    """Return the Lambda handler in a function's folder."""
    function: Callable[[dict[str, Any], Any], Any] = import_module(f"{code_uri.replace('/', '.')}.app").handler
    return function
