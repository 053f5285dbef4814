"""AWS credentials: the environment's, which Lambda provides, or else those that botocore finds."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from event_api.aws.botocore_session import new_session
from event_api.aws.signing_v4 import Credentials

if TYPE_CHECKING:
    from botocore.credentials import Credentials as BotocoreCredentials


def provider() -> Callable[[], Credentials]:
    """Return a function that returns the credentials to use now."""
    access_key = os.environ.get("AWS_ACCESS_KEY_ID")
    secret_key = os.environ.get("AWS_SECRET_ACCESS_KEY")
    # With an expiry the environment is read again when it is due, which is botocore's business.
    if not access_key or not secret_key or "AWS_CREDENTIAL_EXPIRATION" in os.environ:
        return _Chain().current
    token = os.environ.get("AWS_SESSION_TOKEN") or os.environ.get("AWS_SECURITY_TOKEN") or None
    credentials = Credentials(access_key, secret_key, token)
    return lambda: credentials


class _Chain:
    """botocore's chain of sources: profiles, containers (SnapStart's too), instances; renewed before they expire."""

    def __init__(self) -> None:
        self._found: BotocoreCredentials | None = None

    def current(self) -> Credentials:
        """Return the credentials to use now; raise botocore's errors if there are none."""
        if self._found is None:
            self._found = new_session().get_credentials()
        if self._found is None:
            from botocore.exceptions import NoCredentialsError  # noqa: PLC0415  # new_session has loaded it

            raise NoCredentialsError
        frozen = self._found.get_frozen_credentials()
        return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)
