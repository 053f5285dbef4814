"""AWS Health (the Personal Health Dashboard), through EventBridge or Amazon SNS, in its schemas up to 2023 and since.

Source: https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from event_api.domain.event import EventType, Resource, Severity
from event_api.domain.normalized import KeyScope, NormalizedEvent
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import first_text, items, mapping, severity, text, texts
from event_api.normalizers.rules import Rule
from event_api.normalizers.vendors import sns

if TYPE_CHECKING:
    from datetime import datetime

    from event_api.json_types import Json, JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-health"
ALIASES: Final = ("aws-phd",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("detail-type", "detail"), values={"source": ("aws.health",)}),)

CATEGORIES: Final = {"issue": Severity.ERROR, "scheduledchange": Severity.ERROR}
"""SpaceONE's rule. The severity stays when the event is closed. Every other category is INFO."""

_MOST_ENTITIES: Final = 50
_ESCAPED_NEWLINE = re.compile(r"(?<!\\)\\+n")  # the lookbehind: scan a run of backslashes only once


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event; the pages of an AWS Health event that is split become one event each, all with the same key."""
    if sns.is_handshake(payload):
        return []
    body = sns.message(payload)
    if body is None:
        return [sns.text_event(payload)]
    detail = mapping(body.get("detail"))
    code, arn = text(detail.get("eventTypeCode")), text(detail.get("eventArn"))
    service = text(detail.get("service"))
    about = first_text(service, arn)
    title = _title(code, service) if code else f"AWS Health: {about}" if about else text(body.get("detail-type"))
    if title is None:
        if sns.is_envelope(payload.body):
            return [sns.text_event(payload)]
        raise NormalizeError("the event has no eventTypeCode, eventArn, service or detail-type")
    closed = (text(detail.get("statusCode")) or "").lower() == "closed"
    account = first_text(detail.get("affectedAccount"), body.get("account")) or ""
    region = first_text(detail.get("eventRegion"), body.get("region"))
    entities = [found for one in items(detail.get("affectedEntities")) if (found := text(one.get("entityValue")))]
    resources = body.get("resources")
    affected = first_text(*entities, *(resources if isinstance(resources, list) else ()), service)
    return [
        NormalizedEvent(
            event_key=_key(detail, arn, first_text(code, body.get("id")), account, region),
            event_type=EventType.RECOVERY if closed else EventType.ALERT,
            title=title,
            severity=severity(detail.get("eventTypeCategory"), CATEGORIES, Severity.INFO),
            description=_description(detail.get("eventDescription")),
            rule=code,
            resource=Resource(resource_id=affected, resource_type=service, name=affected),
            provider="aws",
            account=account,
            additional_info=texts(
                {
                    "eventArn": arn,
                    "service": service,
                    "eventTypeCategory": detail.get("eventTypeCategory"),
                    "eventScopeCode": detail.get("eventScopeCode"),
                    "statusCode": detail.get("statusCode"),
                    "region": region,
                    "startTime": detail.get("startTime"),
                    "endTime": detail.get("endTime"),
                    "communicationId": detail.get("communicationId"),
                    "actionability": detail.get("actionability"),
                    "page": detail.get("page"),
                    "totalPages": detail.get("totalPages"),
                    "affectedEntities": ", ".join(entities[:_MOST_ENTITIES]),
                }
            ),
            occurred_at=_occurred_at(detail, parse_time(body.get("time")), closed=closed),
        )
    ]


def _key(detail: JsonObject, arn: str | None, code: str | None, account: str, region: str | None) -> str:
    """Return the key: the event's ARN, which all affected accounts share, with the account if it concerns only one.

    Without an ARN, the key consists of account, region, code and start time.
    """
    if arn is None:
        return ":".join(filter(None, ("health", account, region, code, text(detail.get("startTime")))))
    return f"{arn}:{account}" if text(detail.get("eventScopeCode")) == "ACCOUNT_SPECIFIC" else arn


def _title(code: str, service: str | None) -> str:
    """Return AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED as "AWS EC2 instance retirement scheduled"."""
    names = {"AWS", (service or "").upper()}
    return " ".join(word if word in names else word.lower() for word in code.split("_")).strip() or code


def _description(value: Json) -> str | None:
    texts_of = items(value) or [mapping(value)]
    english = [one for one in texts_of if (text(one.get("language")) or "").startswith("en")]
    found = first_text(*(one.get("latestDescription") for one in (*english, *texts_of)))
    return _ESCAPED_NEWLINE.sub("\n", found) if found else None


def _occurred_at(detail: JsonObject, sent_at: datetime | None, *, closed: bool) -> datetime | None:
    """Return when the event began or ended, but at most when it was sent: an announced beginning may be weeks ahead."""
    fields = ("endTime", "lastUpdatedTime") if closed else ("startTime", "lastUpdatedTime")
    times = (parse_time(detail.get(name)) for name in fields)
    told = next(filter(None, times), None)
    return min(told, sent_at) if told and sent_at else told or sent_at
