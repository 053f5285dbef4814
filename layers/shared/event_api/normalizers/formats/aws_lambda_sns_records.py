"""Amazon SNS as AWS Lambda receives it, from a function that forwards its input: each record's message is unwrapped.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers import envelopes
from event_api.normalizers.elements import each
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, mapping, text
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.json_types import JsonObject
    from event_api.normalizers.payload import Payload

NAME: Final = "aws-lambda-sns-records"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(some={"Records": ("EventSource", "Sns")}),)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make the events of each record as if SNS itself had delivered it; none of Lambda's own test."""
    records = payload.body.get("Records")
    if not isinstance(records, list):
        raise NormalizeError("Records is missing, or no list of objects")

    def read(record: JsonObject) -> list[NormalizedEvent]:
        return [] if _is_test(record) else envelopes.read_as("aws-sns", payload, mapping(record.get("Sns")))

    return each(records, read)


def _is_test(record: JsonObject) -> bool:
    """Whether it is the example that Lambda's console offers behind its Test button."""
    return text(at(record, "Sns.Subject")) == "TestInvoke" or text(at(record, "Sns.Signature")) == "EXAMPLE"
