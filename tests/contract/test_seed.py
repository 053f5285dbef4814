"""The API page that the project was asked to implement: its own examples, posted and read back."""

from __future__ import annotations

import json
import re
import time

import pytest

from localrun.settings import ROOT

PAGE = ROOT.parent / "shared/seed/event-api.md"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the API page is not there")

ASSIGNED = {"event_id", "alert_id", "webhook_id", "project_id", "domain_id", "created_at"}
"""What the service makes, or the webhook says."""


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def examples():
    """The JSON blocks of the page, in its order."""
    return [json.loads(block) for block in re.findall(r"```\n(\{.*?\n\})\n```", PAGE.read_text(), re.DOTALL)]


def same_but_for_what_is_assigned(answer, example):
    def others(event):
        return {field: value for field, value in event.items() if field not in ASSIGNED}

    assert others(answer) == others(example)
    assert answer.keys() == example.keys()


def test_the_listed_events_are_answered_field_by_field(app, examples):
    listed = next(example for example in examples if "results" in example)
    _, path = app.webhook()
    token = app.token()
    for event in reversed(listed["results"]):  # the page lists the newest first
        assert app.gateway.post(path, event["raw_data"]).json() == {}
        time.sleep(0.002)  # created_at has milliseconds, and the order is part of the example
    answer = app.gateway.get("/monitoring/v1/events", token=token).json()
    assert answer["total_count"] == listed["total_count"] == 2
    assert answer == app.gateway.search(token, {"query": {}}).json()
    for event, example in zip(answer["results"], listed["results"], strict=True):
        same_but_for_what_is_assigned(event, example)
        got = app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=token).json()
        assert got == event
    first, second = (event["additional_info"]["host"] for event in answer["results"])
    assert (first, second) == ("[]", "['125.131.104.40']")


def test_the_example_of_get_is_the_same_event(examples):
    single = next(example for example in examples if "title" in example)
    assert single in next(example for example in examples if "results" in example)["results"]
