"""Azure Monitor: action groups, in the common alert schema and in all those before it.

Source: https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema,
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-payload-samples,
https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-non-common-schema-definitions and
https://learn.microsoft.com/azure/azure-monitor/autoscale/autoscale-webhook-email
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_text, mapping, paragraphs, severity, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors import azure

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "azure-monitor"
ALIASES: Final = ("azure-activity-log", "azure-budget", "azure-monitor-classic", "azure-monitor-metric-v2")
KEY_SCOPE: Final = KeyScope.PROJECT

_BUDGET: Final = "AIP Budget Notification"
RULES: Final = (
    Rule(
        values={
            "schemaId": (
                "azureMonitorCommonAlertSchema",
                "AzureMonitorMetricAlert",
                "Microsoft.Insights/activityLogs",
                "Microsoft.Insights/LogAlert",
                _BUDGET,
            )
        }
    ),
    # The oldest alerts have no schemaId.
    Rule(keys=("status", "context.resourceId", "context.condition")),
    Rule(keys=("status", "context.activityLog.eventSource")),
    Rule(keys=("AlertRuleName", "SearchQuery", "LinkToSearchResults")),
    Rule(keys=("operation", "context.resourceId", "context.oldCapacity")),
)

_OVER: Final = frozenset({"resolved", "deactivated"})
_TITLES: Final = ("labels.alertname", "annotations.summary", "operationName", "SearchQuery")
"""Fields of an alert's context that can replace the rule's name, which lies in the essentials."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of the alert, by its schema's fields: a webhook's action group may change its schema."""
    body = payload.body
    data = mapping(body.get("data")) or body
    if "essentials" in data or mapping(data.get("alertContext")):
        return [_common(data)]
    if mapping(at(data, "context.activityLog")):
        return [_activity_log(data)]
    if mapping(data.get("context")):
        return [_metric(data)]
    if "BudgetName" in data or body.get("schemaId") == _BUDGET:
        return [_budget(data)]
    if "AlertRuleName" in data or "SearchQuery" in data:
        return [_log(data)]
    raise NormalizeError("there are neither essentials, nor a context, a budget or a rule's name")


def _common(data: JsonObject) -> NormalizedEvent:
    essentials = mapping(data.get("essentials"))
    context = mapping(data.get("alertContext"))
    budget = mapping(context.get("AlertData"))
    targets = [text(target) for target in _list(essentials, "alertTargetIDs")]
    names = [text(name) for name in _list(essentials, "configurationItems")]
    target = first_text(*targets, budget.get("BudgetId"), budget.get("Scope"))
    budget_name = text(budget.get("BudgetName"))
    alert_id = text(essentials.get("alertId"))
    rule = text(essentials.get("alertRule"))
    criteria = azure.criteria(context.get("condition"))
    title = first_text(
        at(context, "properties.title"),
        (rule or "").rpartition("/")[2] if (rule or "").startswith("/subscriptions/") else rule,
        f"Budget {budget_name}" if budget_name else None,
        essentials.get("description"),
        *(at(context, path) for path in _TITLES),
        *map(azure.measured, criteria),
        alert_id,
    )
    if title is None:
        raise NormalizeError("the alert has neither a rule nor a description nor an id, and its context no name")
    resolved = (text(essentials.get("monitorCondition")) or "").lower() in _OVER
    account = azure.subscription(alert_id, target) or ""
    is_cost = bool(budget) or (text(essentials.get("monitoringService")) or "").lower().startswith("cost")
    if alert_id and "/activitylogalerts/" in alert_id.lower():
        alert_id = f"{alert_id}:{target}"  # a rule's id, not an alert's
    return NormalizedEvent(
        event_key=azure.health_key(context, target, account) or alert_id or digest(rule, title, target),
        event_type=EventType.RECOVERY if resolved or azure.is_over(context) else EventType.ALERT,
        title=title,
        severity=severity(
            essentials.get("severity"), azure.SEVERITIES, Severity.ERROR if is_cost else Severity.NOT_AVAILABLE
        ),
        description=paragraphs(
            azure.record_text(context),
            *map(azure.measured, criteria),
            _log_result(context),
            context.get("DetectionSummary"),
            *(at(context, f"annotations.{name}") for name in ("summary", "description")),
            _expression(context),
            essentials.get("description"),
        ),
        rule=first_text(rule, budget_name),
        resource=azure.resource(target, name=budget_name or first_text(*names)),
        provider=azure.PROVIDER,
        account=account,
        additional_info=azure.record_info(context)
        | texts(mapping(context.get("labels")))
        | texts(budget)
        | texts(mapping(data.get("customProperties")))
        | texts(
            {
                **{key: essentials.get(key) for key in ("monitoringService", "signalType", "originAlertId")},
                "alertId": essentials.get("alertId"),
                "severity": essentials.get("severity"),
                "firedDateTime": essentials.get("firedDateTime"),
                "alertTargetIDs": [*targets] if len(targets) > 1 else None,
                "dimensions": azure.dimensions(context.get("Dimensions"), *(one.get("dimensions") for one in criteria)),
                "query": first_text(
                    context.get("SearchQuery"), context.get("expression"), *(one.get("searchQuery") for one in criteria)
                ),
                "link": _link(context, *criteria),
            }
        ),
        occurred_at=parse_time(essentials.get("resolvedDateTime") if resolved else None)
        or parse_time(essentials.get("firedDateTime"))
        or parse_time(context.get("eventTimestamp")),
    )


def _activity_log(data: JsonObject) -> NormalizedEvent:
    log = mapping(at(data, "context.activityLog"))
    properties = mapping(log.get("properties"))
    resource_id = text(log.get("resourceId"))
    operation = first_text(log.get("operationName"), at(log, "authorization.action"))
    # Of a security alert only the first sentence of its description says what it is.
    is_security = (text(log.get("eventSource")) or "").lower() == "security"
    title = first_text(
        properties.get("title"),
        properties.get("recommendationName"),
        (text(log.get("description")) or "").partition(". ")[0] if is_security else None,
        operation,
        log.get("description"),
        log.get("eventSource"),
        resource_id,
    )
    if title is None:
        raise NormalizeError("the activity log's record has neither a title nor an operation")
    account = first_text(log.get("subscriptionId"), azure.subscription(resource_id)) or ""
    over = azure.is_over(log) or (text(data.get("status")) or "").lower() in _OVER
    return NormalizedEvent(
        event_key=azure.health_key(log, resource_id, account)
        or first_text(log.get("eventDataId"))
        or digest(operation, resource_id),
        event_type=EventType.RECOVERY if over else EventType.ALERT,
        title=title,
        severity=Severity.INFO if over else severity(log.get("level"), azure.SEVERITIES, Severity.NOT_AVAILABLE),
        description=paragraphs(log.get("description"), azure.record_text(log)),
        rule=operation,
        resource=azure.resource(resource_id, text(log.get("resourceType")), text(properties.get("compromisedEntity"))),
        provider=azure.PROVIDER,
        account=account,
        additional_info=azure.record_info(log)
        | texts(mapping(data.get("properties")))
        | texts({"resourceGroupName": log.get("resourceGroupName"), "level": log.get("level")}),
        occurred_at=parse_time(log.get("eventTimestamp")),
    )


def _metric(data: JsonObject) -> NormalizedEvent:
    """Read a metric alert, new or classic, and autoscale's notes, which have the same context."""
    context = mapping(data.get("context"))
    rule_id = text(context.get("id"))
    name = first_text(context.get("name"), (rule_id or "").rpartition("/")[2])
    resource_id = text(context.get("resourceId"))
    if name is None:
        raise NormalizeError("the alert's rule has neither a name nor an id")
    criteria = azure.criteria(context.get("condition"))
    dimensions = azure.dimensions(*(one.get("dimensions") for one in criteria))
    scaled = text(data.get("operation")) if "oldCapacity" in context else None
    recovered = scaled is None and (text(data.get("status")) or "").lower() in _OVER
    return NormalizedEvent(
        # The rule's id is the same for all its resources, and for each value of a dimension.
        event_key=":".join(filter(None, ((rule_id or name).lower(), (resource_id or "").lower(), dimensions))),
        event_type=EventType.RECOVERY if recovered else EventType.ALERT,
        title=f"{name}: {scaled}" if scaled else name,
        severity=severity(
            context.get("severity"),
            azure.SEVERITIES,
            Severity.INFO if recovered or scaled else Severity.NOT_AVAILABLE,
        ),
        description=paragraphs(*map(azure.measured, criteria), context.get("details"), context.get("description")),
        rule=name,
        resource=azure.resource(resource_id, text(context.get("resourceType")), text(context.get("resourceName"))),
        provider=azure.PROVIDER,
        account=first_text(context.get("subscriptionId"), azure.subscription(rule_id, resource_id)) or "",
        additional_info=texts(mapping(data.get("properties")))
        | texts(
            {
                **{
                    key: context.get(key)
                    for key in (
                        "id",
                        "resourceGroupName",
                        "resourceRegion",
                        "conditionType",
                        "portalLink",
                        "oldCapacity",
                        "newCapacity",
                    )
                },
                "dimensions": dimensions,
            }
        ),
        occurred_at=parse_time(context.get("timestamp")),
    )


def _budget(data: JsonObject) -> NormalizedEvent:
    name = first_text(data.get("BudgetName"), data.get("SubscriptionName"), data.get("SubscriptionId"))
    if name is None:
        raise NormalizeError("the budget has neither a name nor a subscription")
    spent, budget, unit = (text(data.get(key)) or "" for key in ("SpendingAmount", "Budget", "Unit"))
    threshold = text(data.get("NotificationThresholdAmount")) or ""
    scope = (text(data.get(key)) or "" for key in ("SubscriptionId", "ResourceGroup"))
    return NormalizedEvent(
        # Each threshold of a budget is reported once a period, and none ever recovers.
        event_key=":".join(("azure-budget", *scope, name, threshold)),
        event_type=EventType.ALERT,
        title=f"Budget {name}",
        severity=Severity.ERROR,
        description=f"Spent {spent} {unit} of {budget} {unit}, the threshold is {threshold}" if spent else None,
        rule=name,
        resource=azure.resource(text(data.get("SubscriptionId")), "subscription", text(data.get("SubscriptionName"))),
        provider=azure.PROVIDER,
        account=text(data.get("SubscriptionId")) or "",
        additional_info=texts(data),
    )


def _log(data: JsonObject) -> NormalizedEvent:
    """Read a log alert from before the common schema; it never reports an end."""
    rule = first_text(data.get("AlertRuleName"), data.get("SearchQuery"))
    if rule is None:
        raise NormalizeError("the log alert's rule has no name")
    account = text(data.get("SubscriptionId"))
    resource_id = first_text(data.get("ResourceId"), data.get("WorkspaceId"), data.get("ApplicationId"))
    affected = first_text(*_list(data, "AffectedConfigurationItems"))
    dimensions = azure.dimensions(data.get("Dimensions"))
    return NormalizedEvent(
        event_key=":".join(filter(None, ("azure-log", account, resource_id, rule, affected, dimensions))),
        event_type=EventType.ALERT,
        title=rule,
        severity=severity(data.get("Severity"), azure.SEVERITIES, Severity.NOT_AVAILABLE),
        description=paragraphs(_log_result(data), data.get("Description")),
        rule=rule,
        resource=azure.resource(resource_id, name=affected),
        provider=azure.PROVIDER,
        account=first_text(account, azure.subscription(resource_id)) or "",
        additional_info=texts(
            {
                "query": data.get("SearchQuery"),
                "dimensions": dimensions,
                "link": _link(data),
                "alertType": data.get("AlertType"),
            }
        ),
        occurred_at=parse_time(data.get("SearchIntervalEndtimeUtc")),
    )


def _list(owner: JsonObject, key: str) -> list[Json]:
    value = owner.get(key)
    return value if isinstance(value, list) else []


def _log_result(log: JsonObject) -> str | None:
    count = text(log.get("ResultCount"))
    if count is None:
        return None
    operator = first_text(log.get("Operator"), log.get("AlertThresholdOperator"))
    threshold = first_text(log.get("Threshold"), log.get("AlertThresholdValue"))
    return f"{count} results, {operator} {threshold}" if operator else f"{count} results"


def _expression(context: JsonObject) -> str | None:
    """Put a Prometheus rule's expression and value in words."""
    expression, value = text(context.get("expression")), text(context.get("expressionValue"))
    return f"{expression}, is {value}" if expression and value else expression


def _link(*owners: JsonObject) -> str | None:
    names = ("LinkToFilteredSearchResultsUI", "LinkToSearchResults", "LinkToSearchResultsUI")
    return first_text(
        *(owner.get(key) for owner in owners for name in names for key in (name, name[0].lower() + name[1:]))
    )
