"""Which sender's format a body is in, when its webhook does not say.

The rules are data. Headers beat bodies; within a kind the first rule that holds wins, though the contract
tests show that at most one does. A rule names a format, never its module: detecting imports no normalizer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from event_api.normalizers import sns
from event_api.normalizers.coerce import at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from event_api.jsontypes import JsonObject

GENERIC: Final = "generic"
"""The format of what no rule claims."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``format`` claims a request that has all these headers, or a body with all these keys.

    ``keys`` are dotted paths of what must be there and not null; ``when`` decides where keys alone do not.
    """

    format: str
    headers: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    when: Callable[[JsonObject], bool] | None = None

    def claims(self, body: JsonObject, headers: Mapping[str, str]) -> bool:
        """Whether the request is in this rule's format."""
        return (
            all(name in headers for name in self.headers)
            and all(at(body, key) is not None for key in self.keys)
            and (self.when is None or self.when(body))
        )


def _has_labelled_alerts(body: JsonObject) -> bool:
    # Grafana's webhook has the same keys, and orgId besides. Version and groupKey say nothing: forwarders
    # drop them.
    alerts = body["alerts"]
    return (
        "orgId" not in body
        and isinstance(alerts, list)
        and all(isinstance(alert, dict) and isinstance(alert.get("labels"), dict) for alert in alerts)
    )


def _is_cloudwatch_alarm(body: JsonObject) -> bool:
    return body["source"] == "aws.cloudwatch" and str(body["detail-type"]).startswith("CloudWatch Alarm")


HEADER_RULES: Final = (Rule("aws-sns", headers=(sns.TYPE_HEADER,)),)

BODY_RULES: Final = (
    Rule("direct", keys=("event_key", "title", "event_type")),
    Rule("aws-sns", keys=("Type", "TopicArn", "MessageId"), when=sns.is_envelope),
    Rule("aws-cloudwatch", keys=("AlarmName", "NewStateValue")),
    Rule("aws-cloudwatch", keys=("alarmArn", "alarmData")),
    Rule("aws-cloudwatch", keys=("source", "detail-type", "detail"), when=_is_cloudwatch_alarm),
    Rule("prometheus-alertmanager", keys=("receiver", "alerts"), when=_has_labelled_alerts),
)


def claims(body: JsonObject, headers: Mapping[str, str]) -> list[str]:
    """Return every format that claims a request, in the rules' order; bodies only if no headers do."""
    for rules in (HEADER_RULES, BODY_RULES):
        formats = [rule.format for rule in rules if rule.claims(body, headers)]
        if formats:
            return list(dict.fromkeys(formats))
    return []


def detect(body: JsonObject, headers: Mapping[str, str]) -> str:
    """Return the name of the format that claims a request, or `GENERIC`."""
    return next(iter(claims(body, headers)), GENERIC)
