"""Rules of Azure Monitor that no sample shows."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from event_api.normalizers.vendors import azure
from tests.samples import own_samples, payload

SAMPLES = {str(sample): sample.body for sample in own_samples()}
METRIC = SAMPLES["azure-monitor/common-metric-fired"]
HEALTH = SAMPLES["azure-monitor/common-resource-health-unavailable"]
SERVICE = SAMPLES["azure-monitor/activity-log-service-health"]


def only(body):
    (event,) = normalize("azure-monitor", payload(body))[1]
    return event


def with_essentials(body, **essentials):
    data = body["data"]
    return body | {"data": data | {"essentials": data["essentials"] | essentials}}


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("Sev0", Severity.CRITICAL),
        ("SEV1", Severity.ERROR),
        ("sev2", Severity.WARNING),
        ("Sev3", Severity.INFO),
        ("Sev4", Severity.INFO),
        ("Sev9", Severity.NOT_AVAILABLE),
        (None, Severity.NOT_AVAILABLE),
    ],
)
def test_severities_of_the_common_schema(said, severity):
    assert only(with_essentials(METRIC, severity=said)).severity == severity


@pytest.mark.parametrize("service", ["CostAlerts", "costalerts"])
def test_costs_without_a_severity_are_errors(service):
    assert only(with_essentials(METRIC, severity=None, monitoringService=service)).severity == Severity.ERROR


@pytest.mark.parametrize(
    ("health", "event_type"),
    [("Available", EventType.RECOVERY), ("Degraded", EventType.ALERT), ("Unknown", EventType.ALERT)],
)
def test_a_resource_has_recovered_when_it_is_available(health, event_type):
    context = HEALTH["data"]["alertContext"]
    properties = context["properties"] | {"currentHealthStatus": health}
    body = HEALTH | {"data": HEALTH["data"] | {"alertContext": context | {"properties": properties}}}
    assert only(body).event_type == event_type
    assert only(body).event_key == only(HEALTH).event_key


@pytest.mark.parametrize(
    ("stage", "event_type"),
    [
        ("Resolved", EventType.RECOVERY),
        ("COMPLETE", EventType.RECOVERY),
        ("Canceled", EventType.RECOVERY),
        ("Planned", EventType.ALERT),
        ("InProgress", EventType.ALERT),
        ("Rescheduled", EventType.ALERT),
    ],
)
def test_a_stage_ends_an_incident(stage, event_type):
    log = SERVICE["data"]["context"]["activityLog"]
    log = log | {"properties": log["properties"] | {"stage": stage}}
    event = only(SERVICE | {"data": {"status": "Activated", "context": {"activityLog": log}}})
    assert event.event_type == event_type
    assert (event.severity == Severity.INFO) == (event_type == EventType.RECOVERY)


def test_both_schemas_share_the_keys_of_health():
    assert only(HEALTH).event_key == only(SAMPLES["azure-monitor/activity-log-resource-health-available"]).event_key
    assert only(SERVICE).event_key == only(SAMPLES["azure-monitor/common-service-health-resolved"]).event_key


def test_each_value_of_a_dimension_has_its_own_key():
    body = SAMPLES["azure-monitor/metric-v2-activated"]
    context = body["data"]["context"]
    criterion = context["condition"]["allOf"][0] | {"dimensions": [{"name": "Role", "value": "api"}]}
    other = body | {"data": body["data"] | {"context": context | {"condition": {"allOf": [criterion]}}}}
    assert only(other).event_key != only(body).event_key


@pytest.mark.parametrize(
    ("resource_id", "kind", "name"),
    [
        ("/subscriptions/s/resourceGroups/g/providers/A.B/cs/c1/ds/d1", "A.B/cs/ds", "d1"),
        ("/subscriptions/s/resourceGroups/g/PROVIDERS/a.b/cs/c1/", "a.b/cs", "c1"),
        ("/subscriptions/s/providers/", None, "providers"),
        ("web-1", None, "web-1"),
        (None, None, None),
    ],
)
def test_an_id_gives_type_and_name(resource_id, kind, name):
    resource = azure.resource(resource_id)
    assert (resource.resource_type, resource.name) == (kind, name)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"schemaId": "azureMonitorCommonAlertSchema", "data": {"essentials": {}}}, "the alert has neither a rule"),
        ({"data": {"context": {"activityLog": {"level": "Error"}}}}, "the activity log's record has neither"),
        ({"status": "Activated", "context": {"condition": {}, "x": 1}}, "the alert's rule has neither"),
        ({"schemaId": "AIP Budget Notification", "data": {}}, "the budget has neither"),
        ({"AlertRuleName": None}, "the log alert's rule has no name"),
        ({}, "there are neither essentials"),
    ],
)
def test_it_says_what_is_missing(body, reason):
    with pytest.raises(NormalizeError) as caught:
        only(body)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    ("context", "title"),
    [
        ({"labels": {"alertname": "Disk full"}}, "Disk full"),
        ({"annotations": {"summary": "Disk is full"}}, "Disk is full"),
        ({"operationName": "Microsoft.Compute/virtualMachines/restart/action"}, "Microsoft.Compute/virtualMachines/"),
        ({"SearchQuery": "Heartbeat"}, "Heartbeat"),
        ({"condition": {"allOf": [{"metricName": "Percentage CPU"}]}}, "Percentage CPU"),
    ],
)
def test_a_context_without_essentials_still_makes_an_event(context, title):
    body = {"schemaId": "azureMonitorCommonAlertSchema", "data": {"alertContext": context}}
    assert only(body).title.startswith(title)
