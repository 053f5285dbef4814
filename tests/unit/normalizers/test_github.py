"""Rules of GitHub's events that no sample shows."""

import pytest

from event_api.normalizers import NormalizeError
from event_api.normalizers.formats.github import normalize
from tests.samples import payload

REPOSITORY = {"full_name": "example/shop"}


def events(kind, **body):
    return normalize(payload({"repository": REPOSITORY, **body}, {"x-github-event": kind}))


@pytest.mark.parametrize("kind", ["workflow_run", "workflow_job", "check_run", "check_suite"])
@pytest.mark.parametrize(
    ("conclusion", "expected"),
    [
        ("failure", ["ALERT"]),
        ("timed_out", ["ALERT"]),
        ("startup_failure", ["ALERT"]),
        ("success", ["RECOVERY"]),
        ("action_required", []),
        ("cancelled", []),
        ("neutral", []),
        ("skipped", []),
        ("stale", []),
        # Nothing must be lost because GitHub has a new word, or a proxy drops one.
        (None, ["ALERT"]),
        ("exploded", ["ALERT"]),
    ],
)
def test_only_a_failure_and_a_success_are_events(kind, conclusion, expected):
    made = events(kind, action="completed", **{kind: {"name": "CI", "conclusion": conclusion}})
    assert [event.event_type for event in made] == expected


def test_an_unknown_conclusion_is_reported_without_a_grade():
    (made,) = events("workflow_run", action="completed", workflow_run={"name": "CI", "conclusion": "exploded"})
    assert (made.title, made.severity) == ("CI ended as exploded (example/shop)", "NONE")


@pytest.mark.parametrize("action", [None, "in_progress"])
def test_an_unfinished_run_without_a_conclusion_makes_no_event(action):
    assert not events("workflow_run", action=action, workflow_run={"name": "CI", "conclusion": None})


@pytest.mark.parametrize("action", ["requested", "in_progress", "queued", "created", "rerequested"])
def test_a_run_that_is_not_completed_may_have_its_last_conclusion(action):
    assert not events("check_run", action=action, check_run={"name": "CI", "conclusion": "failure"})


@pytest.mark.parametrize("state", ["pending", "queued", "in_progress", "waiting", "inactive"])
def test_an_unfinished_deployment_makes_no_event(state):
    assert not events("deployment_status", deployment_status={"state": state}, deployment={"environment": "production"})


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("created", ["ALERT"]),
        ("reopened", ["ALERT"]),
        ("auto_reopened", ["ALERT"]),
        ("reintroduced", ["ALERT"]),
        ("fixed", ["RECOVERY"]),
        ("dismissed", ["RECOVERY"]),
        ("auto_dismissed", ["RECOVERY"]),
        ("assignees_changed", []),
    ],
)
def test_each_action_on_an_alert(action, expected):
    made = events("dependabot_alert", action=action, alert={"number": 7, "security_advisory": {"summary": "Flaw"}})
    assert [event.event_type for event in made] == expected


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        ("critical", "CRITICAL"),
        ("High", "ERROR"),
        ("moderate", "WARNING"),
        ("medium", "WARNING"),
        ("low", "INFO"),
        ("odd", "NONE"),
        (None, "ERROR"),
    ],
)
def test_each_severity_of_an_advisory(severity, expected):
    advisory = {"ghsa_id": "GHSA-0000-1111-2222", "severity": severity}
    (event,) = events("security_advisory", action="published", security_advisory=advisory)
    assert event.severity == expected


def test_no_secret_that_leaked_is_in_its_event():
    alert = {"number": 2, "secret_type": "example_key", "secret": "not to be told"}
    (event,) = events("secret_scanning_alert", action="created", alert=alert)
    assert "not to be told" not in repr(event)


@pytest.mark.parametrize(
    "body",
    [
        {"alert": {"number": 1, "secret_type": "example_key"}},
        {"alert": {"number": 1, "rule": {"id": "py/sql-injection"}}},
        {"alert": {"number": 1, "security_advisory": {"summary": "Flaw"}}},
        {"alert": {"id": 1, "affected_package_name": "example-parser"}},
        {"context": "ci/example", "state": "failure"},
        {"deployment_status": {"state": "failure"}},
    ],
)
def test_the_body_names_the_event_if_a_proxy_dropped_the_header(body):
    assert len(normalize(payload(body))) == 1


def test_a_body_of_nothing_known_is_refused():
    with pytest.raises(NormalizeError, match="X-GitHub-Event"):
        normalize(payload({"repository": REPOSITORY}))
