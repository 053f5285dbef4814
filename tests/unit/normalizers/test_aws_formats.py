"""Rules of AWS's formats that no sample shows."""

import json

import pytest

from event_api.domain.event import EventType, Severity
from event_api.normalizers import NormalizeError, normalize
from event_api.normalizers.detection import claims
from tests.samples import own_samples, payload

SAMPLES = {str(sample): sample for sample in own_samples()}
ENVELOPE = SAMPLES["aws-sns/plain-text"].body
ALARM = SAMPLES["aws-cloudwatch/eventbridge-ok-suppressed"].body
HEALTH = SAMPLES["aws-health/issue-open"].body
BUDGET = SAMPLES["aws-sns/budget-actual"].body
ALERTMANAGER = SAMPLES["prometheus-alertmanager/group-firing-and-resolved"].body


def events(name, body, headers=None):
    return normalize(name, payload(body, headers))[1]


def only(name, body, headers=None):
    (event,) = events(name, body, headers)
    return event


def on_the_bus(source, kind, detail=None, **more):
    return {"version": "0", "source": source, "detail-type": kind, "detail": detail or {}, "account": "1", **more}


def facts(body):
    return [(event.event_type, event.severity) for event in events("aws-eventbridge", body)]


FAILED = [(EventType.ALERT, Severity.ERROR)]
RECOVERED = [(EventType.RECOVERY, Severity.INFO)]
FACT = [(EventType.ALERT, Severity.INFO)]


# --- EventBridge -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [ALARM, HEALTH], ids=["alarm", "health"])
def test_a_webhook_for_eventbridge_reads_what_has_a_format_of_its_own(body):
    used, made = normalize(None, payload(body))
    assert used != "aws-eventbridge"
    assert events("aws-eventbridge", body) == made
    assert events("aws-eventbridge", ENVELOPE | {"Message": json.dumps(body)}) == made


def test_eventbridge_gives_no_event_of_an_alarms_configuration():
    assert events("aws-eventbridge", SAMPLES["aws-cloudwatch/eventbridge-configuration-change"].body) == []


@pytest.mark.parametrize(
    ("source", "detail", "expected"),
    [
        ("aws.codebuild", {"build-status": "TIMED_OUT"}, FAILED),
        ("aws.codebuild", {"build-status": "STOPPED"}, []),
        ("aws.codebuild", {}, FAILED),
        ("aws.codepipeline", {"state": "SUCCEEDED"}, RECOVERED),
        ("aws.codepipeline", {"state": "SUPERSEDED"}, []),
        ("aws.codedeploy", {"state": "FAILURE"}, FAILED),
        ("aws.states", {"status": "ABORTED"}, []),
        ("aws.cloudformation", {"status-details": {"status": "UPDATE_ROLLBACK_COMPLETE"}}, FAILED),
        ("aws.cloudformation", {"status-details": {"status": "UPDATE_COMPLETE"}}, RECOVERED),
        ("aws.cloudformation", {"status-details": {"status": "UPDATE_IN_PROGRESS"}}, []),
        ("aws.config", {"newEvaluationResult": {"complianceType": "NON_COMPLIANT"}}, FAILED),
        ("aws.config", {"newEvaluationResult": {"complianceType": "COMPLIANT"}}, RECOVERED),
        ("aws.trustedadvisor", {"status": "WARN"}, [(EventType.ALERT, Severity.WARNING)]),
        ("aws.ec2", {"state": "stopping"}, []),
        ("aws.ec2", {"state": "terminated"}, FACT),
        ("aws.ecr", {"result": "FAILURE"}, FAILED),
        ("aws.rds", {"EventCategories": ["low storage"]}, FAILED),
        ("aws.rds", {"EventCategories": ["backup"]}, FACT),
    ],
)
def test_eventbridge_distinguishes_failures(source, detail, expected):
    assert facts(on_the_bus(source, "Something State Change", detail)) == expected


def test_eventbridge_takes_a_failed_phase_for_a_failure_and_a_good_one_for_nothing():
    kind = "CodeBuild Build Phase Change"
    assert facts(on_the_bus("aws.codebuild", kind, {"completed-phase-status": "FAILED"})) == FAILED
    assert facts(on_the_bus("aws.codebuild", kind, {"completed-phase-status": "SUCCEEDED"})) == []


def test_eventbridge_failure_and_success_of_a_stage_share_their_key_and_no_other_has_it():
    def key(**detail):
        return only("aws-eventbridge", on_the_bus("aws.codepipeline", "Stage", detail)).event_key

    failed = key(pipeline="shop", stage="Deploy", state="FAILED")
    assert failed == key(pipeline="shop", stage="Deploy", state="SUCCEEDED")
    assert len({failed, key(pipeline="shop", stage="Test", state="FAILED"), key(pipeline="shop", state="FAILED")}) == 3


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (9.2, Severity.CRITICAL),
        (7, Severity.ERROR),
        ("4.0", Severity.WARNING),
        (3.9, Severity.INFO),
        ("High", Severity.NONE),
        (None, Severity.NONE),
    ],
)
def test_guardduty_grades_by_number(score, expected):
    sample = SAMPLES["aws-eventbridge/guardduty-finding"].body
    assert only("aws-eventbridge", sample | {"detail": sample["detail"] | {"severity": score}}).severity is expected


def test_inspectors_finding_is_over_when_it_is_closed():
    detail = {"title": "CVE", "findingArn": "arn:aws:inspector2:eu-west-1:1:finding/a", "severity": "HIGH"}
    found = only("aws-eventbridge", on_the_bus("aws.inspector2", "Inspector2 Finding", detail))
    closed = only("aws-eventbridge", on_the_bus("aws.inspector2", "Inspector2 Finding", detail | {"status": "CLOSED"}))
    assert (found.event_type, found.severity) == (EventType.ALERT, Severity.ERROR)
    assert (closed.event_type, closed.severity) == (EventType.RECOVERY, Severity.INFO)
    assert found.event_key == closed.event_key


@pytest.mark.parametrize("source", ["aws.guardduty", "aws.inspector2", "aws.securityhub"])
def test_a_security_services_message_without_a_finding_is_a_fact(source):
    assert facts(on_the_bus(source, "Something else")) == FACT


def test_eventbridge_gives_no_event_of_a_timers_tick():
    assert facts(on_the_bus("aws.events", "Scheduled Event")) == []


def test_eventbridge_reads_what_others_put_on_the_bus_by_its_own_format():
    body = on_the_bus("com.example.alerts", "Alerts", ALERTMANAGER)
    assert [event.event_key for event in events(None, body)] == ["5f1d2c3b4a596877", "8b7a695847362514"]


def test_eventbridge_says_what_it_lacks():
    with pytest.raises(NormalizeError, match="neither a source nor a detail-type"):
        events("aws-eventbridge", {"detail": {}})


# --- Health ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "status", "expected"),
    [
        ("issue", "CLOSED", (EventType.RECOVERY, Severity.ERROR)),
        ("scheduledChange", "upcoming", (EventType.ALERT, Severity.ERROR)),
        ("scheduledChange", None, (EventType.ALERT, Severity.ERROR)),
        ("accountNotification", "closed", (EventType.RECOVERY, Severity.INFO)),
        ("investigation", "open", (EventType.ALERT, Severity.INFO)),
    ],
)
def test_health_grades_by_category_and_is_over_when_closed(category, status, expected):
    detail = HEALTH["detail"] | {"eventTypeCategory": category, "statusCode": status}
    event = only("aws-health", HEALTH | {"detail": detail})
    assert (event.event_type, event.severity) == expected


def test_health_of_one_account_is_not_that_of_another_but_a_public_event_is():
    def key(scope, account):
        return only(
            "aws-health",
            HEALTH | {"detail": HEALTH["detail"] | {"eventScopeCode": scope, "affectedAccount": account}},
        ).event_key

    assert key("ACCOUNT_SPECIFIC", "1") != key("ACCOUNT_SPECIFIC", "2")
    assert key("PUBLIC", "1") == key("PUBLIC", "2")


def test_health_webhook_reads_a_text_and_says_what_a_body_lacks():
    assert only("aws-health", ENVELOPE).title == "Certificate expires"
    assert only("aws-health", ENVELOPE | {"Message": '{"a": 1}'}).title == "Certificate expires"
    with pytest.raises(NormalizeError, match="no eventTypeCode, eventArn, service or detail-type"):
        events("aws-health", {"detail": {"x": 1}})


def test_health_event_without_code_and_arn_is_named_by_what_is_left():
    assert only("aws-health", {"detail": {"service": "EC2"}}).title == "AWS Health: EC2"
    one, other = (only("aws-health", {"detail-type": "AWS Health Event", "id": name}) for name in ("1", "2"))
    assert one.title == "AWS Health Event"
    assert one.event_key != other.event_key


def test_anomaly_without_detail_is_named_by_its_kind():
    body = {"source": "aws.ce", "detail-type": "Anomaly Detected", "account": "123456789012", "id": "1", "detail": {}}
    assert only("aws-budgets", body).title == "Cost anomaly: Anomaly Detected"


def test_a_call_is_about_its_parameters_and_not_only_its_name():
    def call(**detail):
        body = on_the_bus("aws.s3", "AWS API Call via CloudTrail", {"eventName": "DeleteBucket", **detail})
        return only("aws-eventbridge", body)

    one, other = (call(requestParameters={"bucketName": name}) for name in ("assets", "backups"))
    assert one.event_key != other.event_key
    assert one.former_keys == other.former_keys
    kim, lee = (call(userIdentity={"userName": name}) for name in ("kim", "lee"))
    assert kim.event_key != lee.event_key


def test_a_run_without_a_state_change_makes_no_event():
    assert facts(on_the_bus("aws.codebuild", "AWS API Call via CloudTrail", {"eventName": "StartBuild"})) == []


# --- Budgets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "expected"), [("Actual", Severity.ERROR), ("FORECASTED", Severity.WARNING), ("GUESSED", Severity.NONE)]
)
def test_budget_grades_by_the_alerts_type(kind, expected):
    body = BUDGET | {"Message": BUDGET["Message"].replace("Alert Type: ACTUAL", f"Alert Type: {kind}")}
    assert only("aws-budgets", body).severity is expected
    assert only(None, body).severity is expected


def test_budget_text_is_detected_by_its_lines_and_not_by_words_within_them():
    assert claims(BUDGET["Message"], {}) == ["aws-budgets"]
    assert claims(BUDGET["Message"].replace("\nBudget Name:", " Budget Name:"), {}) == []


def test_budgets_webhook_reads_another_text_and_an_envelope_of_an_anomaly():
    assert only("aws-budgets", ENVELOPE).title == "Certificate expires"
    anomaly = SAMPLES["aws-budgets/anomaly"].body
    event = only("aws-budgets", ENVELOPE | {"Message": json.dumps(anomaly)})
    assert event.event_key == anomaly["anomalyId"]
    with pytest.raises(NormalizeError, match="no anomalyId"):
        events("aws-budgets", {"a": 1})


# --- Lambda's records --------------------------------------------------------------------------------------------


def test_records_of_lambda_say_what_is_missing():
    assert events("aws-lambda-sns-records", {"Records": []}) == []
    with pytest.raises(NormalizeError, match="Records is missing"):
        events("aws-lambda-sns-records", {"Records": None})


def stopped_task(code, containers, reason="r", status="STOPPED"):
    return {
        "version": "0",
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "account": "123456789012",
        "region": "eu-west-1",
        "resources": ["arn:aws:ecs:eu-west-1:123456789012:task/prod/abc"],
        "detail": {
            "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
            "group": "service:shop",
            "lastStatus": status,
            "stopCode": code,
            "stoppedReason": reason,
            "containers": containers,
        },
    }


@pytest.mark.parametrize(
    ("code", "containers", "reason", "is_crash"),
    [
        ("EssentialContainerExited", [{"exitCode": 1}], "", True),
        ("EssentialContainerExited", [{"exitCode": 0}, {"exitCode": "137"}], "", True),
        ("EssentialContainerExited", [{"exitCode": 0}], "", False),
        ("EssentialContainerExited", [], "", False),
        ("TaskFailedToStart", [], "CannotPullContainerError", True),
        ("ServiceSchedulerInitiated", [{"exitCode": 143}], "Scaling activity", False),
        ("UserInitiated", [{"exitCode": 143}], "Task stopped by user", False),
        ("SpotInterruption", [{"exitCode": 143}], "", False),
        ("ServiceSchedulerInitiated", [{"exitCode": 137, "reason": "OutOfMemoryError: killed"}], "", True),
        (None, [{"reason": "OutOfMemoryError: killed"}], "", True),
        (None, None, "OutOfMemory", True),
        (None, [{"exitCode": [1]}, "x"], None, False),
    ],
)
def test_only_a_crashed_task_is_an_alert(code, containers, reason, is_crash):
    made = events("aws-eventbridge", stopped_task(code, containers, reason))
    assert [(event.event_type, event.severity) for event in made] == [(EventType.ALERT, Severity.ERROR)] * is_crash
    assert events("aws-eventbridge", stopped_task(code, containers, reason, "RUNNING")) == []


def test_the_crashes_of_a_service_share_their_alert():
    first, second = stopped_task("TaskFailedToStart", []), stopped_task("EssentialContainerExited", [{"exitCode": 1}])
    second["detail"]["taskArn"] = "arn:aws:ecs:eu-west-1:123456789012:task/prod/def"
    other = stopped_task("TaskFailedToStart", [])
    other["detail"]["group"] = "service:mail"
    keys = [only("aws-eventbridge", body).event_key for body in (first, second, other)]
    assert keys[0] == keys[1] != keys[2]
