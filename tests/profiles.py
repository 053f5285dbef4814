"""How much is tried: always the same, or, with HYPOTHESIS_PROFILE=thorough, other examples and many more."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
_MORE = 20


def rounds(number: int) -> range:
    """Return the numbers of the rounds that something is tried in."""
    return range(number * _MORE if THOROUGH else number)


def examples(number: int, *, on_engine: bool = False) -> settings:
    """Return the settings of a property test. On an engine, a failure is not reduced: that takes minutes."""
    return settings(
        max_examples=number * _MORE if THOROUGH else number,
        derandomize=not THOROUGH,
        database=None,
        deadline=None,
        phases=[Phase.generate] if on_engine else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
