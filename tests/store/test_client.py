"""What the client takes out of answers before botocore's parser is what the parser would have made of it."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from event_api.errors import UnavailableError
from event_api.settings import settings
from event_api.store import client
from event_api.store.attributes import from_attributes, to_attributes
from event_api.store.table import Partition, Table

DOMAIN = "domain-a"
ITEMS = [
    {"e": "event-1", "d": DOMAIN, "t": "1", "n": "", "text": 'é \U0001f600 \u2028 "quoted" \\ \x00 {"S": "x"}'},
    {"e": "event-2", "d": DOMAIN, "t": "2", "zero": 0, "less": -(10**30), "large": 10**37, "yes": True, "no": False},
    {"e": "event-3", "d": DOMAIN, "t": "3", "bytes": bytes(range(256)), "packed": zlib.compress(b"x" * 600)},
    {"e": "event-4", "d": DOMAIN, "t": "4", "list": ["a", "", "é"], "empty": [], "B": "AAAA", "S": b"S"},
    {"e": "event-5", "d": DOMAIN, "t": "5", "map": {"S": "a", "B": "", "é": "b"}, "empty": {}},
]
OF_DOMAIN = {
    "IndexName": "by-domain",
    "KeyConditionExpression": "d = :d",
    "ExpressionAttributeValues": {":d": {"S": DOMAIN}},
}


@pytest.fixture
def events(app):
    """The name of the events table, with an item of every kind of value."""
    name = settings().tables.events
    for item in ITEMS:
        client.dynamodb().put_item(TableName=name, Item=to_attributes(item))
    return name


@pytest.fixture
def plain(app):
    """A client of botocore's own."""
    return client._make("dynamodb")


def without_metadata(answer):
    return {name: part for name, part in answer.items() if name != "ResponseMetadata"}


def items_of(answer):
    return [from_attributes(item) for item in answer["Items"]]


QUERIES: dict[str, dict[str, Any]] = {
    "all": OF_DOMAIN,
    "a page": {**OF_DOMAIN, "Limit": 2},
    "some attributes": {**OF_DOMAIN, "ProjectionExpression": "e, n"},
    "nothing": {**OF_DOMAIN, "ExpressionAttributeValues": {":d": {"S": "domain-z"}}},
    "all filtered out": {**OF_DOMAIN, "FilterExpression": "attribute_exists(nothing)"},
    "count": {**OF_DOMAIN, "Select": "COUNT"},
    "the table": {
        "KeyConditionExpression": "e = :e",
        "ExpressionAttributeValues": {":e": {"S": "event-3"}},
        "ConsistentRead": True,
    },
}


@pytest.mark.parametrize("query", QUERIES)
def test_the_items_of_a_query(events, plain, query):
    parameters = {"TableName": events, "ReturnConsumedCapacity": "TOTAL", **QUERIES[query]}
    ours, theirs = client.dynamodb().query(**parameters), plain.query(**parameters)
    if query != "count":
        assert items_of(ours) == items_of(theirs)
    assert without_metadata(ours) | {"Items": []} == without_metadata(theirs) | {"Items": []}


def test_every_kind_of_value_is_read_as_it_was_written(events, plain):
    read = client.dynamodb().batch_get_item(
        RequestItems={events: {"Keys": [to_attributes({"e": item["e"], "d": DOMAIN}) for item in ITEMS]}}
    )
    by_id = {item["e"]: item for item in map(from_attributes, read["Responses"][events])}
    assert by_id == {item["e"]: item for item in ITEMS}
    for expected in ITEMS:
        for value, written in ((by_id[expected["e"]][name], expected[name]) for name in expected):
            assert type(value) is type(written)


@pytest.mark.parametrize("wanted", [[], ["event-9"], ["event-3"], [item["e"] for item in ITEMS]])
def test_the_items_of_a_batch(events, plain, wanted):
    deliveries = settings().tables.deliveries
    of_events = [to_attributes({"e": event_id, "d": DOMAIN}) for event_id in wanted]
    requests = {deliveries: {"Keys": [to_attributes({"delivery_id": "delivery-9", "domain_id": DOMAIN})]}}
    if of_events:
        requests[events] = {"Keys": of_events}
    ours, theirs = (one.batch_get_item(RequestItems=requests) for one in (client.dynamodb(), plain))

    def responses(answer):
        return {
            name: sorted(map(from_attributes, items), key=lambda item: item["e"])
            for name, items in answer["Responses"].items()
        }

    assert responses(ours) == responses(theirs)
    assert ours["UnprocessedKeys"] == theirs["UnprocessedKeys"] == {}


# --- what is answered for DynamoDB ------------------------------------------------------------------------------------


class Stub:
    """Answers in DynamoDB's place: one answer after the other, the last one again and again."""

    def __init__(self, monkeypatch, operation, *answers):
        self._answers = list(answers)
        self.requests = 0
        monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        client.dynamodb().meta.events.register_first(f"before-send.dynamodb.{operation}", self)

    def __call__(self, request, **_):
        self.requests += 1
        status, answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        body = json.dumps(answer).encode()
        headers = {"content-type": "application/x-amz-json-1.0", "x-amz-crc32": str(zlib.crc32(body))}
        return AWSResponse(request.url, status, headers, _Raw(body))


class _Raw:
    def __init__(self, body):
        self._body = body

    def stream(self, **_):
        yield self._body


def fault(code, status=400):
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "a reason"}


def read_all(events):
    return list(Table(client.dynamodb(), events).query("#d = :d", {"d": DOMAIN}, index="by-domain"))


def get_all(events):
    return list(Table(client.dynamodb(), events).batch_get([{"e": "event-1", "d": DOMAIN}]))


def count_all(events):
    partition = Partition("by-domain", "d", DOMAIN, "t", None, {})
    return Table(client.dynamodb(), events).count_range(partition, "0", "~")


READS = [("Query", read_all), ("BatchGetItem", get_all), ("Query", count_all)]
only_moto = pytest.mark.parametrize("engine", ["moto"])  # it is never asked


@only_moto
@pytest.mark.parametrize(("operation", "read"), READS)
@pytest.mark.parametrize(
    "answer",
    [
        fault("ProvisionedThroughputExceededException"),
        fault("ThrottlingException"),
        fault("RequestLimitExceeded"),
        fault("InternalServerError", 500),
        (503, {}),
    ],
)
def test_what_may_go_well_later_is_tried_again_and_told(app, monkeypatch, operation, read, answer):
    stub = Stub(monkeypatch, operation, answer)
    with pytest.raises(UnavailableError, match="busy"):
        read(settings().tables.events)
    assert stub.requests == client._ATTEMPTS


@only_moto
@pytest.mark.parametrize(("operation", "read"), READS)
def test_what_goes_well_at_the_second_time_is_not_told(app, monkeypatch, operation, read):
    table = settings().tables.events
    item = {"e": {"S": "event-1"}, "m": {"B": "AAEC"}}
    found = {"Items": [item], "Count": 1, "ScannedCount": 1} if operation == "Query" else {"Responses": {table: [item]}}
    stub = Stub(monkeypatch, operation, fault("ThrottlingException"), (200, {"UnprocessedKeys": {}, **found}))
    expected = (1, None) if read is count_all else [{"e": "event-1", "m": b"\x00\x01\x02"}]
    assert read(table) == expected
    assert stub.requests == 2


@only_moto
@pytest.mark.parametrize(("operation", "read"), READS)
def test_what_dynamodb_refuses_is_passed_on(app, monkeypatch, operation, read):
    stub = Stub(monkeypatch, operation, fault("ValidationException"))
    with pytest.raises(ClientError) as error:
        read(settings().tables.events)
    assert error.value.response["Error"] == {"Code": "ValidationException", "Message": "a reason"}
    assert stub.requests == 1


@pytest.mark.parametrize("read", [read_all, get_all, count_all])
def test_a_table_that_is_not_there(app, read):
    with pytest.raises(ClientError) as error:
        read("NoSuchTable")
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"


@only_moto
def test_keys_that_were_not_processed_are_asked_for_again(app, monkeypatch):
    monkeypatch.setattr("event_api.store.table.time.sleep", lambda _: None)
    table = settings().tables.events
    items = [{"e": {"S": f"event-{number}"}, "d": {"S": DOMAIN}} for number in (1, 2)]
    left = {table: {"Keys": [items[1]]}}
    stub = Stub(
        monkeypatch,
        "BatchGetItem",
        (200, {"Responses": {table: [items[0]]}, "UnprocessedKeys": left}),
        (200, {"Responses": {}, "UnprocessedKeys": left}),
        (200, {"Responses": {table: [items[1]]}, "UnprocessedKeys": {}}),
    )
    keys = [{"e": f"event-{number}", "d": DOMAIN} for number in (1, 2)]
    assert list(Table(client.dynamodb(), table).batch_get(keys)) == keys
    assert stub.requests == 3
