r"""Failures that the operator can act on, and the exit status of each.

0: done. 1: it could not be done, or not for every line of an import. 2: the command line is wrong, nothing was tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from event_api_client.errors import ApiError, ClientError

from event_api.domain.errors import BadRequestError, EventApiError
from localrun.errors import LocalRunError

_NO_ACCOUNT = {"NoCredentialsError", "NoRegionError"}


class OperationError(click.ClickException):
    """It could not be done; ``str()`` is one clear line."""

    exit_code = 1


@contextmanager
def failures_told() -> Iterator[None]:
    """Translate errors of the service, the local run and AWS into the command's own, in one line each."""
    try:
        yield
    except BadRequestError as error:
        raise click.UsageError(str(error), click.get_current_context(silent=True)) from error
    except ClientError as error:
        # The message alone: the status and the code are for programs.
        raise OperationError(error.message if isinstance(error, ApiError) else str(error)) from error
    except (EventApiError, LocalRunError) as error:
        raise OperationError(str(error)) from error
    except Exception as error:
        # Distinguished here, and not by a clause each, because naming the classes would load botocore for "--help".
        if (reason := _reason_of_aws(error)) is None:
            raise
        raise OperationError(f"AWS: {reason}") from error


def _reason_of_aws(error: Exception) -> str | None:
    if not any(base.__module__ == "botocore.exceptions" for base in type(error).__mro__):
        return None
    reason = " ".join(str(error).split())
    # A user without an account most likely forgot to name the deployment.
    hint = " For the local run say --local." if type(error).__name__ in _NO_ACCOUNT else ""
    return reason + hint
