"""The one way a payload fails to become events."""

from __future__ import annotations


class NormalizeError(Exception):
    """A payload cannot be read. ``reason`` tells a person what was missing, and never quotes the payload."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
