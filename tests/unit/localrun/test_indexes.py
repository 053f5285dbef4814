"""Queries of an index answer the same as without the local run's change of ministack, and read less."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localrun import indexes
from tests.profiles import examples

TABLE = {
    "TableName": "items",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "part", "at", "domain")],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "part", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-domain",
            "KeySchema": [
                {"AttributeName": "domain", "KeyType": "HASH"},
                {"AttributeName": "at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
QUERY = {
    "TableName": "items",
    "IndexName": "by-domain",
    "KeyConditionExpression": "#domain = :key AND #at BETWEEN :low AND :high",
    "ExpressionAttributeNames": {"#domain": "domain", "#at": "at"},
}

texts = st.text("abc", min_size=1, max_size=2)
items = st.fixed_dictionaries(dict.fromkeys(("id", "part"), texts), optional={"at": texts, "domain": texts})


@pytest.fixture(scope="module")
def dynamodb():
    """Return ministack's module with the change, and what was changed as it was."""
    from ministack.services import dynamodb  # noqa: PLC0415 - it reads its settings from the environment

    changed = (
        "_query",
        "_index_members",
        "_index_item",
        "_evaluate_condition",
        "_project_item",
        "_tokenize",
        "_condition_syntax_error",
    )
    before = {name: getattr(dynamodb, name) for name in changed}
    indexes.install()
    yield dynamodb, before
    for name, original in before.items():
        setattr(dynamodb, name, original)


def answer(call, request):
    status, _, body = call(request)
    assert status == 200, body
    return json.loads(body)


def typed(values):
    return {name: {"S": value} for name, value in values.items()}


def pages(query, request):
    """Return all pages of a query, each from the end of the one before."""
    found = [answer(query, request)]
    while "LastEvaluatedKey" in found[-1]:
        found.append(answer(query, request | {"ExclusiveStartKey": found[-1]["LastEvaluatedKey"]}))
    return found


@given(
    steps=st.lists(st.tuples(st.sampled_from(["put", "put", "delete", "ask"]), items), max_size=40),
    ends=st.tuples(texts, texts).map(sorted),
    limit=st.integers(1, 5),
    forward=st.booleans(),
)
@examples(150)
def test_all_pages_are_the_same(dynamodb, steps, ends, limit, forward):
    module, before = dynamodb
    whole = before["_query"]
    module._tables.clear()
    answer(module._create_table, dict(TABLE))
    request = QUERY | {
        "Limit": limit,
        "ScanIndexForward": forward,
        "ExpressionAttributeValues": typed({":key": "a", ":low": ends[0], ":high": ends[1]}),
    }
    for step, item in (*steps, ("ask", {})):
        match step:
            case "put":
                answer(module._put_item, {"TableName": "items", "Item": typed({"domain": "a", "at": "b"} | item)})
            case "delete":
                key = {name: item[name] for name in ("id", "part")}
                answer(module._delete_item, {"TableName": "items", "Key": typed(key)})
            case "ask":
                assert pages(module._query, request) == pages(whole, request)


ITEM = {"at": {"S": "now"}, "id": {"S": "1"}, "of": {"M": {"at": {"L": [{"S": "x"}, {"N": "1"}]}}}}
ALIASES = {"#at": "at", "#id": "id", "#of": "of", "#absent": "absent", "#dotted": "a.t"}


@pytest.mark.parametrize(
    "expression",
    [
        "#at",
        "#at, #id,#of",
        "id",
        "#absent",
        "#at,#absent",
        "#of.#at",
        "#of.#at[1],#id",
        "of[0]",
        "#dotted",
        "#at,#at",
        "at,#at",
    ],
)
def test_a_projection_is_the_same(dynamodb, expression):
    module, before = dynamodb

    def result(project):
        try:
            return project(ITEM, expression, ALIASES)
        except ValueError as error:
            return str(error)

    assert result(module._project_item) == result(before["_project_item"])


def test_a_page_reads_no_more_than_its_limit(dynamodb, monkeypatch):
    module, _ = dynamodb
    module._tables.clear()
    answer(module._create_table, dict(TABLE))
    for number in range(50):
        item = {"id": f"{number}", "part": "p", "domain": "a", "at": f"{number:02}"}
        answer(module._put_item, {"TableName": "items", "Item": typed(item)})
    evaluated = 0
    evaluate = module._evaluate_condition

    def counted(*arguments, **options):
        nonlocal evaluated
        evaluated += 1
        return evaluate(*arguments, **options)

    monkeypatch.setattr(module, "_evaluate_condition", counted)
    values = typed({":key": "a", ":low": "00", ":high": "99"})
    assert len(pages(module._query, QUERY | {"Limit": 10, "ExpressionAttributeValues": values})) == 6
    assert evaluated < 70


@pytest.mark.parametrize(
    "change",
    [
        {"KeyConditionExpression": "#domain = :key AND #at > :low"},
        {"Limit": None},
        {"IndexName": None},
        {"ExpressionAttributeValues": {":key": {"S": "a"}, ":low": {"N": "1"}, ":high": {"N": "2"}}},
    ],
)
def test_a_query_that_is_not_understood_is_ministacks(change):
    request = QUERY | {"Limit": 5, "ExpressionAttributeValues": typed({":key": "a", ":low": "b", ":high": "c"})}
    assert indexes._Page.of(request) is not None
    changed = {name: value for name, value in (request | change).items() if value is not None}
    assert indexes._Page.of(changed) is None
