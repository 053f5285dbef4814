"""Whatever arrives at a webhook is taken and can be read again, or is refused in our shape; nothing fails."""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api import telemetry
from event_api.normalizers.payload import READ_HEADERS
from testkit import stack
from tests.profiles import examples
from tests.samples import hostile, mutations, own_samples

REFUSALS = {
    400: {"ERROR_INVALID_PARAMETER", "ERROR_WEBHOOK_STATE_DISABLED"},
    403: {"ERROR_PERMISSION_DENIED"},
    413: {"ERROR_PAYLOAD_TOO_LARGE"},
}

# --- bodies -----------------------------------------------------------------------------------------------------------

MANY = 20_000
BOMBS = [
    "[" * MANY,
    "[" * MANY + "]" * MANY,
    '{"a":' * MANY + "1" + "}" * MANY,
    '[{"a":' * 150 + "1" + "}]" * 150,
    '{"title":"t","a":' + "[" * 199 + "]" * 199 + "}",
    f'{{"title":"t","number":{"9" * 5000}}}',
    f'{{"title":"t","number":-{"9" * 100_000}}}',
    '{"title":"t","number":1e999999999}',
    '{"title":"t","number":1e-999999999}',
    '{"title":"t","a":1,"a":{"b":[]},"a":"last"}',
    '{"title":"first","title":"last","title":["x"]}',
    '{"__proto__":{"a":1},"constructor":1,"title":"{0.__class__.__mro__} %s %(x)s ${jndi:ldap://x} {{7*7}}"}',
    '{"title":"\\u0000\\ud800\\udfff\\uffff\ufeff","\\ud800":"\\ud800"}',
    json.dumps({"alerts": [{}] * MANY, "receiver": "r"}),
    json.dumps({f"key-{number}": number for number in range(MANY)}),
    json.dumps({"title": "t" * 300_000, "description": "\x01" * 200_000}),
    json.dumps([[]] * MANY),
    "\ufeff{}",
    '"' + "a" * 100_000,
    "{}" * 1000,
    " " * 100_000,
    "NaN",
]
RAW = [
    b"",
    b"\x00" * 1000,
    b"\xff\xfe{\x00}\x00",
    '{"title": "t"}'.encode("utf-16"),
    b'{"title":"\xc3\x28\xed\xa0\x80\xf8"}',
    gzip.compress(b'{"title":"t"}'),
    gzip.compress(b"\x00" * 10_000_000),
    b"\x1f\x8b" + b"\x00" * 100,
]
some_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(mutations.REPLACEMENTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def mutated(draw):
    """A sample of a format that we know, with something else in one or two places."""
    body = draw(st.sampled_from([sample.body for sample in own_samples()]))
    for _ in range(draw(st.integers(1, 2))):
        places = list(mutations.paths(body))
        if not places:
            break
        place = draw(st.sampled_from(places))
        odd = draw(st.sampled_from(mutations.REPLACEMENTS) | some_json)
        body = draw(st.sampled_from([mutations.without(body, place), mutations.replaced(body, place, odd)]))
    return body


def as_bytes(body):
    return body if isinstance(body, bytes) else hostile.written(body).encode("utf-8", "surrogatepass")


somebody_s = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(RAW),
    st.sampled_from(BOMBS).map(str.encode),
    some_json,
    mutated(),
).map(as_bytes)

# --- headers ----------------------------------------------------------------------------------------------------------

VALUES = ["", " ", "a", "a" * 8000, "é\x00\n", "🙂", "Notification", "SubscriptionConfirmation", "gzip", "%00", "1.0"]
NAMES = [*sorted(READ_HEADERS), "content-type", "accept", "content-encoding", "authorization", "x-forwarded-for", ""]
TYPES = [
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=",
    "",
    ";",
]
headers = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=8), st.sampled_from(VALUES) | st.text(max_size=30), max_size=4
) | st.sampled_from(TYPES).map(lambda kind: {"content-type": kind})


# --- the sender -------------------------------------------------------------------------------------------------------


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.engine) for name in ("ministack", "dynoxide")])
def engine(request):
    """Not moto, which takes ten times as long for this."""
    return request.param


class Sender:
    """Posts, and checks that what was answered 200 can be read."""

    def __init__(self, app, monkeypatch) -> None:
        def fail(task, error, **facts):
            raise error

        # Otherwise the handler reports only the place of the defect.
        monkeypatch.setattr(telemetry, "failed", fail)
        self.app = app
        self.webhook, self.path = app.webhook()
        self.short = self.path.rsplit("/", 2)[0] + "/events"
        self.key = self.path.split("/")[-2]
        self.token = app.token()
        self.statuses: Counter[int] = Counter()

    def post(self, body, given=(), *, path=None):
        response = self.app.gateway.post(path or self.path, body, headers=dict(given))
        self.statuses[response.status] += 1
        answer = json.loads(response.text, parse_constant=pytest.fail)
        if response.status == 200:
            assert answer == {}
            self.read(response.headers["x-delivery-id"])
        else:
            assert self.code(answer) in REFUSALS[response.status]
        return response

    def code(self, answer):
        if "detail" in answer and isinstance(answer["detail"], dict):
            return answer["detail"]["code"]
        return answer["code"]

    def read(self, delivery_id):
        """Get the first of the delivery's events, or its ERROR, as strict JSON."""
        for position in ("0000", "ffff"):
            event_id = f"event-{delivery_id.removeprefix('delivery-')}{position}"
            got = self.app.gateway.get(f"/monitoring/v1/event/{event_id}", token=self.token)
            if got.status == 200:
                event = json.loads(got.text, parse_constant=pytest.fail)
                assert isinstance(event["raw_data"], dict)
                assert event["title"]
                assert self.key not in got.text
                return
        assert self.app.stores.deliveries.get(delivery_id, self.webhook.domain_id).finished  # it makes no event


@pytest.fixture
def sender(app, monkeypatch):
    return Sender(app, monkeypatch)


@pytest.mark.parametrize("number", range(len(BOMBS) + len(RAW)))
def test_bombs(sender, number):
    sender.post([*(bomb.encode() for bomb in BOMBS), *RAW][number])
    assert sender.statuses == {200: 1}


def test_any_body_with_any_headers(sender):
    @examples(150, on_engine=True)
    @given(somebody_s, headers)
    def tried(body, given_headers):
        sender.post(body, given_headers)

    tried()
    assert sender.statuses[200] > 100


def test_any_body_with_the_key_as_bearer(sender):
    @examples(60, on_engine=True)
    @given(somebody_s, headers)
    def tried(body, given_headers):
        given_headers = {name: value for name, value in given_headers.items() if name.lower() != "authorization"}
        sender.post(body, given_headers | {"authorization": f"Bearer {sender.key}"}, path=sender.short)

    tried()
    assert sender.statuses[200] > 40


def test_any_webhook_and_any_key(sender):
    parts = st.sampled_from([sender.webhook.webhook_id, sender.key]) | st.text(min_size=1, max_size=40)

    @examples(80, on_engine=True)
    @given(parts, parts)
    def tried(webhook_id, key):
        path = "/".join(quote(part, safe="", errors="surrogatepass") for part in (webhook_id, key))
        response = sender.post(b"{}", path=f"/monitoring/v1/webhook/{path}/events")
        right = (webhook_id, key) == (sender.webhook.webhook_id, sender.key)
        assert response.status == (200 if right else 403)

    tried()


def test_what_says_that_it_is_base64(sender):
    """As API Gateway would never send it."""

    @examples(80, on_engine=True)
    @given(st.binary(max_size=60).map(base64.b64encode).map(bytes.decode) | st.text(max_size=40))
    def tried(body):
        path = {"webhook_id": sender.webhook.webhook_id, "access_key": sender.key}
        event = {"routeKey": "POST", "pathParameters": path, "body": body, "isBase64Encoded": True}
        answer = stack.handler("functions/create_event")(event, sender.app.gateway.context)
        sender.statuses[answer["statusCode"]] += 1
        assert answer["statusCode"] in {200, 400}

    tried()
    assert sender.statuses[200]
