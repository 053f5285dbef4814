"""Rejection of a signature."""

from __future__ import annotations

from datetime import datetime


class BadSignatureError(Exception):
    """The request is not signed as it must be; ``str()`` says why, and holds no secret."""


def require_recent(seconds: float, now: datetime, window: int) -> None:
    """Raise BadSignatureError for a signed time, in seconds since 1970, that is too far from now."""
    if abs(now.timestamp() - seconds) > window:
        raise BadSignatureError(f"it was signed more than {window} seconds ago, or is from the future")
