"""Metrics as separate processes have them, for tests that stand for many processes with threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import EphemeralMetrics

from event_api import observe

if TYPE_CHECKING:
    import pytest


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.metrics = EphemeralMetrics()


def one_for_each_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each thread metrics of its own: one that flushes what another is counting would fail."""
    own = _OfThread()
    monkeypatch.setattr(observe, "_metrics", lambda: own.metrics)
