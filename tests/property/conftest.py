from __future__ import annotations

import pytest


@pytest.fixture(params=["dynoxide", "ministack"])
def engine(request: pytest.FixtureRequest) -> str:
    """Not moto, which is too slow for so many requests."""
    return str(request.param)
