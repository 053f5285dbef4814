import pytest

from event_api.normalizers import NormalizeError, normalize
from tests.samples import payload


@pytest.mark.parametrize("messages", [None, "", {}])
def test_messages_that_are_none_are_an_error(messages):
    with pytest.raises(NormalizeError, match="messages is not a list of objects"):
        normalize("pagerduty-webhook", payload({"messages": messages}))


def test_an_empty_message_list_makes_no_event():
    assert normalize("pagerduty-webhook", payload({"messages": []}))[1] == []
