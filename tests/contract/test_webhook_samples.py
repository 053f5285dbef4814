"""Real senders' payloads, from the collection next to the repository, if it is present."""

import os
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain.body import Body
from event_api.normalizers import fallback_event, headers_to_store, normalize
from event_api.normalizers.detection import claims
from event_api.normalizers.vendors.prometheus import label_fingerprint
from tests.contract.collection import ABSENT, FOLDER, SHARED, read_index
from tests.samples import payload
from tests.samples.mutations import events_or_reason, mutations, paths, replaced, without

ENTRIES = read_index(SHARED, is_ci=bool(os.environ.get("CI")))

pytestmark = pytest.mark.skipif(not ENTRIES, reason=ABSENT)

UNTOLD = {
    "keep__aws-cloudwatch-sns__keep-high-cpu-usage.json",
    "keep__aws-cloudwatch-sns__keep-high-error-rate.json",
}
"""Cut down so far that nothing names their sender: without a format their own priority counts."""


DISAGREED = {
    # A severity label "Critical" means critical: INFO, for its capital letter, would bury the alert.
    "prombot__prometheus-alertmanager__production-example.json": {
        "severities": ["CRITICAL" if place in {0, 4, 6} else "WARNING" for place in range(11)]
    },
}
"""Results that we hold to be right against the collection's, and the reasons."""

SEVERAL_ALERTS = {
    # Grafana's groupKey names a group of alerts; by it, the end of one would end the others that still fire.
    "grafana-groupkey-test-true",
}
"""Pairs that the collection takes for one alert, but are several: each has its own fingerprint, and so its own key."""


def expected(entry):
    return entry["expected"] | DISAGREED.get(entry["file"], {})


def sample(entry):
    text = (FOLDER / entry["file"]).read_text(encoding="utf-8")
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    headers = {"content-type": entry["content_type"]} | headers
    return payload(Body(text.encode()).read_content(headers), headers_to_store(headers))


def facts(events):
    return {
        "events": len(events),
        "event_types": [str(event.event_type) for event in events],
        "severities": [str(event.severity) for event in events],
    }


each_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])


@each_entry
def test_a_webhook_with_the_format_gives_what_is_expected(entry):
    _, events = normalize(entry["vendor"], sample(entry))
    assert facts(events) == expected(entry)


@each_entry
def test_a_webhook_without_a_format_gives_sound_events(entry):
    found = events_or_reason(None, sample(entry))
    assert not isinstance(found, str)
    if entry["file"] in UNTOLD:
        assert len(found) == entry["expected"]["events"]
    else:
        assert facts(found) == expected(entry)


@each_entry
def test_no_payload_is_claimed_by_two_formats(entry):
    given_sample = sample(entry)
    assert len(claims(given_sample.content, given_sample.headers)) <= 1


def test_an_alert_and_its_recovery_share_their_key():
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for entry in ENTRIES:
        if (group := entry.get("same_alert_as")) and group not in SEVERAL_ALERTS:
            keys[group] |= {event.event_key for event in normalize(entry["vendor"], sample(entry))[1]}
    assert keys
    assert {group: len(found) for group, found in keys.items()} == dict.fromkeys(keys, 1)


def test_fingerprints_are_computed_as_alertmanager_does():
    """Whoever prepared a sample often changed its labels, and so not every fingerprint is still theirs."""
    entries = [entry for entry in ENTRIES if entry["vendor"] == "prometheus-alertmanager"]
    alerts = [alert for entry in entries for alert in sample(entry).body.get("alerts", []) if alert.get("fingerprint")]
    genuine = [alert for alert in alerts if label_fingerprint(alert["labels"]) == alert["fingerprint"]]
    assert len(genuine) > len(alerts) / 2


@each_entry
def test_a_broken_payload_gives_events_or_a_reason(entry):
    whole = sample(entry)
    for body in mutations(whole.content):
        events_or_reason(entry["vendor"], payload(body, whole.headers))


@given(data=st.data())
def test_any_broken_payload_without_a_format_gives_events_or_a_reason(data):
    whole = sample(data.draw(st.sampled_from(ENTRIES)))
    ways = list(paths(whole.content))
    value = data.draw(st.none() | st.text() | st.integers() | st.just([]) | st.just({}))
    body = replaced(whole.content, data.draw(st.sampled_from(ways)), value) if ways else {}
    events_or_reason(None, payload(body, whole.headers))


def texts(value):
    """Every text inside."""
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(child)


@each_entry
def test_while_a_title_is_there_an_event_has_one(entry):
    """Whatever key is gone or null, there is an event, and no ERROR, if a person could still read the title."""
    whole = sample(entry)
    titles = {event.title for event in normalize(entry["vendor"], whole)[1]}
    for path in paths(whole.content):
        for body in (without(whole.content, path), replaced(whole.content, path, None)):
            if any(title in text for text in texts(body) for title in titles) and not empties_a_list(body, path):
                found = events_or_reason(entry["vendor"], payload(body, whole.headers))
                if isinstance(found, str):
                    assert fallback_event(payload(body, whole.headers), found) is not None, path
                assert found, path


def empties_a_list(body, path):
    """Whether a list is empty: a group without alerts is."""
    for key in path[:-1]:
        body = body[key]
    return body == []
