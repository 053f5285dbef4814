"""What can go wrong in a way that the operator can do something about, and what it exits with.

0: done. 1: it could not be done, or not for every line of an import. 2: the command line is wrong, nothing was tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from event_api.errors import BadRequestError, EventApiError
from localrun.errors import LocalRunError

_NO_ACCOUNT = {"NoCredentialsError", "NoRegionError"}


class OperationError(click.ClickException):
    """It could not be done; ``str()`` is one clear line."""

    exit_code = 1


@contextmanager
def failures_told() -> Iterator[None]:
    """Tell what the service, the local run and AWS raise as the command's own errors, in one line each."""
    try:
        yield
    except BadRequestError as error:
        raise click.UsageError(str(error), click.get_current_context(silent=True)) from error
    except (EventApiError, LocalRunError) as error:
        raise OperationError(str(error)) from error
    except Exception as error:
        # Told apart here, and not by a clause each, because naming the classes would load botocore for "--help".
        if (reason := _reason_of_aws(error)) is None:
            raise
        raise OperationError(f"AWS: {reason}") from error


def _reason_of_aws(error: Exception) -> str | None:
    if not any(base.__module__ == "botocore.exceptions" for base in type(error).__mro__):
        return None
    reason = " ".join(str(error).split())
    # Who has no account set up most likely forgot to say which deployment is meant.
    hint = " For the local run say --local." if type(error).__name__ in _NO_ACCOUNT else ""
    return reason + hint
