"""The examples of the API page that this project implements, posted and read back."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

ASSIGNED = {"event_id", "alert_id", "webhook_id", "project_id", "domain_id", "created_at"}
"""Fields that the service or the webhook assigns."""


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def examples():
    """The answers of get and of list on the page."""
    return json.loads(Path(__file__).with_name("seed_examples.json").read_text())


def assert_same_apart_from_assigned_fields(answer, example):
    def others(event):
        return {field: value for field, value in event.items() if field not in ASSIGNED}

    assert others(answer) == others(example)
    assert answer.keys() == example.keys()


def test_list_returns_the_posted_examples(app, examples):
    listed = examples["list"]
    _, path = app.webhook()
    token = app.token()
    for event in reversed(listed["results"]):  # the page lists the newest first
        assert app.gateway.post(path, event["raw_data"]).json() == {}
        time.sleep(0.002)  # created_at has milliseconds, and the order is part of the example
    answer = app.gateway.get("/monitoring/v1/events", token=token).json()
    assert answer["total_count"] == listed["total_count"] == 2
    assert answer == app.gateway.search(token, {"query": {}}).json()
    for event, example in zip(answer["results"], listed["results"], strict=True):
        assert_same_apart_from_assigned_fields(event, example)
        got = app.gateway.get(f"/monitoring/v1/event/{event['event_id']}", token=token).json()
        assert got == event
    first, second = (event["additional_info"]["host"] for event in answer["results"])
    assert (first, second) == ("[]", "['125.131.104.40']")


def test_the_example_of_get_is_in_the_list(examples):
    assert examples["get"] in examples["list"]["results"]
