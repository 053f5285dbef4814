from __future__ import annotations

import pytest


@pytest.fixture(params=["dynoxide", "ministack"])
def engine(request: pytest.FixtureRequest) -> str:
    """Return a real engine: moto is too slow for these numbers of requests."""
    return str(request.param)
