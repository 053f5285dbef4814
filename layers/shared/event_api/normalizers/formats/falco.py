"""Falco's alert as JSON, from its HTTP output or from falcosidekick's webhook.

Source: https://falco.org/docs/concepts/outputs/formatting/ and https://github.com/falcosecurity/falcosidekick
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import fault_severity, first_line, first_text, first_time, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "falco"
ALIASES: Final = ("falcosidekick",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (Rule(keys=("output_fields", "rule", "priority")),)

SEVERITIES: Final = {
    "emergency": Severity.CRITICAL,
    "alert": Severity.CRITICAL,
    "critical": Severity.CRITICAL,
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "notice": Severity.INFO,
    "informational": Severity.INFO,
    "info": Severity.INFO,
    "debug": Severity.INFO,
}
_TEST: Final = ("Test rule", "This is a test from falcosidekick")

POD, NAMESPACE, CONTAINER_NAME, CONTAINER_ID = "k8s.pod.name", "k8s.ns.name", "container.name", "container.id"


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one ALERT, or no event of falcosidekick's test. Falco never reports a recovery."""
    body = payload.body
    rule, output = text(body.get("rule")), text(body.get("output"))
    if (rule, output) == _TEST:
        return []
    title = rule or first_line(output)
    if title is None:
        raise NormalizeError("the alert has neither a rule nor an output")
    fields = mapping(body.get("output_fields"))
    resource = _resource(fields, text(body.get("hostname")))
    return [
        NormalizedEvent(
            event_key=":".join((NAME, title, text(body.get("hostname")) or "", resource.resource_id or "")),
            event_type=EventType.ALERT,
            title=title,
            severity=fault_severity(body.get("priority"), SEVERITIES),
            description=output,
            rule=rule,
            resource=resource,
            additional_info=texts(
                {name: body.get(name) for name in ("priority", "source", "tags", "hostname", "uuid")} | fields
            ),
            occurred_at=first_time(body.get("time"), fields.get("evt.time")),
        )
    ]


def _resource(fields: JsonObject, hostname: str | None) -> Resource:
    """Return the resource closest to the event: the pod, the container or the host."""
    pod, namespace = text(fields.get(POD)), text(fields.get(NAMESPACE))
    if pod:
        return Resource(resource_id=f"{namespace}/{pod}" if namespace else pod, resource_type="pod", name=pod)
    container = text(fields.get(CONTAINER_ID))
    if container and container != "host":
        name = first_text(fields.get(CONTAINER_NAME), container)
        return Resource(resource_id=container, resource_type="container", name=name)
    return Resource(resource_id=hostname, resource_type="host" if hostname else None, name=hostname)
