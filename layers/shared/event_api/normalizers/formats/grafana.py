"""Grafana Alerting's webhook contact point, since Grafana 8.

Source: https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
and https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import (
    digest,
    first_line,
    first_text,
    mapping,
    paragraphs,
    text,
    texts,
)
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors.prometheus import RESOURCE_LABELS, label_fingerprint, severity_of_label

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "grafana"
ALIASES: Final = ("grafana-alerting",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    # Alertmanager's has the same keys, but no orgId.
    Rule(keys=("receiver", "orgId"), some={"alerts": ("labels",)}),
    # An alert need not have labels if there is a group.
    Rule(keys=("receiver", "orgId", "groupKey", "alerts")),
)

_PROBLEMS: Final = frozenset({"DatasourceNoData", "DatasourceError"})
"""Grafana's own alerts when a rule cannot be evaluated; the label ``rulename`` names that rule."""

_COUNTS = re.compile(r"^\[[^\[\]]*\]\s*")  # [FIRING:1, RESOLVED:2]
_DESCRIPTIONS = ("summary", "description", "message")


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event per alert: the group's status is "firing" as long as one of them fires."""
    body = payload.body
    alerts = body.get("alerts")
    if not isinstance(alerts, list):
        alerts = [body]  # a single alert, as forwarders split them, or a group that lost its alerts
    return each(alerts, lambda alert: _event(alert, body))


def _event(alert: JsonObject, group: JsonObject) -> NormalizedEvent:
    labels = texts(mapping(group.get("commonLabels")) | mapping(alert.get("labels")))
    annotations = texts(mapping(group.get("commonAnnotations")) | mapping(alert.get("annotations")))
    name = labels.get("alertname")
    told = text(group.get("title"))
    rule = first_text(labels.get("rulename"), name)
    title = first_text(
        f"{name}: {rule}" if name in _PROBLEMS and rule != name else name,
        annotations.get("summary"),
        _COUNTS.sub("", told or "", count=1),
        first_line(group.get("message")),
        told,
    )
    fingerprint = text(alert.get("fingerprint"))
    if title is None and fingerprint is None:
        raise NormalizeError("an alert has no fingerprint, alertname or summary, and its group no title or message")
    org_id = first_text(alert.get("orgId"), group.get("orgId"))
    recovered = (first_text(alert.get("status"), group.get("status")) or "").lower() == "resolved"
    resource_label = next((label for label in RESOURCE_LABELS if label in labels and label != "alertname"), None)
    resource = labels.get(resource_label or "")
    return NormalizedEvent(
        # Fingerprints are of labels only: two organisations may have the same.
        event_key=f"{org_id or ''}:{fingerprint or (label_fingerprint(labels) if labels else digest(title))}",
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=title or "no title",
        severity=Severity.INFO if recovered else severity_of_label(labels.get("severity"), Severity.ERROR),
        description=paragraphs(*map(annotations.get, _DESCRIPTIONS), alert.get("valueString")),
        rule=rule,
        resource=Resource(resource_id=resource, resource_type=resource_label, name=resource),
        image_url=text(alert.get("imageURL")),
        additional_info={key: note for key, note in annotations.items() if key not in _DESCRIPTIONS}
        | labels
        | texts(
            {
                "org_id": org_id,
                "receiver": group.get("receiver"),
                "values": alert.get("values"),
                "generator_url": alert.get("generatorURL"),
                "silence_url": alert.get("silenceURL"),
                "dashboard_url": alert.get("dashboardURL"),
                "panel_url": alert.get("panelURL"),
                "external_url": group.get("externalURL"),
                "starts_at": alert.get("startsAt"),
                "truncated_alerts": group.get("truncatedAlerts") or None,  # 0 says that none are missing
            }
        ),
        occurred_at=parse_time(alert.get("endsAt" if recovered else "startsAt")),
    )
