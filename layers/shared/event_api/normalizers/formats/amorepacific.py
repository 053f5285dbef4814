"""Amorepacific's own monitoring, in Korean.

Source: https://github.com/jihyungSong/plugin-amorepacific-mon-webhook
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import first_text, paragraphs, severity, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json
    from event_api.normalizers.payload import Payload

NAME: Final = "amorepacific"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("event_id", "event_time", "metric_name", "metric_value", "severity", "summary", "threshold", "urgency")),
)

SEVERITIES: Final = {
    "심각": Severity.CRITICAL,
    "경고": Severity.ERROR,
    "주의": Severity.WARNING,
    "해제": Severity.INFO,
}
"""Serious, warning, caution, cleared."""
_CLEARED = "해제"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the metric's severity. ``status`` says "UP" of everything, so it says nothing."""
    body = payload.body
    summary, metric = text(body.get("summary")), text(body.get("metric_name"))
    title = ": ".join(filter(None, (metric, (summary or "").rpartition(">")[2].strip() or None)))
    if not title:
        raise NormalizeError("the event has neither a summary nor a metric_name")
    name = first_text(body.get("resource_name"), body.get("host_ip"), body.get("threshold"))
    said = text(body.get("severity"))
    return [
        NormalizedEvent(
            # The summary is the path of the monitored item; event_id is new for each message. The resource's name and
            # address are left out of the key, because some messages of an alert omit them.
            event_key=":".join((NAME, _no_blanks(summary), _no_blanks(metric))),
            event_type=EventType.RECOVERY if said == _CLEARED else EventType.ALERT,
            title=title,
            severity=Severity.ERROR if said is None else severity(said, SEVERITIES, Severity.NONE),
            description=paragraphs(summary, body.get("conditionlog"), body.get("metric_value")),
            rule=metric,
            resource=Resource(resource_id=first_text(body.get("host_ip"), name), name=name),
            # event_time counts hours up to twelve and does not say which half of the day: no occurred_at follows.
            additional_info=texts(
                {
                    key: body.get(key)
                    for key in ("event_id", "event_time", "host_ip", "threshold", "severity", "urgency")
                }
            ),
        )
    ]


def _no_blanks(value: Json) -> str:
    return "".join((text(value) or "").split())
