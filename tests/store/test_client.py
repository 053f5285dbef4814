"""The store works alike on our own DynamoDB client and on botocore's, and both give the same answers and errors."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError as BotocoreClientError

from event_api.aws.dynamodb import DynamoDb
from event_api.settings import settings
from event_api.store.attributes import to_attributes
from event_api.store.aws_errors import ClientError
from event_api.store.table import ConditionFailedError, Partition, Table
from testkit.stub import DynamoDbStub, Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAIN = "domain-a"
ITEMS: list[dict[str, Any]] = [
    {"e": "event-1", "d": DOMAIN, "t": "1", "n": "", "text": 'é \U0001f600 \u2028 "quoted" \\ \x00 {"S": "x"}'},
    {"e": "event-2", "d": DOMAIN, "t": "2", "zero": 0, "less": -(10**30), "large": 10**37, "yes": True, "no": False},
    {"e": "event-3", "d": DOMAIN, "t": "3", "bytes": bytes(range(256)), "packed": zlib.compress(b"x" * 600)},
    {"e": "event-4", "d": DOMAIN, "t": "4", "list": ["a", "", "é"], "empty": [], "B": "AAAA", "S": b"S"},
    {"e": "event-5", "d": DOMAIN, "t": "5", "map": {"S": "a", "B": "", "é": "b"}, "empty": {}},
]
KEY: dict[str, Any] = {"e": {"S": "event-9"}, "d": {"S": DOMAIN}}
NESTED: dict[str, Any] = {
    **KEY,
    "t": {"S": "9"},
    "B": {"B": b"\x00"},
    "BS": {"BS": [b"\xff", b"\x01\x02"]},
    "M": {"M": {"B": {"B": b"b"}, "BS": {"L": [{"B": b""}, {"M": {}}, {"NULL": True}]}, "S": {"SS": ["B", "é"]}}},
    "N": {"NS": ["1", "-2.5"]},
}
OF_DOMAIN = {
    "IndexName": "by-domain",
    "KeyConditionExpression": "d = :d",
    "ExpressionAttributeValues": {":d": {"S": DOMAIN}},
}


@pytest.fixture
def lean(app, engine, monkeypatch) -> Iterator[DynamoDb]:
    """Our own client. moto answers it, too, by way of an endpoint in this process."""
    if engine != "moto":
        yield DynamoDb(connect_timeout=1, read_timeout=5, attempts=3)
        return
    with DynamoDbStub() as stub:
        stub.source = Recording().record
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", stub.url)
        yield DynamoDb(connect_timeout=1, read_timeout=5, attempts=3)


@pytest.fixture
def plain(app) -> Any:
    return app.dynamodb


@pytest.fixture(params=["lean", "plain"])
def client(request):
    """Each client in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def events(plain):
    """The name of the events table, with an item of every kind of value."""
    name = settings().tables.events
    for item in ITEMS:
        plain.put_item(TableName=name, Item=to_attributes(item))
    return name


def without_metadata(answer):
    return {name: part for name, part in answer.items() if name != "ResponseMetadata"}


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
def test_both_answer_a_query_alike(events, lean, plain, query):
    parameters = {"TableName": events, "ReturnConsumedCapacity": "TOTAL", **QUERIES[query]}
    assert without_metadata(lean.query(**parameters)) == without_metadata(plain.query(**parameters))


@pytest.mark.parametrize("wanted", [["event-9"], ["event-3"], [item["e"] for item in ITEMS]])
def test_both_answer_a_batch_alike(events, lean, plain, wanted):
    keys = [to_attributes({"e": event_id, "d": DOMAIN}) for event_id in wanted]
    answers = [one.batch_get_item(RequestItems={events: {"Keys": keys}}) for one in (lean, plain)]
    ours, theirs = (sorted(answer["Responses"].get(events, []), key=lambda item: item["e"]["S"]) for answer in answers)
    assert ours == theirs
    assert [answer["UnprocessedKeys"] for answer in answers] == [{}, {}]


def test_binary_values_are_written_and_read_alike_however_deep_they_are(events, lean, plain):
    lean.put_item(TableName=events, Item=NESTED)
    (ours, theirs) = (one.get_item(TableName=events, Key=KEY, ConsistentRead=True)["Item"] for one in (lean, plain))
    for item in (ours, theirs):
        item["BS"]["BS"].sort()
        item["N"]["NS"].sort()
        item["M"]["M"]["S"]["SS"].sort()
    assert ours == theirs
    assert ours["BS"] == {"BS": sorted(NESTED["BS"]["BS"])}
    assert ours["M"]["M"]["BS"] == NESTED["M"]["M"]["BS"]


def test_both_answer_changes_alike(events, lean, plain):
    change = {
        "TableName": events,
        "Key": KEY,
        "UpdateExpression": "SET t = :t, m = :m ADD n :n",
        "ExpressionAttributeValues": {":t": {"S": "9"}, ":m": {"B": b"\x01\x02"}, ":n": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    }
    ours = lean.update_item(**change)
    lean.delete_item(TableName=events, Key=KEY)
    assert without_metadata(ours) == without_metadata(plain.update_item(**change))
    # moto has the key in it, too.
    assert ours["Attributes"] | {"t": {"S": "9"}, "m": {"B": b"\x01\x02"}, "n": {"N": "1"}} == ours["Attributes"]
    assert ours["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert ours["ResponseMetadata"]["RetryAttempts"] == 0


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "condition": (
        "put_item",
        {"Item": KEY | {"e": {"S": "event-1"}}, "ConditionExpression": "attribute_not_exists(e)"},
    ),
    "expression": ("update_item", {"Key": KEY, "UpdateExpression": "SETT #a"}),
    "table": ("get_item", {"Key": KEY, "TableName": "NoSuchTable"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_both_raise_alike(events, lean, plain, case):
    method, parameters = REFUSED[case]
    errors: list[Any] = []
    for client, kind in ((lean, ClientError), (plain, BotocoreClientError)):
        with pytest.raises(kind) as raised:
            getattr(client, method)(**{"TableName": events, **parameters})
        errors.append(raised.value)
    ours, theirs = errors
    assert ours.response["Error"]["Code"] == theirs.response["Error"]["Code"]
    assert ours.response["Error"]["Message"] == theirs.response["Error"]["Message"]
    assert ours.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert str(ours) == str(theirs)
    assert ours.operation_name == theirs.operation_name


def test_both_tell_why_a_transaction_was_cancelled(events, lean, plain):
    put = {"TableName": events, "Item": KEY | {"e": {"S": "event-1"}}, "ConditionExpression": "attribute_not_exists(e)"}
    reasons = []
    kinds: tuple[tuple[Any, Any], ...] = ((lean, ClientError), (plain, BotocoreClientError))
    for client, kind in kinds:
        with pytest.raises(kind) as raised:
            client.transact_write_items(TransactItems=[{"Put": {"TableName": events, "Item": NESTED}}, {"Put": put}])
        assert raised.value.response["Error"]["Code"] == "TransactionCanceledException"
        reasons.append([reason["Code"] for reason in raised.value.response["CancellationReasons"]])
    assert reasons == [["None", "ConditionalCheckFailed"]] * 2


# --- the store on either client ---------------------------------------------------------------------------------------


def test_every_kind_of_value_is_read_as_it_was_written(events, client):
    table = Table(client, events)
    read = {item["e"]: item for item in table.batch_get([{"e": item["e"], "d": DOMAIN} for item in ITEMS])}
    assert read == {item["e"]: item for item in ITEMS}
    for expected in ITEMS:
        table.put({**expected, "e": "copy"})
        copy = table.get({"e": "copy", "d": DOMAIN}, consistent=True)
        assert copy == {**expected, "e": "copy"}
        for name, written in expected.items():
            assert type(copy[name]) is type(written)


def test_the_store_reads_and_writes(events, client):
    table = Table(client, events)
    key: dict[str, Any] = {"e": "event-8", "d": DOMAIN}
    table.put({**key, "t": "8"}, unless_exists="e")
    with pytest.raises(ConditionFailedError):
        table.put({**key, "t": "8"}, unless_exists="e")
    table.update(key, "SET #n = :n", {"n": "a title"}, condition="#t = :n OR attribute_exists(#e)")
    with pytest.raises(ConditionFailedError):
        table.update(key, "SET #n = :n", {"n": "another"}, condition="#t = :n")
    assert table.update_and_read(key, "ADD #count :one", {"one": 1}) == {"count": 1}
    assert table.get(key, attributes=("n",), consistent=True) == {"n": "a title"}
    new = {"e": "event-7", "d": DOMAIN, "t": "7"}
    change: dict[str, Any] = {"unless_exists": "e", "other": key, "update": "SET #n = :n", "values": {"n": "b"}}
    with pytest.raises(ConditionFailedError):
        table.put_and_update(new, condition="#t = :n", **change)
    table.put_and_update(new, condition="#e <> :n", **change)
    found = list(table.query("#d = :d", {"d": DOMAIN}, index="by-domain", descending=True, first_page=2))
    assert [item["t"] for item in found] == ["8", "7", "5", "4", "3", "2", "1"]
    assert table.count_range(Partition("by-domain", "d", DOMAIN, "t", None, {}), "2", "7")[0] == 5
    table.delete(key, condition="attribute_exists(#e)")
    with pytest.raises(ConditionFailedError):
        table.delete(key, condition="attribute_exists(#e)")
    assert table.get(key, consistent=True) is None


@pytest.mark.parametrize("kind", [ClientError, BotocoreClientError])
def test_a_table_that_is_not_there_is_not_called_busy(app, kind, lean, plain):
    client = lean if kind is ClientError else plain
    with pytest.raises(kind) as error:
        list(Table(client, "NoSuchTable").query("#d = :d", {"d": DOMAIN}, index="by-domain"))
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"
