"""DynamoDB clients of tests and benchmarks: botocore's, and a tap into the calls of any client."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config

from event_api.aws.botocore_session import new_session
from event_api.aws.dynamodb import DynamoDb
from event_api.store.aws_errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session


def botocore_client(*, connect_timeout: float = 5, read_timeout: float = 10, attempts: int = 3) -> Any:
    """Make a client of botocore's for the environment's endpoint; it takes the place of `DynamoDb` for moto."""
    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    config = Config(connect_timeout=connect_timeout, read_timeout=read_timeout, retries=retries)
    return _session().create_client("dynamodb", config=config)


@cache
def _session() -> Session:
    return new_session()


def tap(
    client: Any,
    asked: Callable[[str, dict[str, Any]], dict[str, Any]],
    answered: Callable[[str, dict[str, Any]], None],
) -> None:
    """Have every call of a client pass by: ``asked`` returns its parameters, ``answered`` gets the response."""
    if not isinstance(client, DynamoDb):
        events = client.meta.events
        events.register("provide-client-params.dynamodb", lambda params, model, **_: asked(model.name, params))
        events.register("after-call.dynamodb", lambda parsed, model, **_: answered(model.name, parsed))
        return
    call = client._call  # noqa: SLF001  # the one place that all operations pass

    def tapped(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            response = call(operation, asked(operation, parameters))
        except ClientError as error:
            answered(operation, error.response)
            raise
        answered(operation, response)
        return response

    client._call = tapped  # type: ignore[method-assign]  # noqa: SLF001
