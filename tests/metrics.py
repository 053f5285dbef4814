"""Metrics as separate processes have them, for tests that stand for many processes with threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from event_api import telemetry

if TYPE_CHECKING:
    import pytest


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.metrics = telemetry._Metrics()


def one_for_each_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each thread metrics of its own: one that flushes what another is counting would fail."""
    own = _OfThread()
    monkeypatch.setattr(telemetry, "_metrics", lambda: own.metrics)
