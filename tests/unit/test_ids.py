from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_api.domain import ids

FORM = re.compile(r"[a-z]+-[0-9a-f]{12,}")


def test_ids_have_the_documented_form():
    delivery = ids.delivery_id("webhook-1", None)
    made = [
        ids.new_id("webhook"),
        delivery,
        ids.delivery_id("webhook-1", "sender's"),
        ids.event_id(delivery, 0),
        ids.alert_id(ids.alert_key("d", "p", "k"), 1),
    ]
    assert all(FORM.fullmatch(one) for one in made), made


def test_a_sender_s_id_makes_one_delivery_of_one_webhook():
    assert ids.delivery_id("webhook-1", "a") == ids.delivery_id("webhook-1", "a")
    assert ids.delivery_id("webhook-1", "a") != ids.delivery_id("webhook-2", "a")
    assert ids.delivery_id("webhook-1", None) != ids.delivery_id("webhook-1", None)


@given(st.lists(st.integers(0, 0xFFFF), min_size=2, max_size=2, unique=True))
def test_events_of_a_delivery_sort_by_position_and_lead_back_to_it(positions):
    delivery = ids.new_id("delivery")
    first, second = (ids.event_id(delivery, position) for position in positions)
    assert (first < second) == (positions[0] < positions[1])
    assert ids.delivery_of_event(first) == delivery


@pytest.mark.parametrize("event", ["event-4e16ba3bd384", ids.event_id("delivery-" + "0" * 24, 1), "anything"])
def test_an_imported_event_has_a_delivery_of_its_own_in_each_domain(event):
    one = ids.delivery_of_import(event, "domain-1")
    assert one == ids.delivery_of_import(event, "domain-1")
    assert one not in {ids.delivery_of_import(event, "domain-2"), ids.delivery_of_event(event)}


def test_a_foreign_event_id_leads_to_no_delivery():
    assert ids.delivery_of_event("event-4e16ba3bd384") is None


@given(st.tuples(st.text(), st.text(), st.text()), st.tuples(st.text(), st.text(), st.text()))
def test_different_triples_have_different_alert_keys(one, other):
    assert (ids.alert_key(*one) == ids.alert_key(*other)) == (one == other)


@given(st.integers(1, 10**6))
def test_an_alert_s_id_leads_to_its_place(generation):
    key = ids.alert_key("d", "p", "k")
    assert ids.alert_place(ids.alert_id(key, generation)) == (key, generation)


def test_a_foreign_alert_id_leads_nowhere():
    assert ids.alert_place("alert-06462f6cb54e") is None
    assert ids.alert_place("nonsense") is None
