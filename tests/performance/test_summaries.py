"""The cost of keeping summaries, and of asking them, on an engine whose figures are exact (docs/adr/0012)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from event_api.settings import settings
from tests.store.test_summaries import START, World, by

pytestmark = pytest.mark.engine


@pytest.fixture
def engine():
    return "dynoxide"


def build(world, meter, spent):
    meter.reset()
    world.build()
    spent[0] += meter.write
    spent[1] += meter.read


def test_keeping_summaries_costs_little(app):
    """A domain with 100 events an hour, for a day, and one with few: one hour of the day has any."""
    busy = World(app, "domain-aaaaaaaaaaaa")
    spent = [1.0, 0.0]  # the note of the day
    for hour in range(24):
        for number in range(100):
            busy.now = START + timedelta(hours=hour, seconds=36 * number)
            busy.add(busy.now)
        busy.now = START + timedelta(hours=hour + 1, minutes=6)
        build(busy, app.meter, spent)
    build(busy, app.meter, spent)
    assert spent[0] / 2400 <= 0.1
    assert spent[1] / 2400 <= 0.1

    app.meter.reset()
    answer, _ = busy.ask({"aggregate": by("severity", "project_id")}, summaries=True)
    assert sum(row["n"] for row in answer["results"]) == 2400
    assert app.meter.read <= 4

    quiet = World(app, "domain-bbbbbbbbbbbb")
    for day in range(3):
        spent = [1.0, 0.0]
        for number in range(20):
            quiet.now = START + timedelta(days=day, hours=8, minutes=number)
            quiet.add(quiet.now)
        quiet.now = START + timedelta(days=day + 1, minutes=6)
        build(quiet, app.meter, spent)
    # The second day paid once for the walk through the domain's older events.
    assert spent[0] <= 3


def test_a_read_beyond_the_limit_is_refused(app, monkeypatch):
    world = World(app, "domain-aaaaaaaaaaaa")
    for number in range(1100):
        world.now = START + timedelta(seconds=number)
        world.add(world.now)
    monkeypatch.setenv("READ_CAPACITY_LIMIT", "5")
    settings.cache_clear()
    conditions = [{"key": "created_at", "value": "2026-03-01", "operator": "datetime_gte"}]
    for query in ({"distinct": "occurred_at"}, {"distinct": "title"}, {"distinct": "description"}):
        request = {"query": {**query, "filter": conditions}}
        response = app.gateway.stat(app.token(domain_id=world.domain_id), request)
        assert response.status == 400
        assert "narrow it with created_at, whose range is since 2026-03-01T00:00:00.000Z" in response.text
