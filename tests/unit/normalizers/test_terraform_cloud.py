"""Rules of Terraform's notifications that no sample shows."""

import pytest

from event_api.normalizers.formats.terraform_cloud import normalize
from tests.samples import payload


def events(*notifications):
    return normalize(payload({"workspace_id": "ws-1", "notifications": list(notifications)}))


@pytest.mark.parametrize(
    ("status", "event_type"), [("errored", "ALERT"), ("applied", "RECOVERY"), ("planned_and_finished", "RECOVERY")]
)
def test_the_status_stands_in_for_a_trigger(status, event_type):
    (event,) = events({"message": "Run", "run_status": status})
    assert event.event_type == event_type


def test_each_notification_of_one_request_is_an_event():
    made = events(
        {"message": "Run Planning", "trigger": "run:planning"}, {"message": "Run Errored", "trigger": "run:errored"}
    )
    assert [event.title for event in made] == ["Run Errored: ws-1"]


def test_drift_and_a_failed_run_are_two_alerts():
    drift = normalize(
        payload({"trigger": "assessment:drifted", "message": "Drift", "details": {"workspace_id": "ws-1"}})
    )
    assert drift[0].event_key != events({"trigger": "run:errored"})[0].event_key
