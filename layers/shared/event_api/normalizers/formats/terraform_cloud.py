"""HCP Terraform's (Terraform Cloud's) and Terraform Enterprise's notifications of runs, drift and checks.

Source: https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, items, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "terraform-cloud"
ALIASES: Final = ("hcp-terraform", "terraform")
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(headers=("x-tfe-notification-signature",)),
    Rule(keys=("payload_version", "notification_configuration_id")),
)

TRIGGERS: Final = {
    "run:errored": (EventType.ALERT, Severity.ERROR),
    "run:completed": (EventType.RECOVERY, Severity.INFO),
    "run:created": (EventType.ALERT, Severity.INFO),
    "run:needs_attention": (EventType.ALERT, Severity.INFO),
    "assessment:drifted": (EventType.ALERT, Severity.WARNING),
    "assessment:check_failure": (EventType.ALERT, Severity.ERROR),
    "assessment:failed": (EventType.ALERT, Severity.ERROR),
    "workspace:auto_destroy_reminder": (EventType.ALERT, Severity.INFO),
    "workspace:auto_destroy_run_results": (EventType.ALERT, Severity.INFO),
    "change_request:created": (EventType.ALERT, Severity.INFO),
    "team:change_request": (EventType.ALERT, Severity.INFO),
}
"""A run that is cancelled is ``run:errored`` as well: that is what HashiCorp's trigger says."""
NO_EVENTS: Final = frozenset({"verification", "run:planning", "run:applying"})

STATUSES: Final = {"errored": "run:errored", "applied": "run:completed", "planned_and_finished": "run:completed"}
"""Words for a run's status if no trigger is named."""


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event per notification; none of a verification and of a run that goes on."""
    body = payload.body
    notifications = items(body.get("notifications")) or [body]
    return [event for event in (_event(body, one) for one in notifications) if event]


def _event(body: JsonObject, notification: JsonObject) -> NormalizedEvent | None:
    status = (text(notification.get("run_status")) or "").lower()
    trigger = (first_text(notification.get("trigger"), STATUSES.get(status)) or "").lower()
    if trigger in NO_EVENTS:
        return None
    details = mapping(body.get("details"))
    workspace_id = first_text(body.get("workspace_id"), details.get("workspace_id"))
    workspace = first_text(body.get("workspace_name"), details.get("workspace_name"), workspace_id)
    message = first_text(notification.get("message"), trigger, status, body.get("run_message"), body.get("run_id"))
    if message is None:
        raise NormalizeError("the notification has neither a message nor a trigger")
    event_type, severity = TRIGGERS.get(trigger, (EventType.ALERT, Severity.NONE))
    # Of all of a workspace's runs the last one counts: the next that succeeds recovers one that failed.
    kind = "run" if trigger.startswith("run:") or not trigger else trigger
    scope = workspace_id or first_text(workspace, body.get("notification_configuration_id")) or message
    new = mapping(details.get("new_assessment_result"))
    return NormalizedEvent(
        event_key=f"terraform-cloud:{scope}:{kind}",
        event_type=event_type,
        title=f"{message}: {workspace}" if workspace else message,
        severity=severity,
        description=first_text(body.get("run_message"), _assessment(new)),
        rule=trigger or None,
        resource=Resource(
            resource_id=first_text(workspace_id, workspace),
            resource_type="workspace" if workspace else None,
            name=workspace,
        ),
        account=first_text(body.get("organization_name"), details.get("organization_name")) or "",
        additional_info=texts(
            {
                "run_id": body.get("run_id"),
                "run_url": body.get("run_url"),
                "run_status": notification.get("run_status"),
                "run_created_by": body.get("run_created_by"),
                "run_updated_by": notification.get("run_updated_by"),
                "assessment_url": new.get("url"),
                "resources_drifted": new.get("resources_drifted"),
                "checks_failed": new.get("checks_failed"),
                "checks_errored": new.get("checks_errored"),
                "previously_drifted": at(details, "prior_assessment_result.drifted"),
            }
        ),
        occurred_at=parse_time(
            first_text(notification.get("run_updated_at"), body.get("run_created_at"), new.get("created_at"))
        ),
    )


def _assessment(result: JsonObject) -> str | None:
    counts = {
        "resources drifted": result.get("resources_drifted"),
        "checks failed": result.get("checks_failed"),
        "checks errored": result.get("checks_errored"),
    }
    return ", ".join(f"{count} {what}" for what, count in texts(counts).items() if count != "0") or None
