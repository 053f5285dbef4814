"""How well bodies are read does not get worse (`make evaluate` prints it)."""

import json
from collections import Counter, defaultdict

import pytest

from apidoc import formats
from event_api.normalizers import registry
from tests.contract.collection import ABSENT
from tests.contract.test_webhook_samples import ENTRIES
from tests.evaluation import Case, Expected, Verdict, judge
from tests.evaluation.__main__ import BASELINE, evaluate, faults, table, worse


def test_no_case_is_read_worse_than_in_the_baseline():
    assert worse(evaluate(), json.loads(BASELINE.read_text(encoding="utf-8"))) == []


def judged(*expected, body='{"title": "Disk full", "id": 1}'):
    return judge([Case("c", "s", body.encode(), expected=expected)])["c"]


def test_each_aspect_is_judged():
    right = Expected("ALERT", "NONE", "Disk", alert="a")
    assert set(judged(right).values()) == {Verdict.RIGHT}
    assert judged()["count"] is Verdict.WRONG
    assert judged(Expected("RECOVERY"))["type"] is Verdict.WRONG
    assert judged(Expected("ALERT", "ERROR"))["severity"] is Verdict.POOR
    assert judged(Expected("ALERT", "ERROR"), body='{"title": "t", "level": "info"}')["severity"] is Verdict.WRONG
    assert judged(Expected("ALERT", None, "Memory"))["title"] is Verdict.POOR
    assert judged(Expected("ALERT", None, "Memory"), body='{"x": 1}')["title"] is Verdict.WRONG
    two = judge([Case(one, "s", b'{"title": "t", "id": 1}', expected=(Expected("ALERT", alert=one),)) for one in "ab"])
    assert {verdicts["key"] for verdicts in two.values()} == {Verdict.WRONG}


def test_only_what_became_worse_is_reported():
    poor = {"s": {"c": judged(Expected("ALERT", "ERROR"))}}
    assert faults(poor) == {"s": {"c": ["severity poor"]}}
    assert worse(poor, {}) == ["s: c: severity poor"]
    assert worse(poor, {"s": {"c": ["severity wrong"]}}) == worse(poor, faults(poor)) == []
    assert "0/1/0" in table(poor)


@pytest.mark.skipif(not ENTRIES, reason=ABSENT)
def test_the_page_counts_the_real_payloads_of_the_collection():
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for entry in ENTRIES:
        if entry["authenticity"] not in {"derived", "synthetic"}:
            counts[registry.load(entry["vendor"]).NAME][entry["source"]["repo"].partition(" ")[0]] += 1
    for name, sources in counts.items():
        assert formats.real_payloads()[name].items() >= sources.items(), name
