"""Findings of AWS services, as EventBridge brings them: GuardDuty, Inspector, Macie, Security Hub and DevOps Guru.

Source: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html,
https://docs.aws.amazon.com/inspector/latest/user/eventbridge-integration.html,
https://docs.aws.amazon.com/macie/latest/user/findings-publish-event-schemas.html,
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html and
https://docs.aws.amazon.com/devops-guru/latest/userguide/working-with-eventbridge.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, first_time, items, mapping, severity, text, texts

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject

GRADES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
    "informational": Severity.INFO,
}
"""Worst first."""

GUARDDUTY_GRADES: Final = ((9, Severity.CRITICAL), (7, Severity.ERROR), (4, Severity.WARNING))
"""GuardDuty's number, from 1 to 10, is at least this; below them all it informs."""

OVER: Final = frozenset({"closed", "suppressed", "archived", "resolved", "passed"})
"""The status of a finding that needs no action any more."""
OVER_IN_OCSF: Final = OVER | {"pass"}


def guardduty(detail: JsonObject) -> NormalizedEvent | None:
    """Return GuardDuty's finding, or None for another event. It never reports an end."""
    identity = first_text(detail.get("arn"), detail.get("id"))
    if identity is None or first_text(detail.get("title"), detail.get("type")) is None:
        return None
    affected = mapping(detail.get("resource"))
    bucket = next(iter(items(affected.get("s3BucketDetails"))), {})
    target = first_text(
        at(affected, "instanceDetails.instanceId"),
        at(affected, "eksClusterDetails.name"),
        at(affected, "ecsClusterDetails.name"),
        at(affected, "lambdaDetails.functionName"),
        at(affected, "rdsDbInstanceDetails.dbInstanceIdentifier"),
        bucket.get("name"),
        at(affected, "accessKeyDetails.userName"),
    )
    account, region = text(detail.get("accountId")), text(detail.get("region"))
    arn = text(detail.get("arn"))
    return NormalizedEvent(
        event_key=arn or ":".join(filter(None, (account, region, identity))),
        event_type=EventType.ALERT,
        title=first_text(detail.get("title"), detail.get("type")) or identity,
        severity=_guardduty_severity(detail.get("severity")),
        description=text(detail.get("description")),
        rule=text(detail.get("type")),
        resource=Resource(target, text(affected.get("resourceType")), target),
        provider="aws",
        account=account or "",
        additional_info=texts(
            {
                "arn": arn,
                "region": region,
                "severity": detail.get("severity"),
                "count": at(detail, "service.count"),
                "firstSeen": at(detail, "service.eventFirstSeen"),
            }
        ),
        occurred_at=parse_time(at(detail, "service.eventLastSeen")) or parse_time(detail.get("updatedAt")),
    )


def _guardduty_severity(value: Json) -> Severity:
    try:
        score = float(text(value) or "")
    except (ValueError, OverflowError):
        return Severity.NONE
    return next((grade for least, grade in GUARDDUTY_GRADES if score >= least), Severity.INFO)


def inspected(detail: JsonObject) -> NormalizedEvent | None:
    """Return Inspector's or Macie's finding, or None for another event."""
    title = text(detail.get("title"))
    identity = first_text(detail.get("findingArn"), detail.get("id"))
    if title is None or identity is None:
        return None
    over = (text(detail.get("status")) or "").lower() in OVER or detail.get("archived") is True
    affected = next(iter(items(detail.get("resources"))), {})
    target = first_text(affected.get("id"), at(detail, "resourcesAffected.s3Bucket.name"))
    grade = first_text(at(detail, "severity.description"), detail.get("severity"))
    return NormalizedEvent(
        event_key=identity,
        event_type=EventType.RECOVERY if over else EventType.ALERT,
        title=title,
        severity=Severity.INFO if over else severity(grade, GRADES, Severity.NONE),
        description=text(detail.get("description")),
        rule=text(detail.get("type")),
        resource=Resource(target, text(affected.get("type")), target),
        provider="aws",
        account=first_text(detail.get("awsAccountId"), detail.get("accountId")) or "",
        additional_info=texts(
            {"severity": grade, "status": detail.get("status"), "remediation": at(detail, "remediation.recommendation")}
        ),
        occurred_at=parse_time(detail.get("updatedAt")),
    )


def insight(detail: JsonObject, kind: str, sent_at: str | None) -> NormalizedEvent | None:
    """Return DevOps Guru's insight, or None for another event. Only the kind of the event says that it is closed."""
    identity = text(detail.get("insightId"))
    if identity is None:
        return None
    over = kind.endswith("Closed")
    name, grade = text(detail.get("insightName")), text(detail.get("insightSeverity"))
    return NormalizedEvent(
        event_key=f"devops-guru:{identity}",
        event_type=EventType.RECOVERY if over else EventType.ALERT,
        title=name or kind,
        severity=Severity.INFO if over else severity(grade, GRADES, Severity.NONE),
        description=text(detail.get("insightDescription")),
        rule=kind,
        provider="aws",
        account=text(detail.get("accountId")) or "",
        additional_info=texts(
            {key: detail.get(key) for key in ("insightType", "insightUrl", "region")} | {"severity": grade}
        ),
        occurred_at=parse_time(sent_at),
    )


def security_hub(detail: JsonObject) -> list[NormalizedEvent]:
    """Return Security Hub's findings, of which one message may bring several."""
    findings = detail.get("findings")
    return each(findings, _hub_finding) if isinstance(findings, list) and items(findings) else []


def _hub_finding(finding: JsonObject) -> NormalizedEvent:
    if "finding_info" in finding:
        return _ocsf_finding(finding)
    states = (finding.get("RecordState"), at(finding, "Workflow.Status"), at(finding, "Compliance.Status"))
    over = any((text(state) or "").lower() in OVER for state in states)
    affected = next(iter(items(finding.get("Resources"))), {})
    target = text(affected.get("Id"))
    grade = text(at(finding, "Severity.Label"))
    title = first_text(finding.get("Title"), finding.get("Id"))
    if title is None:
        raise NormalizeError("the finding has neither a title nor an id")
    return NormalizedEvent(
        event_key=text(finding.get("Id")) or f"{title}:{target or ''}",
        event_type=EventType.RECOVERY if over else EventType.ALERT,
        title=title,
        severity=Severity.INFO if over else severity(grade, GRADES, Severity.NONE),
        description=text(finding.get("Description")),
        rule=first_text(finding.get("GeneratorId"), finding.get("ProductName")),
        resource=Resource(target, text(affected.get("Type")), target),
        provider="aws",
        account=text(finding.get("AwsAccountId")) or "",
        additional_info=texts(
            {
                "severity": grade,
                "product": finding.get("ProductName"),
                "region": finding.get("Region"),
                "workflow": at(finding, "Workflow.Status"),
                "compliance": at(finding, "Compliance.Status"),
                "url": at(finding, "Remediation.Recommendation.Url"),
            }
        ),
        occurred_at=parse_time(finding.get("UpdatedAt")),
    )


def _ocsf_finding(finding: JsonObject) -> NormalizedEvent:
    """Return a finding of Security Hub since 2025, which is in the Open Cybersecurity Schema Framework (OCSF)."""
    info = mapping(finding.get("finding_info"))
    identity = first_text(info.get("uid"), at(finding, "metadata.uid"))
    title = first_text(info.get("title"), identity)
    if title is None:
        raise NormalizeError("the finding has neither a title nor an id")
    states = (finding.get("status"), at(finding, "compliance.status"), finding.get("activity_name"))
    over = any((text(state) or "").lower() in OVER_IN_OCSF for state in states)
    affected = next(iter(items(finding.get("resources"))), {})
    target = first_text(affected.get("uid"), affected.get("name"))
    grade = text(finding.get("severity"))
    return NormalizedEvent(
        event_key=identity or f"{title}:{target or ''}",
        event_type=EventType.RECOVERY if over else EventType.ALERT,
        title=title,
        severity=Severity.INFO if over else severity(grade, GRADES | {"fatal": Severity.CRITICAL}, Severity.NONE),
        description=text(info.get("desc")),
        rule=first_text(*(one for one in _listed(info.get("types"))), finding.get("class_name")),
        resource=Resource(target, text(affected.get("type")), text(affected.get("name")) or target),
        provider="aws",
        account=text(at(finding, "cloud.account.uid")) or "",
        additional_info=texts(
            {
                "severity": grade,
                "product": at(finding, "metadata.product.name"),
                "region": at(finding, "cloud.region"),
                "status": finding.get("status"),
                "compliance": at(finding, "compliance.status"),
                "url": at(finding, "remediation.references"),
            }
        ),
        occurred_at=first_time(
            finding.get("time_dt"), info.get("modified_time_dt"), finding.get("time"), info.get("modified_time")
        ),
    )


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
