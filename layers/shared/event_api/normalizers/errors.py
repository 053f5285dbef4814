"""The one way a payload fails to become events."""

from __future__ import annotations


class NormalizeError(Exception):
    """A payload cannot be read.

    ``reason`` names the missing part for a person, and never quotes the payload. ``has_fallback``: the legible part of
    the payload describes the problem.
    """

    def __init__(self, reason: str, *, may_be_salvaged: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.has_fallback = may_be_salvaged
