"""Splunk's webhook alert action: a saved search that triggered, and the first row of its results.

Make one ALERT. Splunk never says that it is over, and its alert's own severity is not sent.

Source: https://help.splunk.com/en/splunk-enterprise/alert-and-respond/alerting-manual/9.4/configure-alert-actions/use-a-webhook-alert-action
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import SEVERITIES, Declared
from event_api.normalizers.lenient import mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject

NAME: Final = "splunk"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("search_name", "results_link", "result")),
    # The documented example has a search without a name.
    Rule(keys=("sid", "owner", "app", "result")),
)

_RUN = re.compile(r"_at_\d+_[\d.].*", re.DOTALL)
"""The part of a run's id that differs from run to run (``scheduler__admin__search__W2_at_1423235_132``)."""


def _search(body: JsonObject) -> JsonObject:
    result = mapping(body.get("result"))
    row = "\n".join(f"{key}: {value}" for key, value in texts(result).items() if not key.startswith("_"))
    search = _RUN.sub("", text(body.get("sid")) or "")
    return {**body, "result": result, "row": row, "search": search}


FORMAT: Final = Declared(
    prepare=_search,
    key=(),
    hashed=(("=splunk",), ("app",), ("owner",), ("search_name", "search"), ("result.host",)),
    title=("search_name", "Search {search}", "Search in {app}"),
    # Columns of the row, if the search has them; the first is Enterprise Security's.
    severity=tuple(f"result.{name}" for name in ("urgency", "severity", "alert_level", "level", "priority")),
    severities=SEVERITIES | {"informational": Severity.INFO},
    fault=Severity.NONE,
    description=("result._raw", "result.message", "row"),
    rule=("search_name",),
    resource_id=("result.host",),
    resource_type=("=host",),
    occurred_at=("result._time",),
    info={name: name for name in ("results_link", "app", "owner", "sid")}
    | {name: f"result.{name}" for name in ("source", "sourcetype", "index", "splunk_server", "count")},
)
normalize = FORMAT.normalize
