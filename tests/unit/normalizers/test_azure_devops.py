"""Rules of Azure DevOps that no sample shows."""

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import normalize
from tests.samples import own_samples, payload

SAMPLES = {str(sample): sample.body for sample in own_samples()}
BUILD = SAMPLES["azure-devops/build-failed"]
ALERT = SAMPLES["azure-devops/security-alert"]


def events(body):
    return normalize("azure-devops", payload(body))[1]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("Succeeded", [(EventType.RECOVERY, Severity.INFO)]),
        ("failed", [(EventType.ALERT, Severity.ERROR)]),
        ("partiallySucceeded", [(EventType.ALERT, Severity.WARNING)]),
        ("somethingNew", [(EventType.ALERT, Severity.NONE)]),
        ("stopped", []),
        ("canceled", []),
    ],
)
def test_results(result, expected):
    found = events(BUILD | {"resource": BUILD["resource"] | {"result": result}})
    assert [(event.event_type, event.severity) for event in found] == expected


@pytest.mark.parametrize(
    "kind", ["workitem.commented", "ms.vss-code.git-pullrequest-comment-event", "x.release-created-event"]
)
def test_talk_and_steps_make_no_event(kind):
    assert events(BUILD | {"eventType": kind}) == []


@pytest.mark.parametrize("kind", ["workitem.created", "git.pullrequest.created", "tfvc.checkin"])
def test_a_fact_makes_an_event(kind):
    (event,) = events(BUILD | {"eventType": kind})
    assert (event.event_type, event.severity) == (EventType.ALERT, Severity.INFO)


def test_a_job_has_a_key_of_its_own():
    resource = {
        "job": {"name": "Compile", "state": "completed", "result": "failed"},
        "stage": {"name": "Build"},
        "run": {"pipeline": {"id": 2, "name": "shop"}},
    }
    (event,) = events(BUILD | {"eventType": "ms.vss-pipelines.job-state-changed-event", "resource": resource})
    assert event.event_key == "azure-devops:job:p1:2:Build/Compile"


def test_a_fixed_security_alert_recovers():
    resource = ALERT["resource"] | {"state": "Fixed"}
    (event,) = events(ALERT | {"eventType": "ms.vss-alerts.alert-state-changed-event", "resource": resource})
    assert (event.event_type, event.event_key) == (EventType.RECOVERY, events(ALERT)[0].event_key)
