"""The faults of one HTTP request to AWS, and how far each reaches."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable


class KilledError(BaseException):
    """The process is gone: nothing may catch this and go on."""


class Fault(StrEnum):
    """Lost and "after": AWS carried out the request, and the response never arrived."""

    REFUSED = "connection refused"
    TIMED_OUT = "timed out before effect"
    THROTTLED = "throttled"
    OVERLOADED = "throttled by another name"
    FAILED = "500 before effect"
    LOST = "timed out after effect"
    FAILED_AFTER = "500 after effect"
    KILLED = "killed before"
    KILLED_AFTER = "killed after effect"
    OUT_OF_TIME = "out of time"


class Reach(StrEnum):
    ATTEMPT = "one attempt"
    CALL = "all attempts of the call"
    OUTAGE = "all until the invocation ends"


ONCE = {Fault.KILLED, Fault.KILLED_AFTER, Fault.OUT_OF_TIME}
"""They end something by themselves, so that nothing is left for them to reach."""


@dataclass(frozen=True)
class Strike:
    fault: Fault
    reach: Reach = Reach.ATTEMPT

    def __str__(self) -> str:
        return self.fault.value if self.fault in ONCE else f"{self.fault.value}, {self.reach.value}"


STRIKES = tuple(
    Strike(fault, reach) for fault in Fault for reach in Reach if reach is Reach.ATTEMPT or fault not in ONCE
)

SECONDS_THAT_ARE_LEFT = 2
"""After OUT_OF_TIME: too few to begin something, enough to hand over."""

_THROTTLING = {
    "dynamodb": {
        Fault.THROTTLED: (400, "ThrottlingException"),
        Fault.OVERLOADED: (400, "ProvisionedThroughputExceededException"),
    },
    "sqs": {Fault.THROTTLED: (403, "RequestThrottled"), Fault.OVERLOADED: (400, "ThrottlingException")},
    "s3": {Fault.THROTTLED: (503, "SlowDown"), Fault.OVERLOADED: (503, "ServiceUnavailable")},
}
_FAILURES = {"dynamodb": "InternalServerError", "sqs": "InternalError", "s3": "InternalError"}


def struck(fault: Fault, service: str, url: str, send: Callable[[], AWSResponse]) -> AWSResponse:
    """Answer one request as the fault has it; ``send`` really sends it. Raises what botocore's session would."""
    match fault:
        case Fault.REFUSED:
            raise EndpointConnectionError(endpoint_url=url, error="refused")
        case Fault.TIMED_OUT:
            raise ReadTimeoutError(endpoint_url=url, error="timed out")
        case Fault.LOST:
            send()
            raise ReadTimeoutError(endpoint_url=url, error="timed out")
        case Fault.THROTTLED | Fault.OVERLOADED:
            return _error(service, url, *_THROTTLING[service][fault])
        case Fault.FAILED_AFTER:
            send()
            return _error(service, url, 500, _FAILURES[service])
        case Fault.FAILED:
            return _error(service, url, 500, _FAILURES[service])
        case Fault.KILLED_AFTER:
            send()
            raise KilledError
        case Fault.KILLED:
            raise KilledError
    return send()


class _Raw(io.BytesIO):
    def stream(self, **_: object):
        while chunk := self.read(65_536):
            yield chunk


def _error(service: str, url: str, status: int, code: str) -> AWSResponse:
    """An error in the words of the service's protocol."""
    if service == "s3":
        text = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>a fault</Message></Error>'
    else:
        text = f'{{"__type":"com.amazonaws.{service}#{code}","message":"a fault"}}'
    return AWSResponse(url, status, HTTPHeaders(), _Raw(text.encode()))
