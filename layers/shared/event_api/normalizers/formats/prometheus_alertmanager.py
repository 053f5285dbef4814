"""Prometheus Alertmanager's webhook (version 4, older ones and forwarders), and Prometheus's posts to Alertmanager.

Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config and
https://prometheus.io/docs/alerting/latest/alerts_api/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import digest, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors.prometheus import RESOURCE_LABELS, label_fingerprint, severity_of_label

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "prometheus-alertmanager"
ALIASES: Final = ("alertmanager",)
KEY_SCOPE: Final = KeyScope.PROJECT
_COLLECTD: Final[dict[str, tuple[Json, ...]]] = {"labels.service": ("collectd",)}
RULES: Final = (
    # Grafana's has the same keys, and orgId. Version and groupKey prove nothing: forwarders drop them.
    Rule(keys=("receiver",), absent=("orgId",), some={"alerts": ("labels",)}),
    # Forwarders and test tools may drop the receiver, too.
    Rule(keys=("groupLabels",), absent=("receiver", "orgId"), some={"alerts": ("labels",)}),
    # A group in which an alert's labels are null, or which has no list of alerts.
    Rule(keys=("receiver", "groupLabels"), absent=("orgId",), some={"alerts": ("startsAt", "status")}),
    Rule(keys=("receiver", "groupLabels"), absent=("orgId",), nulls=("alerts",)),
    # One alert without its group. Grafana's own also have a valueString.
    Rule(keys=("labels.alertname", "startsAt", "generatorURL"), absent=("alerts", "orgId", "valueString")),
    # The shape of Alertmanager's own API; collectd posts the same.
    Rule(of_array=True, keys=("labels", "annotations"), unless=_COLLECTD),
    Rule(of_array=True, keys=("labels.alertname", "startsAt"), unless=_COLLECTD),
)

_DESCRIPTIONS = ("description", "message")
_TITLE = "summary"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event per alert of the group, or of an array. A single alert without its group is read as well."""
    body = payload.body
    if isinstance(payload.content, list):
        return each(payload.content, lambda alert: _event(_with_status(alert, payload.received_at), {}))
    if "alerts" not in body and "labels" in body:
        return [_event(body, {})]
    alerts = body.get("alerts")
    if not isinstance(alerts, list):
        raise NormalizeError("alerts is missing, or no list of objects")
    return each(alerts, lambda alert: _event(alert, body))


def _with_status(alert: JsonObject, now: datetime) -> JsonObject:
    """Return an API alert's status as Alertmanager does: it is resolved if it has ended.

    While it fires, Prometheus sends the end that applies unless it is heard of again: some minutes from now.
    """
    end = parse_time(alert.get("endsAt"))
    # In a list of Alertmanager's own API, the status is an object that says only whether the alert is silenced.
    told = {} if isinstance(alert.get("status"), str) else {"status": "resolved" if end and end <= now else "firing"}
    return alert | told


def _event(alert: JsonObject, group: JsonObject) -> NormalizedEvent:
    # Common values of the group apply to each of its alerts, in case an alert comes without its own.
    labels = texts(mapping(alert.get("labels")) or mapping(group.get("commonLabels")))
    annotations = texts(mapping(alert.get("annotations")) or mapping(group.get("commonAnnotations")))
    title = first_text(annotations.get(_TITLE), alert.get("summary"), labels.get("alertname"))
    fingerprint = text(alert.get("fingerprint"))
    if fingerprint is None and not labels and title is None:
        raise NormalizeError("an alert has no fingerprint, no labels and no annotations")
    recovered = (text(alert.get("status")) or "").lower() == "resolved"
    resource_label = next((label for label in RESOURCE_LABELS if label in labels), None)
    resource = labels.get(resource_label or "")
    return NormalizedEvent(
        event_key=fingerprint or (label_fingerprint(labels) if labels else digest(title)),
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=title or "no title",
        severity=severity_of_label(labels.get("severity"), Severity.INFO),
        description=first_text(*map(annotations.get, _DESCRIPTIONS), alert.get("description")),
        rule=labels.get("alertname"),
        resource=Resource(resource_id=resource, resource_type=resource_label, name=resource),
        additional_info=_additional_info(alert, group, labels, annotations),
        occurred_at=parse_time(alert.get("endsAt" if recovered else "startsAt")),
    )


def _additional_info(
    alert: JsonObject, group: JsonObject, labels: dict[str, str], annotations: dict[str, str]
) -> dict[str, str]:
    links = {
        "generator_url": alert.get("generatorURL"),
        "external_url": group.get("externalURL"),
        "receiver": group.get("receiver"),
        "starts_at": alert.get("startsAt"),
        "ends_at": alert.get("endsAt") if parse_time(alert.get("endsAt")) else None,
        "truncated_alerts": group.get("truncatedAlerts") or None,  # 0 says that none are missing
    }
    told = {*_DESCRIPTIONS, _TITLE}
    return {key: note for key, note in annotations.items() if key not in told} | labels | texts(links)
