"""Rejected requests, their errors, and the keys named."""

from __future__ import annotations

from typing import Any

import pytest

from apidoc.get_requests import GetEventRequest
from event_api.domain.access import Scope
from event_api.domain.errors import (
    InvalidParameterError,
    InvalidParameterTypeError,
    OperatorBooleanTypeError,
    OperatorDictValueTypeError,
    OperatorListValueTypeError,
    OperatorValueTypeError,
    PermissionDeniedError,
    RequiredParameterError,
)
from event_api.domain.fields import EVENT
from event_api.reads.keys import MAX_KEY_LENGTH, check_domain
from event_api.reads.requests import (
    MAX_CONDITIONS,
    MAX_KEYWORD_WORDS,
    MAX_LIST_VALUES,
    MAX_REQUEST_DEPTH,
    parse_request,
)
from event_api.reads.search_requests import EventQuery
from event_api.reads.statistics.requests import RecordStatQuery


def condition(operator, value, key="title"):
    return {"query": {"filter": [{"key": key, "operator": operator, "value": value}]}}


def nested(depth):
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


AT = "query.filter.0"

REFUSED = [
    ([], InvalidParameterTypeError, "body"),
    ({"nope": 1}, InvalidParameterError, "nope"),
    ({"query": []}, InvalidParameterTypeError, "query"),
    ({"query": {"nope": 1}}, InvalidParameterError, "query.nope"),
    ({"severity": 5}, InvalidParameterTypeError, "severity"),
    ({"severity": ["ERROR", None]}, InvalidParameterTypeError, "severity.1"),
    ({"severity": ["x"] * (MAX_LIST_VALUES + 1)}, InvalidParameterError, "severity"),
    ({"query": {"filter": {}}}, InvalidParameterTypeError, "query.filter"),
    ({"query": {"filter": [{"operator": "eq", "value": 1}]}}, RequiredParameterError, f"{AT}.key"),
    ({"query": {"filter": [{"key": "title", "value": 1}]}}, RequiredParameterError, f"{AT}.operator"),
    ({"query": {"filter": [{"key": "title", "operator": "eq"}]}}, RequiredParameterError, f"{AT}.value"),
    ({"query": {"filter": [{"k": "title", "v": 1, "o": "eq", "x": 1}]}}, InvalidParameterError, f"{AT}.x"),
    (condition("eq", 1, key="nope.a"), InvalidParameterError, f"{AT}.key"),
    (condition("eq", 1, key="resource..name"), InvalidParameterError, f"{AT}.key"),
    (condition("eq", 1, key=f"additional_info.{'a' * MAX_KEY_LENGTH}"), InvalidParameterError, f"{AT}.key"),
    (condition("like", 1), InvalidParameterError, f"{AT}.operator"),
    (condition("eq", []), OperatorValueTypeError, f"{AT}.value"),
    (condition("lt", []), OperatorValueTypeError, f"{AT}.value"),
    (condition("contain", 5), OperatorValueTypeError, f"{AT}.value"),
    (condition("in", "x"), OperatorListValueTypeError, f"{AT}.value"),
    (condition("not_in", {}), OperatorListValueTypeError, f"{AT}.value"),
    (condition("in", ["x", []]), OperatorValueTypeError, f"{AT}.value"),
    (condition("in", ["x"] * (MAX_LIST_VALUES + 1)), InvalidParameterError, f"{AT}.value"),
    (condition("contain_in", ["x", 5]), OperatorValueTypeError, f"{AT}.value"),
    (condition("exists", "true"), OperatorBooleanTypeError, f"{AT}.value"),
    (condition("match", "x"), OperatorDictValueTypeError, f"{AT}.value"),
    (condition("datetime_gt", "yesterday", key="created_at"), InvalidParameterError, f"{AT}.value"),
    (condition("datetime_gt", 5, key="created_at"), OperatorValueTypeError, f"{AT}.value"),
    (condition("timediff_gt", "now-1d-1h", key="created_at"), InvalidParameterError, f"{AT}.value"),
    (condition("gt", "yesterday", key="created_at"), InvalidParameterError, f"{AT}.value"),
    (condition("in", ["2026-03-01", "x"], key="occurred_at"), InvalidParameterError, f"{AT}.value"),
    (
        {"query": {"filter_or": [{"k": "title", "o": "eq", "v": "x"}] * (MAX_CONDITIONS + 1)}},
        InvalidParameterError,
        "query.filter_or",
    ),
    ({"query": {"sort": {"desc": True}}}, RequiredParameterError, "query.sort.0.key"),
    ({"query": {"sort": [{"key": "title", "desc": 1}]}}, InvalidParameterTypeError, "query.sort.0.desc"),
    ({"query": {"sort": {"keys": "title"}}}, InvalidParameterTypeError, "query.sort"),
    ({"query": {"sort": {"key": "nope"}}}, InvalidParameterError, "query.sort.0.key"),
    ({"query": {"page": {"limit": -1}}}, InvalidParameterError, "query.page.limit"),
    ({"query": {"page": {"start": "1"}}}, InvalidParameterTypeError, "query.page.start"),
    ({"query": {"page": {"limit": True}}}, InvalidParameterTypeError, "query.page.limit"),
    ({"query": {"page": {"token": ""}}}, InvalidParameterError, "query.page.token"),
    ({"query": {"only": ["nope"]}}, InvalidParameterError, "query.only.0"),
    ({"query": {"minimal": "yes"}}, InvalidParameterTypeError, "query.minimal"),
    ({"query": {"keyword": 5}}, InvalidParameterTypeError, "query.keyword"),
    ({"query": {"keyword": "a " * (MAX_KEYWORD_WORDS + 1)}}, InvalidParameterError, "query.keyword"),
    ({"query": {"unwind": {}}}, RequiredParameterError, "query.unwind.path"),
    ({"query": {"unwind": {"path": "nope"}}}, InvalidParameterError, "query.unwind.path"),
]


@pytest.mark.parametrize(("request_", "error", "key"), REFUSED)
def test_list_refuses(request_, error, key):
    with pytest.raises(error) as raised:
        parse_request(EventQuery, request_, EVENT)
    assert type(raised.value) is error
    assert raised.value.key == key
    assert f"key = {key}" in str(raised.value)


def test_the_error_of_an_unknown_operator_lists_the_known_ones():
    with pytest.raises(InvalidParameterError, match=r"'like'.*eq, .*timediff_lte, .*not_contain_in"):
        parse_request(EventQuery, condition("like", 1), EVENT)


@pytest.mark.parametrize("depth", [MAX_REQUEST_DEPTH + 1, 100_000])
def test_depth_has_a_limit(depth):
    with pytest.raises(InvalidParameterError, match="levels deep"):
        parse_request(EventQuery, {"query": nested(depth)}, EVENT)


@pytest.mark.parametrize(
    ("request_", "error", "key"),
    [
        ({}, RequiredParameterError, "event_id"),
        ({"event_id": ""}, InvalidParameterError, "event_id"),
        ({"event_id": "e", "only": 5}, InvalidParameterTypeError, "only"),
        ({"event_id": "e", "only": ["nope"]}, InvalidParameterError, "only.0"),
        ({"event_id": "e", "domain_id": ["a", "b"]}, InvalidParameterTypeError, "domain_id"),
    ],
)
def test_get_refuses(request_, error, key):
    with pytest.raises(error) as raised:
        parse_request(GetEventRequest, request_, EVENT)
    assert raised.value.key == key


@pytest.mark.parametrize(
    ("query", "error", "key"),
    [
        ({}, RequiredParameterError, "query.aggregate"),
        ({"aggregate": []}, RequiredParameterError, "query.aggregate"),
        ({"aggregate": [{"limit": 1}], "distinct": "title"}, InvalidParameterError, "query.distinct"),
        ({"distinct": "nope"}, InvalidParameterError, "query.distinct"),
        ({"distinct": "title", "only": ["title"]}, InvalidParameterError, "query.only"),
        ({"aggregate": [{}]}, InvalidParameterError, "query.aggregate.0"),
        ({"aggregate": [{"limit": 1, "skip": 1}]}, InvalidParameterError, "query.aggregate.0"),
        ({"aggregate": [{"bucket": {}}]}, InvalidParameterError, "query.aggregate.0.bucket"),
        ({"aggregate": [{"limit": 0}]}, InvalidParameterError, "query.aggregate.0.limit"),
        ({"aggregate": [{"skip": "1"}]}, InvalidParameterTypeError, "query.aggregate.0.skip"),
        ({"aggregate": [{"count": {}}]}, RequiredParameterError, "query.aggregate.0.count.name"),
        ({"aggregate": [{"count": {"name": "a.b"}}]}, InvalidParameterError, "query.aggregate.0.count.name"),
        (
            {"aggregate": [{"project": {"fields": [{"name": "a", "operator": "add", "fields": [True]}]}}]},
            InvalidParameterTypeError,
            "query.aggregate.0.project.fields.0.fields.0",
        ),
        (
            {"aggregate": [{"project": {"fields": [{"name": "a", "operator": "add", "fields": [{"x": 1}]}]}}]},
            InvalidParameterError,
            "query.aggregate.0.project.fields.0.fields.0.x",
        ),
        (
            {"aggregate": [{"match": {"filter": [{"k": "n", "o": "in", "v": 1}]}}]},
            OperatorListValueTypeError,
            "query.aggregate.0.match.filter.0.value",
        ),
    ],
)
def test_stat_refuses(query, error, key):
    with pytest.raises(error) as raised:
        parse_request(RecordStatQuery, {"query": query}, EVENT)
    assert raised.value.key == key


def test_stat_needs_a_query():
    with pytest.raises(RequiredParameterError) as raised:
        parse_request(RecordStatQuery, {}, EVENT)
    assert raised.value.key == "query"


def test_a_request_needs_no_domain_but_must_not_name_another():
    scope = Scope("domain-a")
    check_domain(None, scope)
    check_domain("domain-a", scope)
    for other in ("domain-b", ""):
        with pytest.raises(PermissionDeniedError):
            check_domain(other, scope)
