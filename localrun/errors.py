"""What can go wrong in a way that the user can do something about."""

from __future__ import annotations


class LocalRunError(Exception):
    """A failure of the local run; ``str()`` is one clear line that says what to do."""


class NotRunningError(LocalRunError):
    """There is no local run to talk to."""

    def __init__(self) -> None:
        super().__init__("the local run is not running; start it with 'make run'")
