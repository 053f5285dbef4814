"""The sweeper: every minute, finds deliveries that were stored and then left, and has the worker finish them."""

from __future__ import annotations

from event_api import composition, telemetry
from event_api.aws.lambda_context import LambdaContext, seconds_left
from event_api.domain import times
from event_api.ingest.sweep import sweep


def handler(_event: object, context: LambdaContext) -> dict[str, int]:
    """Return the number of deliveries found; a failure fails the invocation, and the next one goes on."""
    with telemetry.invocation(context.aws_request_id):
        return {"found": sweep(composition.deliveries(), composition.queue(), times.now(), seconds_left(context))}
