"""The one way a payload fails to become events."""

from __future__ import annotations


class NormalizeError(Exception):
    """A payload cannot be read. ``reason`` tells a person what was missing, and never quotes the payload.

    ``may_be_salvaged``: what a person could still read of it tells what it is about.
    """

    def __init__(self, reason: str, *, may_be_salvaged: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.may_be_salvaged = may_be_salvaged
