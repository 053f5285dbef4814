"""An operator's view of a whole running stack: the doctor, and the faults that docs/operations.md leads to."""

from __future__ import annotations

import json
import random
from uuid import uuid4

import boto3
import pytest

from testkit import stack
from tests.e2e.driver import ask, wait_for


@pytest.fixture
def aws(local_run):
    found = local_run.endpoint()
    session = boto3.Session("local", "local", region_name=found.region)
    return lambda service: session.client(service, endpoint_url=found.endpoint_url)


def findings(local_run, *options, status=0):
    answer = local_run.eventctl("doctor", *options, status=status)
    return {one["check"]: (one["state"], one["section"].partition("#")[2]) for one in answer["findings"]}


def lines(local_run, function):
    path = local_run.local_dir / "logs" / f"{function}.log"
    written = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in written if line.startswith("{")]


def metric(local_run, name, webhook_id):
    """The sum of a metric over the lines of one webhook."""
    return sum(
        line.get(name, 0) for line in lines(local_run, "CreateEventFunction") if line.get("webhook_id") == webhook_id
    )


def new_webhook(local_run):
    created = local_run.eventctl(
        "webhook", "create", "--domain", f"domain-{uuid4().hex}", "--project", "p", "--name", "n"
    )
    return created["webhook_id"], created["domain_id"], created["webhook_url"]


def test_a_running_stack_is_healthy_and_the_canary_is_gone(local_run):
    found = findings(local_run)
    # Other tests of this run deploy broken templates, which are rolled back.
    assert found.pop("stack")[0] in {"OK", "WARNING"}
    assert {state for state, _ in found.values()} == {"OK"}
    canary = found["canary"]
    assert canary == ("OK", "the-canary")
    assert local_run.eventctl("delivery", "list", "--unfinished")["total_count"] == 0


def test_unreadable_deliveries_raise_their_alarms_condition_and_the_page_leads_to_the_reason(local_run):
    webhook_id, domain, url = new_webhook(local_run)
    threshold = int(stack.parameter("UnreadableDeliveriesThreshold"))
    for number in range(threshold):
        assert ask(url, body=f"{{no format reads this, {number}".encode()).status == 200
    wait_for("the log", lambda: metric(local_run, "DeliveriesUnreadable", webhook_id) >= threshold, 10)
    listed = local_run.eventctl("delivery", "list", "--unreadable", "--domain", domain)
    assert listed["total_count"] == threshold
    assert all(one["unread_because"] for one in listed["deliveries"])
    deleted = local_run.eventctl("domain", "delete", domain, "--yes")
    assert (deleted["deleted"]["events"], set(deleted["left"].values())) == (threshold, {0})


def test_bad_signatures_raise_their_alarms_condition_and_the_log_has_webhook_and_reason(local_run, tmp_path):
    webhook_id, _, url = new_webhook(local_run)
    secret = tmp_path / "secret"
    secret.write_text("the-sender's-own-secret")
    local_run.eventctl("webhook", "sign", webhook_id, "--scheme", "github", "--secret-file", str(secret))
    threshold = int(stack.parameter("BadSignaturesThreshold"))
    for _ in range(threshold):
        assert ask(url, body=b"{}", headers={"x-hub-signature-256": "sha256=00"}).status == 401
    wait_for("the log", lambda: metric(local_run, "SignaturesBad", webhook_id) >= threshold, 10)
    noticed = [line for line in lines(local_run, "CreateEventFunction") if line.get("webhook_id") == webhook_id]
    assert any(str(line.get("what", "")).startswith("bad signature") for line in noticed)


def test_a_deleted_body_is_restored_as_the_page_says(local_run, aws):
    _, _, url = new_webhook(local_run)
    body = {
        "event_key": uuid4().hex,
        "event_type": "ALERT",
        "title": "large",
        "noise": random.Random(2).randbytes(700_000).hex(),
    }
    delivery_id = ask(url, body=json.dumps(body).encode()).headers["x-delivery-id"]
    s3, bucket = aws("s3"), local_run.endpoint().bodies_bucket
    (stored,) = s3.list_objects_v2(Bucket=bucket, Prefix=f"{delivery_id}/")["Contents"]
    content = s3.get_object(Bucket=bucket, Key=stored["Key"])["Body"].read()
    s3.delete_object(Bucket=bucket, Key=stored["Key"])
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix=f"{delivery_id}/")
    (marker,) = s3.list_object_versions(Bucket=bucket, Prefix=f"{delivery_id}/")["DeleteMarkers"]
    s3.delete_object(Bucket=bucket, Key=marker["Key"], VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key=stored["Key"])["Body"].read() == content


def test_a_delivery_that_was_given_up_is_found_with_its_section(local_run, aws):
    sqs = aws("sqs")
    (queue,) = [url for url in sqs.list_queues()["QueueUrls"] if "DeadLetter" in url]
    sqs.send_message(QueueUrl=queue, MessageBody="no delivery of ours")
    assert findings(local_run, "--no-canary", status=1)["dead letters"] == ("FAILED", "dead-letters")
    sqs.purge_queue(QueueUrl=queue)
    assert findings(local_run, "--no-canary")["dead letters"][0] == "OK"


def test_an_alarm_that_has_begun_is_found_with_its_section(local_run, aws):
    cloudwatch = aws("cloudwatch")
    (name,) = [
        one["AlarmName"] for one in cloudwatch.describe_alarms()["MetricAlarms"] if "RedriveAge" in one["AlarmName"]
    ]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    found = findings(local_run, "--no-canary", status=1)
    assert found["alarm RedriveAgeAlarm"] == ("FAILED", "waiting-deliveries")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")
