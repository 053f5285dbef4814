"""Failures that the user can act on."""

from __future__ import annotations


class LocalRunError(Exception):
    """A failure of the local run; ``str()`` is one clear line that says what to do."""


class NotRunningError(LocalRunError):
    """No local run is running."""

    def __init__(self) -> None:
        super().__init__("the local run is not running; start it with 'make run'")
