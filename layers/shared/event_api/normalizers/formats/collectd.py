"""collectd's write_http plugin with ``Notifications true`` and ``Format "JSON"``; measurements make no events.

Source: format_json_notification in https://github.com/collectd/collectd/blob/main/src/utils/format_json/format_json.c
and the requests of collectd 5.12, which posts each notification separately, and metrics in other requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, fault_severity, first_line, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "collectd"
ALIASES: Final = ("collectd-write-http",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
_METRIC: Final = ("dsnames", "dstypes")
RULES: Final = (
    # collectd made this shape for Alertmanager. Prometheus' own alerts have no such service.
    Rule(of_array=True, keys=("labels.alertname", "annotations"), values={"labels.service": (NAME,)}),
    # Metrics arrive, too, unless the option ``Metrics`` is switched off.
    Rule(of_array=True, keys=(*_METRIC, "host", "plugin", "values")),
)

SEVERITIES: Final = {"failure": Severity.ERROR, "warning": Severity.WARNING, "okay": Severity.INFO}
RECOVERED: Final = "okay"
NOT_MEASURED: Final = frozenset({"alertname", "instance", "severity", "service"})
"""Labels that every notification has. All others are instances of the plugin or of its type."""
UNSET: Final = frozenset({"nan", "-nan"})
"""Values of a threshold that is not set."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of each notification in an array, or of a single one; none of metrics."""
    found = payload.content if isinstance(payload.content, list) else list(filter(None, [payload.body]))
    if not found:
        raise NormalizeError("the body contains no notification")
    return each(found, lambda one: None if all(key in one for key in _METRIC) else _event(one))


def _event(notification: JsonObject) -> NormalizedEvent:
    labels, annotations = texts(mapping(notification.get("labels"))), texts(mapping(notification.get("annotations")))
    # The plugin and the type. A script's notification about a host has neither, so its alertname is "collectd_".
    name = labels.get("alertname", "").removeprefix("collectd_").rstrip("_")
    instances = [value for label, value in labels.items() if label not in NOT_MEASURED]
    subject = " ".join(filter(None, (name, *instances))) or first_line(annotations.get("summary"))
    host = labels.get("instance")
    title = " on ".join(filter(None, (subject, host)))
    if not title:
        raise NormalizeError("the notification has neither an alertname nor a summary")
    # collectd keeps one state for all data sources of a value, so a data source's name is not part of the key. If a
    # notification has neither host nor plugin, its labels do not identify an object, but its title does.
    identity: JsonObject = {label: value for label, value in labels.items() if label != "severity"}
    level = text(labels.get("severity"))
    return NormalizedEvent(
        event_key=f"{NAME}:{digest(identity if name or host else title)}",
        event_type=EventType.RECOVERY if (level or "").lower() == RECOVERED else EventType.ALERT,
        title=title,
        severity=fault_severity(level, SEVERITIES),
        description=annotations.get("summary"),
        rule=labels.get("alertname") if name else None,
        resource=Resource(resource_id=host, resource_type="host" if host else None, name=host),
        additional_info={key: note for key, note in annotations.items() if key != "summary" and note not in UNSET}
        | labels,
        occurred_at=parse_time(notification.get("startsAt")),
    )
