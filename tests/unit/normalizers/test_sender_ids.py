import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.ingest.sender_ids import sender_delivery_id

ENVELOPE: dict[str, Any] = {
    "Type": "Notification",
    "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t",
    "MessageId": "m-1",
}
CLOUD_EVENT: dict[str, Any] = {"specversion": "1.0", "type": "t", "source": "/s", "id": "1"}


@pytest.mark.parametrize(
    ("body", "headers", "delivery_id"),
    [
        ({}, {}, None),
        (None, {}, None),
        (ENVELOPE, {}, "sns:m-1"),
        (ENVELOPE, {"x-amz-sns-message-id": "m-1"}, "sns:m-1"),
        ({"AlarmName": "a"}, {"x-amz-sns-message-id": "m-2"}, "sns:m-2"),
        ({"MessageId": "m-1"}, {}, None),
        (ENVELOPE | {"MessageId": None}, {}, None),
        (None, {"webhook-id": "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"}, "standard-webhooks:msg_2KWPBgLlAfxdpx2AI54pPJ85f4W"),
        ({}, {"x-github-delivery": "72d3162e-cc78"}, "github:72d3162e-cc78"),
        ({}, {"idempotency-key": "a-1"}, "idempotency-key:a-1"),
        ({}, {"idempotency-key": " "}, None),
        ({}, {"x-github-delivery": "a", "idempotency-key": "b"}, "github:a"),
        (CLOUD_EVENT | {"id": ""}, {}, None),
        ({"source": "/s", "id": "1"}, {}, None),
        ({}, {"ce-id": "1"}, None),
    ],
)
def test_delivery_id(body, headers, delivery_id):
    assert sender_delivery_id(body, headers) == delivery_id


def test_a_cloud_event_is_known_by_source_and_id_together():
    structured = sender_delivery_id(CLOUD_EVENT, {})
    assert structured is not None
    assert structured.startswith("cloudevents:sha256:")
    assert sender_delivery_id({"data": 1}, {"ce-source": "/s", "ce-id": "1"}) == structured
    assert (
        sender_delivery_id(CLOUD_EVENT | {"source": "/s1", "id": ""}, {"ce-source": "/s1", "ce-id": "1"}) != structured
    )
    assert sender_delivery_id(CLOUD_EVENT | {"source": '/s", "1', "id": "x"}, {}) != sender_delivery_id(
        CLOUD_EVENT | {"source": "/s", "id": '1", "x'}, {}
    )


@given(st.text(min_size=1))
def test_any_id_fits_a_key_and_a_header(value):
    delivery_id = sender_delivery_id(None, {"idempotency-key": value})
    assert delivery_id is None or re.fullmatch(r"idempotency-key:[!-~]{1,128}", delivery_id)


def test_long_ids_that_begin_alike_stay_distinct():
    assert sender_delivery_id(None, {"webhook-id": "x" * 500}) != sender_delivery_id(None, {"webhook-id": "x" * 501})


@pytest.mark.parametrize("value", ["<uuid>", "{{id}}", "{id}", "$ID", "${event.id}"])
def test_an_unfilled_template_is_not_an_id(value):
    assert sender_delivery_id({}, {"x-github-delivery": value}) is None
    assert sender_delivery_id({"specversion": "1.0", "type": "t", "source": "s", "id": value}, {}) is None
    assert sender_delivery_id({}, {"idempotency-key": f"a{value}"}) is not None
