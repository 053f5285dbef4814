"""StatusCake's token is made of its user's API key."""

import pytest

from event_api.normalizers.formats.statuscake import normalize
from tests.samples import payload

TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("name", ["Token", "token", "TOKEN"])
def test_the_token_is_in_no_event(name):
    (event,) = normalize(payload({name: TOKEN, "Name": "Shop", "Status": "Down"}))
    assert TOKEN not in repr(event)


@pytest.mark.parametrize(
    ("status", "event_type"), [("Up", "RECOVERY"), ("UP", "RECOVERY"), ("Down", "ALERT"), ("Unknown", "ALERT")]
)
def test_the_status_has_any_case(status, event_type):
    assert normalize(payload({"Name": "Shop", "Status": status}))[0].event_type == event_type


def test_a_test_of_the_same_name_and_another_url_is_another_one():
    keys = {
        normalize(payload({"Name": "Shop", "URL": url}))[0].event_key
        for url in ("https://a.example", "https://b.example")
    }
    assert len(keys) == 2
