from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from moto import mock_aws

from event_api import fetching, wiring
from tests import engines, service

if TYPE_CHECKING:
    from collections.abc import Iterator

for name in ("POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"):
    # Powertools reads them once, whichever test is the first.
    os.environ.setdefault(name, service.ENVIRONMENT[name])

# How fast this machine is just now is not what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def _unreachable(url: str, seconds: float) -> bytes:
    raise fetching.FetchError("tests fetch nothing from the network")


REAL_GET = fetching._get
fetching._get = _unreachable  # whatever a test delivers, nobody's URL is visited; test_fetching.py has the real one

ENGINES = ["moto", *(pytest.param(name, marks=pytest.mark.engine) for name in engines.SERVERS)]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """URLs of the real engines that have been started so far, by name."""
    running: dict[str, str] = {}
    contexts = []

    class Servers(dict):
        def __missing__(self, name: str) -> str:
            context = engines.SERVERS[name](tmp_path_factory.mktemp(name))
            self[name] = context.__enter__()
            contexts.append(context)
            return self[name]

    yield Servers(running)
    for context in contexts:
        context.__exit__(None, None, None)


@pytest.fixture
def on_engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, engine: str
) -> Iterator[service.Service]:
    """The service, new, on the engine that the test's ``engine`` fixture names."""
    if engine == "moto":
        with mock_aws():
            yield service.start(monkeypatch, None)
    else:
        yield service.start(monkeypatch, request.getfixturevalue("servers")[engine])
    wiring.forget()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; a test module that needs but one overrides this."""
    return request.param


@pytest.fixture
def app(on_engine: service.Service) -> service.Service:
    """The service under test."""
    return on_engine
