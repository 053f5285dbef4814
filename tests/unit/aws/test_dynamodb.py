"""The DynamoDB client against a server that answers as each test has it: retries, budgets, connections, clocks."""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any

import pytest

from event_api.aws import dynamodb
from event_api.aws.dynamodb import DynamoDb
from event_api.domain.errors import UnavailableError
from event_api.store.aws_errors import ClientError, ConnectionFailedError
from event_api.store.table import Partition, Table
from testkit.server import LocalServer, Routes

ATTEMPTS = 3


class Scripted:
    """A DynamoDB that gives one answer after the other, the last one again and again."""

    def __init__(self):
        self.answers: list[Any] = [(200, {}, {})]
        self.requests: list[Any] = []
        self.connections: set[Any] = set()
        self.hold = 0.0
        """Seconds before an answer."""
        script = self

        class Endpoint(Routes):
            def post(self, body):
                script.requests.append((dict(self.headers), json.loads(body)))
                script.connections.add(self.client_address)
                time.sleep(script.hold)
                answer = script.answers.pop(0) if len(script.answers) > 1 else script.answers[0]
                if answer == "cut":
                    self.close_connection = True
                    return
                status, content, headers = answer
                text = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.answer(status, text, {"x-amz-crc32": str(zlib.crc32(text)), **headers})
                if headers.get("Connection") == "silently closed":
                    self.close_connection = True

        self.server = LocalServer(Endpoint)
        self.url = f"http://{self.server.address}"


@pytest.fixture
def pauses(monkeypatch):
    """The seconds that the client would have slept."""
    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, time=time.time)
    monkeypatch.setattr(dynamodb, "time", clock)
    return slept


@pytest.fixture
def server(monkeypatch, pauses):
    script = Scripted()
    for name in ("AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_USE_FIPS_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ENDPOINT_URL_DYNAMODB": script.url,
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "an-id",
        "AWS_SECRET_ACCESS_KEY": "a-secret",
    }.items():
        monkeypatch.setenv(name, value)
    with script.server:
        yield script


@pytest.fixture
def client(server):
    return DynamoDb(connect_timeout=1, read_timeout=5, attempts=ATTEMPTS)


def fault(code, status=400, **headers):
    return status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "a reason"}, headers


def get(client):
    return client.get_item(TableName="table", Key={"k": {"B": b"\x00\xff"}})


def test_a_request_has_the_parts_that_dynamodb_wants(server, client):
    server.answers = [(200, {"Item": {"k": {"B": "AP8="}}}, {"x-amzn-RequestId": "id-1"})]
    answer = get(client)
    ((headers, body),) = server.requests
    assert headers["X-Amz-Target"] == "DynamoDB_20120810.GetItem"
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert "/eu-west-1/dynamodb/aws4_request, SignedHeaders=content-type;host;" in headers["Authorization"]
    assert body == {"TableName": "table", "Key": {"k": {"B": base64.b64encode(b"\x00\xff").decode()}}}
    assert answer["Item"] == {"k": {"B": b"\x00\xff"}}
    metadata = answer["ResponseMetadata"]
    assert (metadata["RequestId"], metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == ("id-1", 200, 0)


def test_a_transaction_has_one_token_for_all_its_attempts(server, client):
    server.answers = [fault("InternalServerError", 500), (200, {}, {}), (200, {}, {})]
    client.transact_write_items(TransactItems=[])
    client.transact_write_items(TransactItems=[])
    first, again, other = (body["ClientRequestToken"] for _, body in server.requests)
    assert first == again != other
    client.transact_write_items(TransactItems=[], ClientRequestToken="mine")
    assert server.requests[-1][1]["ClientRequestToken"] == "mine"


READS = {
    "query": lambda table: list(table.query("#d = :d", {"d": "a"})),
    "batch": lambda table: list(table.batch_get([{"e": "event-1"}])),
    "count": lambda table: table.count_range(Partition("by-domain", "d", "a", "t", None, {}), "0", "~"),
    "get": lambda table: table.get({"e": "event-1"}),
}
PASSING = {
    "ProvisionedThroughputExceededException": fault("ProvisionedThroughputExceededException"),
    "ThrottlingException": fault("ThrottlingException"),
    "RequestLimitExceeded": fault("RequestLimitExceeded"),
    "InternalServerError": fault("InternalServerError", 500),
    "no words": (503, {}, {}),
    "a gateway's page": (502, b"<html>", {}),
    "cut": "cut",
    "damaged": (200, {"Item": {}}, {"x-amz-crc32": "1"}),
    "not JSON": (200, b"{", {}),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("failure", PASSING)
def test_a_failure_that_may_pass_is_tried_again_and_then_reported(server, client, pauses, read, failure):
    server.answers = [PASSING[failure]]
    with pytest.raises(UnavailableError):
        READS[read](Table(client, "table"))
    assert len(server.requests) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1
    assert pauses[0] <= 1
    assert pauses[1] <= 2


@pytest.mark.parametrize("failure", PASSING)
def test_a_failure_that_passes_is_not_reported(server, client, failure):
    server.answers = [PASSING[failure], (200, {"Item": {"k": {"S": "v"}}}, {})]
    answer = get(client)
    assert answer["Item"] == {"k": {"S": "v"}}
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(server.requests) == 2


@pytest.mark.parametrize("code", ["ValidationException", "ConditionalCheckFailedException", "AccessDeniedException"])
def test_a_refusal_is_raised_at_once(server, client, code):
    server.answers = [(400, {"__type": f"x#{code}", "Message": "a reason", "Item": {"k": {"B": "AA=="}}}, {})]
    with pytest.raises(ClientError) as error:
        get(client)
    assert error.value.response["Error"] == {"Code": code, "Message": "a reason"}
    assert error.value.response["Item"] == {"k": {"B": b"\x00"}}
    assert len(server.requests) == 1


def test_nobody_listens(monkeypatch, server, pauses):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    client = DynamoDb(connect_timeout=1, read_timeout=1, attempts=2)
    with pytest.raises(ConnectionFailedError, match="GetItem: ConnectionRefusedError"):
        get(client)
    assert len(pauses) == 1


def test_an_answer_that_does_not_come_is_not_waited_for(server):
    server.hold = 0.5
    client = DynamoDb(connect_timeout=0.1, read_timeout=0.1, attempts=1)
    started_at = time.monotonic()
    with pytest.raises(ConnectionFailedError, match="TimeoutError"):
        get(client)
    assert time.monotonic() - started_at < 0.4


def test_retries_stop_when_the_budget_is_used_up_and_successes_refill_it(server, client):
    server.answers = [fault("ThrottlingException")]
    calls = 500 // (5 * (ATTEMPTS - 1))
    for _ in range(calls + 2):
        with pytest.raises(ClientError):
            get(client)
    assert len(server.requests) == calls * ATTEMPTS + 2
    server.answers = [(200, {}, {})] * 5 + [fault("ThrottlingException")]
    for _ in range(5):
        get(client)
    server.requests.clear()
    with pytest.raises(ClientError):
        get(client)
    assert len(server.requests) == 2


# --- connections ------------------------------------------------------------------------------------------------------


def test_a_connection_is_kept(server, client):
    for _ in range(5):
        get(client)
    assert len(server.connections) == 1


def test_a_connection_that_the_server_closed_is_noticed_before_it_is_used(server, client, pauses):
    server.answers = [(200, {}, {"Connection": "silently closed"})]
    for _ in range(3):
        get(client)
        time.sleep(0.05)  # the end arrives
    assert len(server.connections) == len(server.requests) == 3
    assert pauses == []


def test_a_connection_that_the_server_says_it_closes_is_not_kept(server, client, pauses):
    server.answers = [(200, {}, {"Connection": "close"})]
    for _ in range(3):
        get(client)
    assert len(server.connections) == 3
    assert pauses == []


def test_each_thread_has_a_connection_for_the_time_of_a_request(server, client):
    server.hold = 0.05
    together = threading.Barrier(4)

    def run(_):
        together.wait()
        return get(client)["ResponseMetadata"]["HTTPStatusCode"]

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(run, range(4))) == [200] * 4
        assert list(threads.map(run, range(4))) == [200] * 4
    assert len(server.connections) == 4


# --- the clock --------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_wrong_is_corrected(server, client, monkeypatch):
    an_hour_behind = SimpleNamespace(sleep=lambda _: None, time=lambda: time.time() - 3600)
    monkeypatch.setattr(dynamodb, "time", an_hour_behind)
    server.answers = [fault("InvalidSignatureException", Date=formatdate(usegmt=True)), (200, {}, {})]
    get(client)
    get(client)
    wrong, right, later = (headers["X-Amz-Date"] for headers, _ in server.requests)
    hours = [time.strptime(date, "%Y%m%dT%H%M%SZ").tm_hour for date in (wrong, right, later)]
    assert hours[1] == hours[2] == (hours[0] + 1) % 24


@pytest.mark.parametrize("date", ["now", "nonsense"])
def test_a_signature_that_is_wrong_for_another_reason_is_not_tried_again(server, client, date):
    date = formatdate(usegmt=True) if date == "now" else date
    server.answers = [fault("InvalidSignatureException", Date=date)]
    with pytest.raises(ClientError):
        get(client)
    assert len(server.requests) == 1


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_no_key_is_logged_or_shown(server, client, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-token")
    client = DynamoDb(connect_timeout=1, read_timeout=1, attempts=1)
    server.answers = [fault("AccessDeniedException"), "cut"]
    shown = repr(vars(client)) + repr(client._credentials())
    for kind in (ClientError, ConnectionFailedError):
        with pytest.raises(kind) as error:
            get(client)
        shown += repr(error.value) + str(error.value) + repr(error.value.__dict__)
    for secret in ("a-secret", "a-token"):
        assert secret not in shown + caplog.text
