"""The builder of summaries: every half hour, counts the events of closed hours and days."""

from __future__ import annotations

from event_api import composition, telemetry
from event_api.aws.lambda_context import LambdaContext, seconds_left
from event_api.domain import times


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """Return the number of summaries built; a failure fails the invocation, and the next one goes on."""
    with telemetry.invocation(context.aws_request_id):
        return {"built": composition.summarizer(times.now(), seconds_left(context)).run()}
