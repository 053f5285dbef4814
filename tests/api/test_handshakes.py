"""Handshakes of senders: subscriptions to confirm, permission to deliver."""

import json
import time

import pytest

from event_api import safe_fetch
from event_api.admin import administration
from event_api.domain.webhook import Signing
from event_api.settings import settings
from tests import amazon
from tests.samples import bodies

SUBSCRIPTION = amazon.subscription()
OCI_URL = (
    "https://cell1.notification.eu-frankfurt-1.oci.oraclecloud.com/20181201/subscriptions/ocid1/confirmation?token=x"
)
MAPPING = {"fields": {"title": "Message"}}


@pytest.fixture
def engine():
    return "moto"


@pytest.fixture
def asked(monkeypatch):
    """The URLs that were visited."""
    asked = []

    def get(url, _):
        asked.append(url)
        return b"confirmed"

    monkeypatch.setattr(safe_fetch, "_get", get)
    return asked


def counted(capsys):
    lines = [line for line in map(json.loads, capsys.readouterr().out.splitlines()) if "_aws" in line]
    return {name for line in lines for name in line if name.startswith("Subscription")}


@pytest.mark.parametrize("options", [{}, {"format": "aws-sns"}, {"format": "aws-cloudwatch-sns"}, {"mapping": MAPPING}])
def test_a_subscription_is_confirmed(app, asked, capsys, options):
    _, path = app.webhook(**options)
    assert app.gateway.post(path, SUBSCRIPTION).status == 200
    assert asked == [SUBSCRIPTION["SubscribeURL"]]
    assert counted(capsys) == {"SubscriptionsConfirmed"}
    assert app.queue.messages == []
    if "mapping" not in options:
        assert app.events() == []


def test_oracles_subscription_is_confirmed(app, asked):
    for options in ({}, {"format": "oci-monitoring"}):
        _, path = app.webhook(**options)
        assert app.gateway.post(path, {"ConfirmationURL": OCI_URL}).status == 200
    assert asked == [OCI_URL, OCI_URL]


NOT_THE_SENDERS = [
    "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn&Token=1",
    "https://example.com/?Action=ConfirmSubscription",
    "https://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "",
    None,
    7,
    [SUBSCRIPTION["SubscribeURL"]],
    {"a": 1},
    SUBSCRIPTION["SubscribeURL"].replace("ConfirmSubscription", "Unsubscribe"),
    SUBSCRIPTION["SubscribeURL"].replace("alarms", "others"),
]


def test_a_url_that_is_not_the_senders_is_never_visited(app, asked, capsys):
    _, path = app.webhook()
    for url in NOT_THE_SENDERS:
        assert app.gateway.post(path, SUBSCRIPTION | {"SubscribeURL": url, "MessageId": str(url)}).status == 200
        assert app.gateway.post(path, {"ConfirmationURL": url}).status == 200
    assert app.gateway.post(path, {"ConfirmationURL": OCI_URL.replace("oraclecloud", "example")}).status == 200
    assert asked == []
    assert counted(capsys) == {"SubscriptionsNotConfirmed"}
    assert app.queue.messages == []


def test_oracles_host_is_asked_to_confirm_and_for_nothing_else(app, asked):
    _, path = app.webhook()
    for other in (
        "/20181201/subscriptions/ocid1/unsubscription?token=x",
        "/20181201/subscriptions/ocid1/unsubscription?x=/confirmation",
        "/20181201/subscriptions/ocid1/unsubscription;/confirmation?token=x",
        "/20181201/subscriptions/../confirmation/../unsubscription?token=x",
        "/20181201/topics",
        "",
    ):
        url = OCI_URL.partition("/20181201")[0] + other
        assert app.gateway.post(path, {"ConfirmationURL": url}).status == 200
    assert asked == []


@pytest.mark.parametrize("options", [{"format": "github"}, {"format": "oci-monitoring"}])
def test_a_webhook_of_another_sender_confirms_nothing(app, asked, options):
    _, path = app.webhook(**options)
    assert app.gateway.post(path, SUBSCRIPTION).status == 200
    assert asked == []


def test_another_topic_is_not_confirmed(app, asked):
    for topics, visited in (((amazon.TOPIC,), 1), (("arn:aws:sns:eu-west-1:999999999999:alarms",), 0)):
        webhook, path = app.webhook()
        administration.set_signing(
            app.stores, webhook.webhook_id, Signing("sns", required=False, topics=topics, window=86400)
        )
        asked.clear()
        assert app.gateway.post(path, SUBSCRIPTION | {"Signature": "x", "SignatureVersion": "9"}).status == 200
        assert asked.count(SUBSCRIPTION["SubscribeURL"]) == visited


def test_an_unsubscription_is_never_visited(app, asked, capsys):
    _, path = app.webhook()
    assert app.gateway.post(path, SUBSCRIPTION | {"Type": "UnsubscribeConfirmation"}).status == 200
    assert app.gateway.post(path, SUBSCRIPTION | {"Type": "Notification"}).status == 200
    assert asked == []
    assert counted(capsys) == set()


def test_a_url_that_does_not_answer_neither_delays_nor_fails_the_answer(app, monkeypatch, capsys):
    monkeypatch.setattr(safe_fetch, "_get", lambda *_: time.sleep(8))
    _, path = app.webhook()
    started = time.monotonic()
    assert app.gateway.post(path, SUBSCRIPTION).status == 200
    assert time.monotonic() - started < 6
    assert counted(capsys) == {"SubscriptionsPending"}
    assert len(app.queue.messages) == 1


def test_the_worker_goes_on_until_it_is_confirmed(app, monkeypatch, capsys):
    answers = [safe_fetch.FetchError("it answered 503")] * 2 + [b"confirmed"]

    def get(url, seconds):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(safe_fetch, "_get", get)
    _, path = app.webhook()
    assert app.gateway.post(path, SUBSCRIPTION).status == 200
    assert app.redrive()["batchItemFailures"]
    assert app.redrive()["batchItemFailures"] == []
    assert counted(capsys) == {"SubscriptionsPending", "SubscriptionsConfirmed"}
    assert answers == []


def test_a_refusal_is_final(app, monkeypatch, capsys):
    def get(url, seconds):
        raise safe_fetch.RefusedError("it answered 403")

    monkeypatch.setattr(safe_fetch, "_get", get)
    _, path = app.webhook()
    assert app.gateway.post(path, SUBSCRIPTION).status == 200
    assert app.queue.messages == []
    assert counted(capsys) == {"SubscriptionsNotConfirmed"}


# --- permission to deliver: CloudEvents' OPTIONS ----------------------------------------------------------------------


def permission(app, path, **headers):
    return app.gateway.request("OPTIONS", path, headers={name.replace("_", "-"): one for name, one in headers.items()})


def test_a_sender_of_cloudevents_is_permitted(app):
    _, path = app.webhook()
    answer = permission(app, path, WebHook_Request_Origin="eventgrid.azure.net", WebHook_Request_Rate="120")
    assert answer.status == 200
    assert answer.headers["webhook-allowed-origin"] == "eventgrid.azure.net"
    assert answer.headers["webhook-allowed-rate"] == "*"
    assert answer.headers["allow"] == "OPTIONS, POST"


def test_the_rate_that_is_allowed_is_the_webhooks(app):
    _, path = app.webhook(rate_limit=90)
    assert permission(app, path, WebHook_Request_Origin="example.com").headers["webhook-allowed-rate"] == "90"


def test_who_asks_for_nothing_learns_the_methods(app):
    _, path = app.webhook()
    answer = permission(app, path)
    assert (answer.status, answer.headers["allow"]) == (200, "OPTIONS, POST")
    assert "webhook-allowed-origin" not in answer.headers


def test_an_origin_that_is_not_a_name_is_not_answered(app):
    _, path = app.webhook()
    for origin in ("a b", "<script>", "x" * 300, "é.example.com", "*", ""):
        answer = permission(app, path, WebHook_Request_Origin=origin)
        assert answer.status == 200
        assert "webhook-allowed-origin" not in answer.headers


def test_permission_needs_the_access_key(app):
    webhook, path = app.webhook()
    wrong = path.replace(path.split("/")[-2], "wrong")
    assert permission(app, wrong, WebHook_Request_Origin="example.com").status == 403
    bearer = f"/monitoring/v1/webhook/{webhook.webhook_id}/events"
    assert permission(app, bearer, WebHook_Request_Origin="example.com").status == 403
    key = {"Authorization": f"Bearer {path.split('/')[-2]}"}
    assert permission(app, bearer, WebHook_Request_Origin="example.com", **key).status == 200


def test_nothing_is_stored_of_a_permission(app):
    _, path = app.webhook()
    permission(app, path, WebHook_Request_Origin="example.com")
    assert app.dynamodb.scan(TableName=settings().tables.deliveries)["Items"] == []


def test_a_form_in_the_url_is_read_if_there_is_no_body(app):
    _, path = app.webhook(format="uptimerobot")
    fields = {"monitorID": "1", "monitorFriendlyName": "Shop", "alertType": "1", "alertDetails": "timeout"}
    assert app.gateway.post(path, "", query=fields).status == 200
    (event,) = app.events()
    assert (event["event_type"], event["severity"]) == ("ALERT", "ERROR")
    assert "Shop" in event["title"]
    assert app.gateway.post(path, bodies.direct(), query={"x": "1"}).status == 200
