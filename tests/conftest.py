from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from moto import mock_aws
from moto.core import responses
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker
from moto.core.utils import method_names_from_class

from event_api import composition, safe_fetch
from testkit import engines
from tests import service
from tests.contract.collection import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

for name in ("POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"):
    # Powertools reads them once, whichever test is the first.
    os.environ.setdefault(name, service.ENVIRONMENT[name])

# No test is about this machine's present speed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# moto lists its methods anew for every call.
vars(responses)["method_names_from_class"] = cache(method_names_from_class)


class _ExactNames(XFormedAttributePicker):
    """DynamoDB's answers are dictionaries of AWS's own names; moto would look for others, and most are absent."""

    def __call__(self, context: AttributePickerContext) -> Any:
        service = context.service_model
        if service and service.service_name == "dynamodb" and isinstance(context.obj, dict):
            return context.obj.get(context.key)
        return super().__call__(context)


vars(responses)["XFormedAttributePicker"] = _ExactNames


def _unreachable(url: str, seconds: float) -> bytes:
    raise safe_fetch.FetchError("tests fetch nothing from the network")


REAL_GET = safe_fetch._get
safe_fetch._get = _unreachable  # no test visits a sender's URL; test_fetching.py has the real one


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count the tests that the collection of real samples would have fed."""
    skipped = sum(ABSENT in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
    if skipped:
        terminalreporter.write_line(f"webhook samples: not present, {skipped} tests skipped", yellow=True)


ENGINES = ["moto", *(pytest.param(name, marks=pytest.mark.engine) for name in engines.SERVERS)]


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """URLs of the real engines that have been started so far, by name."""
    running: dict[str, str] = {}
    contexts = []

    class Servers(dict[str, str]):
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
    composition.reset()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; a test module that needs but one overrides this."""
    name: str = request.param
    return name


@pytest.fixture
def app(on_engine: service.Service) -> service.Service:
    """The service under test."""
    return on_engine
