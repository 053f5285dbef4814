import json
import stat

import pytest

from event_api.settings import TableNames
from localrun import endpoint, lock
from localrun.errors import LocalRunError, NotRunningError
from localrun.settings import Settings

OUTPUTS = {
    "EventsTableName": "E",
    "DeliveriesTableName": "D",
    "AlertsTableName": "A",
    "WebhooksTableName": "W",
    "TokensTableName": "T",
    "SummariesTableName": "S",
    "AuditTableName": "AU",
    "BodiesBucketName": "B",
    "RedriveQueueUrl": "http://127.0.0.1:3999/0/redrive",
    "RetentionDays": "400",
    "AuditRetentionDays": "30",
    "ApiUrl": "https://unused",
}


@pytest.fixture
def settings(tmp_path):
    return Settings(root=tmp_path, local_dir=tmp_path / ".local", port=3999)


@pytest.fixture
def running(settings):
    assert lock.acquire(settings.lock_file) is not None
    written = endpoint.of(settings, OUTPUTS)
    endpoint.write(settings, written)
    return written


def test_what_runs_is_found(settings, running):
    found = endpoint.find(settings)
    assert found == running
    assert found.tables == TableNames("E", "D", "A", "W", "T", "S", "AU")
    assert (found.api_url, found.endpoint_url) == ("http://localhost:3999", "http://127.0.0.1:3999")
    assert (found.retention_days, found.audit_retention_days) == (400, 30)


def test_nothing_runs_where_nothing_is(settings):
    with pytest.raises(NotRunningError, match="start it with 'make run'"):
        endpoint.find(settings)


def test_what_a_killed_process_left_is_not_found(settings):
    settings.lock_file.parent.mkdir()
    settings.lock_file.touch()
    endpoint.write(settings, endpoint.of(settings, OUTPUTS))
    with pytest.raises(NotRunningError):
        endpoint.find(settings)


def test_what_is_only_starting_is_not_found(settings):
    assert lock.acquire(settings.lock_file) is not None
    with pytest.raises(NotRunningError):
        endpoint.find(settings)


def test_a_file_of_another_version_is_said_to_be_that(settings, running):
    settings.state_file.write_text(json.dumps({"tables": {"events": "E"}}))
    with pytest.raises(LocalRunError, match="another version"):
        endpoint.find(settings)


def test_only_its_owner_reads_it(settings, running):
    assert stat.S_IMODE(settings.state_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.local_dir.stat().st_mode) == 0o700
