"""Trivy Operator's webhook: the reports that it makes on a Kubernetes cluster.

Source: https://aquasecurity.github.io/trivy-operator/latest/tutorials/integrations/webhook/
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, digest, first_text, first_time, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "trivy-operator"
ALIASES: Final = ("trivy",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
_API: Final = ("aquasecurity.github.io/",)
RULES: Final = (
    Rule(keys=("kind", "metadata"), starts={"apiVersion": _API}),
    Rule(keys=("verb", "operatorObject.kind"), starts={"operatorObject.apiVersion": _API}),
)

SEVERITIES: Final = {
    "critical": Severity.CRITICAL,
    "high": Severity.ERROR,
    "medium": Severity.WARNING,
    "low": Severity.INFO,
    "unknown": Severity.NONE,
}
"""In their order: a report is as bad as the worst that it found."""
_FINDINGS: Final = ("vulnerabilities", "checks", "secrets")
_DELETED: Final = "delete"
_LABEL: Final = "trivy-operator."
_KINDS: Final = {
    "VulnerabilityReport": "Vulnerabilities",
    "ConfigAuditReport": "Failed configuration checks",
    "ExposedSecretReport": "Exposed secrets",
    "RbacAssessmentReport": "Failed RBAC checks",
    "InfraAssessmentReport": "Failed infrastructure checks",
    "ComplianceReport": "Failed compliance checks",
}


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a report, a RECOVERY if it found nothing; none of a report that was deleted."""
    body = payload.body
    if (text(body.get("verb")) or "").lower() == _DELETED:
        return []
    body = mapping(body.get("operatorObject")) or body
    kind, metadata = text(body.get("kind")), mapping(body.get("metadata"))
    report = mapping(body.get("report")) or mapping(body.get("status"))
    name, namespace = text(metadata.get("name")), text(metadata.get("namespace"))
    resource = _resource(metadata, name, namespace)
    if resource.name is None and kind is None:
        raise NormalizeError("the report has neither a kind nor a name")
    counts = _counts(report)
    worst = next((word for word in SEVERITIES if counts.get(word)), None)
    # A compliance report counts what failed, and does not say how bad it is.
    failed = at(report, "summary.failCount")
    clean = worst is None and (failed == 0 if isinstance(failed, int) else bool(counts))
    artifact = mapping(report.get("artifact"))
    image = (text(artifact.get("repository")), first_text(artifact.get("tag"), artifact.get("digest")))
    return [
        NormalizedEvent(
            event_key=":".join((NAME, kind or "", namespace or "", name or digest(resource.name))),
            event_type=EventType.RECOVERY if clean else EventType.ALERT,
            title=_title(kind or "Report", resource.name),
            severity=SEVERITIES[worst] if worst else Severity.ERROR if _number(failed) else Severity.INFO,
            description=_description(report, counts) or (f"{_number(failed)} failed" if _number(failed) else None),
            rule=kind,
            resource=resource,
            additional_info=texts(
                {
                    "namespace": namespace,
                    "report": name,
                    "image": ":".join(filter(None, image)),
                    "container": mapping(metadata.get("labels")).get(f"{_LABEL}container.name"),
                    "registry": at(report, "registry.server"),
                }
                | {f"{word}_count": count for word, count in counts.items()}
            ),
            occurred_at=first_time(report.get("updateTimestamp"), metadata.get("creationTimestamp")),
        )
    ]


def _title(kind: str, name: str | None) -> str:
    found = _KINDS.get(kind.removeprefix("Cluster"), kind)
    return f"{found} in {name}" if name else found


def _resource(metadata: JsonObject, name: str | None, namespace: str | None) -> Resource:
    labels = {key.removeprefix(_LABEL): value for key, value in mapping(metadata.get("labels")).items()}
    about = first_text(labels.get("resource.name"), name)
    place = first_text(labels.get("resource.namespace"), namespace)
    return Resource(
        resource_id="/".join(filter(None, (place, about))) or None,
        resource_type=text(labels.get("resource.kind")),
        name=about,
    )


def _findings(report: JsonObject) -> list[tuple[str, JsonObject]]:
    """Return what a report lists, by severity; of checks, those that failed."""
    found = [one for name in _FINDINGS for one in items(report.get(name)) if one.get("success") is not True]
    return [((text(one.get("severity")) or "unknown").lower(), one) for one in found]


def _counts(report: JsonObject) -> dict[str, int]:
    """Return the number of findings by severity: from the summary, else from the report's list."""
    summary = mapping(report.get("summary"))
    counts = {word: _number(summary.get(f"{word}Count")) for word in SEVERITIES if f"{word}Count" in summary}
    if counts or not any(name in report for name in _FINDINGS):
        return counts
    words = Counter(word for word, _ in _findings(report))
    return {word: words[word] for word in SEVERITIES}


def _number(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _description(report: JsonObject, counts: dict[str, int]) -> str | None:
    """Write the number of each severity, and then of all, the worst first."""
    found = _findings(report)
    lines = [", ".join(f"{count} {word}" for word, count in counts.items() if count)]
    for one in (one for level in SEVERITIES for word, one in found if word == level):
        name = first_text(one.get("vulnerabilityID"), one.get("checkID"), one.get("ruleID"))
        lines.append(": ".join(filter(None, (name, text(one.get("title"))))))
    return "\n".join(filter(None, lines)) or None
