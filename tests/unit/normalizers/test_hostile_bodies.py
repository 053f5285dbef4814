"""Bodies that are made to take time or memory: within a body's size, each is read, or refused, soon."""

import json
import resource
import time
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from event_api.normalizers import NormalizeError, custom_mapping, fallback_event, limits, normalize
from event_api.normalizers.formats import aws_health, splunk, uptime_kuma, uptimerobot
from tests.samples import payload

SIZE = 2_000_000
WIDE = {f"k{number}": "v" for number in range(SIZE // 24)}
LONG = " x" + " y" * (SIZE // 4)
ALERTS: list[Any] = [{"labels": {}}] * 9_999


@contextmanager
def soon(seconds=20.0, megabytes=300):
    """Processor time, and memory at its peak; a defect takes many times as much."""
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - started < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < megabytes * 1024


@pytest.mark.parametrize(
    ("look", "text"),
    [
        (uptime_kuma._CERTIFICATE.match, "[]" * (SIZE // 2)),
        (uptime_kuma._CERTIFICATE.match, "[][]" + "certificate " * (SIZE // 12)),
        (uptime_kuma._DOMAIN.match, "Domain name x " + "expir " * (SIZE // 6)),
        (partial(splunk._RUN.sub, ""), "_at_1_1" * (SIZE // 7) + "\nx\nx"),
        (partial(splunk._RUN.sub, ""), "_at_1_" * (SIZE // 6)),
        (uptimerobot._UNSET.match, "*" * SIZE + " x"),
        (uptimerobot._UNSET.match, "* " * (SIZE // 2) + "x"),
        (partial(aws_health._ESCAPED_NEWLINE.sub, ""), "\\" * SIZE),
    ],
)
def test_no_regular_expression_goes_back_for_long(look, text):
    with soon():
        look(text)


def test_what_they_find_is_what_they_found():
    found = uptime_kuma._CERTIFICATE.match("[Shop [old]][https://example.com/[1]] The Certificate will expire")
    assert found is not None
    assert found["name"] == "Shop [old]"
    assert found["about"] == "https://example.com/[1"
    assert uptime_kuma._CERTIFICATE.match("[Shop][https://example.com] certificates will expire") is None
    assert splunk._RUN.sub("", "scheduler__admin__search__W2_at_1423235_132") == "scheduler__admin__search__W2"
    assert aws_health._ESCAPED_NEWLINE.sub("|", r"a\nb\\nc\\\d") == r"a|b|c\\\d"


def sns(message):
    return {"Type": "Notification", "MessageId": "1", "TopicArn": "t", "Message": json.dumps(message)}


GRAFANA = {"receiver": "r", "orgId": 1, "title": "t", "alerts": ALERTS}
ALERTMANAGER = {"receiver": "r", "status": "firing", "alerts": ALERTS}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("grafana", GRAFANA | {"commonLabels": WIDE}),
        ("grafana", GRAFANA | {"commonAnnotations": WIDE}),
        ("grafana", GRAFANA | {"receiver": LONG}),
        ("grafana", GRAFANA | {"externalURL": LONG}),
        ("grafana", GRAFANA | {"alerts": [{}] * (SIZE // 3)}),
        ("prometheus-alertmanager", ALERTMANAGER | {"commonLabels": WIDE}),
        ("prometheus-alertmanager", ALERTMANAGER | {"externalURL": LONG}),
        ("aws-sns", sns(GRAFANA | {"commonLabels": WIDE})),
        ("cloudevents", {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": GRAFANA | {"x": LONG}}),
    ],
)
def test_what_every_alert_shares_does_not_multiply(name, body):
    with soon():
        told = payload(body)
        with pytest.raises(NormalizeError, match="too many") as error:
            normalize(name, told)
        fallback_event(told, error.value.reason)


def test_what_is_shared_is_not_copied_by_a_mapping():
    own: dict[str, Any] = {"split": "alerts", "fields": {"title": "_body.title", "description": "_body.text"}}
    with soon(), pytest.raises(NormalizeError, match="too many"):
        normalize(None, payload({"title": "t", "text": LONG, "alerts": ALERTS}), own)


def test_a_large_body_that_a_tool_would_send_is_read():
    labels = {f"label_{number}": "value" for number in range(90)}
    alerts = [
        {"labels": labels | {"alertname": f"A{number}"}, "annotations": {"summary": "s" * 1_000}}
        for number in range(600)
    ]
    _, events = normalize("prometheus-alertmanager", payload(ALERTMANAGER | {"alerts": alerts}))
    assert len(events) == 600
    _, events = normalize(
        "prometheus-alertmanager",
        payload(ALERTMANAGER | {"alerts": ALERTS[:1] * limits.MAX_EVENTS, "commonLabels": labels}),
    )
    assert len(events) == limits.MAX_EVENTS


@pytest.mark.parametrize(
    "path",
    [
        "|".join(["[@,@][]"] * 40),
        "|".join(["{a:@,b:@}.*[]"] * 40),
        "to_string([" * 60 + "@" + "])" * 60,
        "join('',[" * 30 + "a,a" + "])" + ",a])" * 29,
        "a" + "".join("[].[@,@][]" for _ in range(40)),
    ],
)
def test_a_path_that_could_grow_is_refused(path):
    with pytest.raises(custom_mapping.MappingError, match="could make more"):
        custom_mapping.read({"fields": {"title": path}})


@pytest.mark.parametrize(
    "path",
    ["join(' ', [join(':', [a, b]), join(':', [c, d]), to_string(e)])", "[[a, b, c], [d, e]][]", "a[].{b: b, c: c}"],
)
def test_a_path_that_an_operator_would_write_is_taken(path):
    custom_mapping.read({"fields": {"title": path}})
