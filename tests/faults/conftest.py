from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from event_api import composition
from tests.faults import tally as tallies
from tests.faults import world as worlds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.world import World


@pytest.fixture(scope="module")
def world(engine, servers) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield worlds.opened(monkeypatch, servers[engine], servers["ministack"])
    composition.reset()


@pytest.fixture
def tally(record_property):
    """Counts a test's runs, for the summary, too."""
    counted = tallies.Tally()
    yield counted
    record_property(tallies.PROPERTY, counted.as_property())


def pytest_terminal_summary(terminalreporter):
    reports = [
        report for found in terminalreporter.stats.values() for report in found if hasattr(report, "user_properties")
    ]
    found = [value for report in reports for name, value in report.user_properties if name == tallies.PROPERTY]
    if found:
        terminalreporter.write_line(f"faults: {tallies.summed(found)}")
