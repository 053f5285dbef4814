"""Splunk's webhook alert action: a saved search that triggered, and the first row of its results.

Source: https://help.splunk.com/en/splunk-enterprise/alert-and-respond/alerting-manual/9.4/configure-alert-actions/use-a-webhook-alert-action
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text, mapping, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "splunk"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("search_name", "results_link", "result")),
    # The documented example has a search without a name.
    Rule(keys=("sid", "owner", "app", "result")),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "error": Severity.ERROR,
    "medium": Severity.WARNING,
    "warning": Severity.WARNING,
    "low": Severity.INFO,
    "info": Severity.INFO,
    "informational": Severity.INFO,
}
"""By the row's columns ``urgency`` (Enterprise Security's) or ``severity``, if the search has them."""

_RUN = re.compile(r"_at_\d+_[\d.].*", re.DOTALL)
"""The part of a run's id that differs from run to run (``scheduler__admin__search__W2_at_1423235_132``)."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one ALERT. Splunk never says that it is over, and its alert's own severity is not sent."""
    body = payload.body
    result = mapping(body.get("result"))
    name, owner, app = (text(body.get(key)) for key in ("search_name", "owner", "app"))
    search = _RUN.sub("", text(body.get("sid")) or "") or None
    title = first_text(name, search and f"Search {search}", app and f"Search in {app}")
    if title is None:
        raise NormalizeError("the alert has neither a search_name nor a sid")
    host = text(result.get("host"))
    return [
        NormalizedEvent(
            event_key=digest("splunk", app, owner, name or search, host),
            event_type=EventType.ALERT,
            title=title,
            severity=severity(first_text(result.get("urgency"), result.get("severity")), SEVERITIES, Severity.NONE),
            description=first_text(
                result.get("_raw"),
                result.get("message"),
                "\n".join(f"{key}: {value}" for key, value in texts(result).items() if not key.startswith("_")),
            ),
            rule=name,
            resource=Resource(resource_id=host, resource_type="host" if host else None, name=host),
            additional_info=texts(
                {
                    "results_link": body.get("results_link"),
                    "app": app,
                    "owner": owner,
                    "sid": body.get("sid"),
                    **{key: result.get(key) for key in ("source", "sourcetype", "index", "splunk_server", "count")},
                }
            ),
            occurred_at=parse_time(result.get("_time")),
        )
    ]
