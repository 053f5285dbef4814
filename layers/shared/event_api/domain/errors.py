"""Every error that the API answers, as one tree.

* ``EventApiError``
    * ``BadRequestError`` (400)
        * ``RequiredParameterError``        ``ERROR_REQUIRED_PARAMETER``
        * ``InvalidParameterError``         ``ERROR_INVALID_PARAMETER``
        * ``InvalidParameterTypeError``     ``ERROR_INVALID_PARAMETER_TYPE``
        * ``OperatorValueTypeError``        ``ERROR_OPERATOR_VALUE_TYPE``
        * ``OperatorListValueTypeError``    ``ERROR_OPERATOR_LIST_VALUE_TYPE``
        * ``OperatorBooleanTypeError``      ``ERROR_OPERATOR_BOOLEAN_TYPE``
        * ``OperatorDictValueTypeError``    ``ERROR_OPERATOR_DICT_VALUE_TYPE``
        * ``DbQueryError``                  ``ERROR_DB_QUERY``
        * ``JsonFormatError``               ``ERROR_JSON_FORMAT``
        * ``WebhookDisabledError``          ``ERROR_WEBHOOK_STATE_DISABLED``
        * ``AlreadyProcessedError``         ``ERROR_ALERT_ALREADY_PROCESSED``
    * ``AuthenticateFailureError`` (401)    ``ERROR_AUTHENTICATE_FAILURE``
    * ``PermissionDeniedError`` (403)       ``ERROR_PERMISSION_DENIED``
    * ``NotFoundError`` (404)               ``ERROR_NOT_FOUND``
    * ``PayloadTooLargeError`` (413)        ``ERROR_PAYLOAD_TOO_LARGE``
    * ``UnavailableError`` (503)            ``ERROR_UNAVAILABLE``

Codes and statuses are those of the reference service (SpaceONE monitoring). Messages name the key and say
what to do next; they never hold a secret or a sender's body.
"""

from __future__ import annotations

from typing import ClassVar


class EventApiError(Exception):
    """An error with an HTTP status and a stable code; ``str()`` is the message for the caller."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "ERROR_UNKNOWN"

    def headers(self) -> dict[str, str]:
        """Response headers that belong to the error."""
        return {}


class BadRequestError(EventApiError):
    """The client got the request wrong."""

    status = 400


class RequiredParameterError(BadRequestError):
    """A parameter that must be there is missing."""

    code = "ERROR_REQUIRED_PARAMETER"

    def __init__(self, key: str) -> None:
        super().__init__(f"Required parameter is missing. (key = {key})")
        self.key = key


class InvalidParameterError(BadRequestError):
    """A parameter has the right type but a value that is not accepted, or is unknown."""

    code = "ERROR_INVALID_PARAMETER"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"Parameter is invalid. (key = {key}, reason = {reason})")
        self.key = key


class InvalidParameterTypeError(BadRequestError):
    """A parameter has the wrong JSON type."""

    code = "ERROR_INVALID_PARAMETER_TYPE"

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"Parameter type is invalid. (key = {key}, type = {expected})")
        self.key = key


class _OperatorValueError(BadRequestError):
    """A condition's value does not suit its operator; subclasses say what it must be."""

    expected: ClassVar[str]

    def __init__(self, operator: str, key: str) -> None:
        super().__init__(
            f"The value of operator '{operator}' must be {self.expected}. (operator = {operator}, key = {key})"
        )
        self.key = key


class OperatorValueTypeError(_OperatorValueError):
    """A list, or a value of another type than the operator takes, for an operator of one value."""

    code = "ERROR_OPERATOR_VALUE_TYPE"
    expected = "a single value of a type that the operator compares"


class OperatorListValueTypeError(_OperatorValueError):
    """One value for an operator that takes a list."""

    code = "ERROR_OPERATOR_LIST_VALUE_TYPE"
    expected = "a list"


class OperatorBooleanTypeError(_OperatorValueError):
    """A value that is not a boolean for an operator that takes one."""

    code = "ERROR_OPERATOR_BOOLEAN_TYPE"
    expected = "a boolean"


class OperatorDictValueTypeError(_OperatorValueError):
    """A value that is not an object for an operator that takes one."""

    code = "ERROR_OPERATOR_DICT_VALUE_TYPE"
    expected = "an object"


class DbQueryError(BadRequestError):
    """A query that is well-formed but cannot be evaluated."""

    code = "ERROR_DB_QUERY"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Query cannot be evaluated. (reason = {reason})")


class JsonFormatError(BadRequestError):
    """The body of a read request, or a structured query parameter, is not a JSON object."""

    code = "ERROR_JSON_FORMAT"

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"JSON format is invalid. (key = {key}, reason = {reason})")
        self.key = key


class WebhookDisabledError(BadRequestError):
    """The webhook exists and the key is right, but an operator disabled it."""

    code = "ERROR_WEBHOOK_STATE_DISABLED"

    def __init__(self, webhook_id: str) -> None:
        super().__init__(f"Webhook is disabled; enable it with 'eventctl webhook enable'. (webhook_id = {webhook_id})")


class AlreadyProcessedError(BadRequestError):
    """The link of a notification changes only an alert that is TRIGGERED."""

    code = "ERROR_ALERT_ALREADY_PROCESSED"

    def __init__(self, alert_id: str) -> None:
        super().__init__(f"The alert has been processed already. (alert_id = {alert_id})")


class AuthenticateFailureError(EventApiError):
    """No usable identity came with the request."""

    status = 401
    code = "ERROR_AUTHENTICATE_FAILURE"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Authentication failed. (reason = {reason})")


class PermissionDeniedError(EventApiError):
    """The identity is known and may not do this."""

    status = 403
    code = "ERROR_PERMISSION_DENIED"

    def __init__(self, reason: str = "") -> None:
        super().__init__(f"Permission denied. (reason = {reason})" if reason else "Permission denied.")


class NotFoundError(EventApiError):
    """The resource does not exist, or it belongs to another domain."""

    status = 404
    code = "ERROR_NOT_FOUND"

    def __init__(self, key: str, value: str) -> None:
        super().__init__(f"Not found. (key = {key}, value = {value})")
        self.key = key


class PayloadTooLargeError(EventApiError):
    """The body is over the limit; ``limit`` and ``size`` are bytes."""

    status = 413
    code = "ERROR_PAYLOAD_TOO_LARGE"

    def __init__(self, limit: int, size: int, what: str = "body") -> None:
        super().__init__(f"The {what} is {size} bytes; at most {limit} bytes are accepted.")


class UnavailableError(EventApiError):
    """Nothing could be made durable or read just now; the same request may be sent again."""

    status = 503
    code = "ERROR_UNAVAILABLE"

    def __init__(self, reason: str, retry_after: int = 5) -> None:
        super().__init__(f"Temporarily unavailable; send the same request again. (reason = {reason})")
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        """Return the seconds to wait before a retry (RFC 9110, section 10.2.3)."""
        return {"Retry-After": str(self.retry_after)}
