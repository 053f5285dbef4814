"""collectd's write_http plugin with ``Notifications true`` and ``Format "JSON"``.

Source: format_json_notification in https://github.com/collectd/collectd/blob/main/src/utils/format_json/format_json.c
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.model import EventType, NormalizedEvent, Resource, Severity
from event_api.normalizers.coerce import digest, fault_severity, items, mapping, text, texts
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.rules import Rule
from event_api.times import parse_time

if TYPE_CHECKING:
    from event_api.jsontypes import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "collectd"
ALIASES: Final = ("collectd-write-http",)
RULES: Final = (
    # The shape is Alertmanager's, for which collectd made it; Prometheus has no such service.
    Rule(of_array=True, keys=("labels.alertname", "annotations"), values={"labels.service": (NAME,)}),
)

SEVERITIES: Final = {"failure": Severity.ERROR, "warning": Severity.WARNING, "okay": Severity.INFO}
RECOVERED: Final = "okay"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of each notification; one alone is read as well."""
    found = items(payload.content) or list(filter(None, [payload.body]))
    if not found:
        raise NormalizeError("there is no notification in the body")
    return [_event(one) for one in found]


def _event(notification: JsonObject) -> NormalizedEvent:
    labels, annotations = texts(mapping(notification.get("labels"))), texts(mapping(notification.get("annotations")))
    # All but the last three say what was measured: the plugin, and its instances.
    measured = [value for name, value in labels.items() if name not in {"instance", "severity", "service"}]
    measured_name = " ".join(measured).removeprefix("collectd_")
    host = labels.get("instance")
    title = " on ".join(filter(None, (measured_name, host))) or annotations.get("summary")
    if title is None:
        raise NormalizeError("the notification has neither an alertname nor a summary")
    # The state is kept for all data sources of a value together, so what names one is no part of the key.
    identity: JsonObject = {name: value for name, value in labels.items() if name != "severity"}
    level = text(labels.get("severity"))
    return NormalizedEvent(
        event_key=f"{NAME}:{digest(identity or title)}",
        event_type=EventType.RECOVERY if (level or "").lower() == RECOVERED else EventType.ALERT,
        title=title,
        severity=fault_severity(level, SEVERITIES),
        description=annotations.get("summary"),
        rule=labels.get("alertname"),
        resource=Resource(resource_id=host, resource_type="host" if host else None, name=host),
        additional_info={name: note for name, note in annotations.items() if name != "summary"} | labels,
        occurred_at=parse_time(notification.get("startsAt")),
    )
