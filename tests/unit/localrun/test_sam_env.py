import os
import re
from pathlib import Path

import pytest

from event_api.settings import TableNames
from localrun import sam_env
from localrun.endpoint import Endpoint
from localrun.settings import ROOT

TABLES = TableNames("E", "D", "A", "W", "T", "S", "AU")
RUNNING = Endpoint(
    pid=1,
    api_url="http://localhost:3999",
    endpoint_url="http://127.0.0.1:3999",
    region="us-east-1",
    tables=TABLES,
    bodies_bucket="B",
    redrive_queue_url="http://localhost:3999/000000000000/redrive",
    retention_days=400,
    audit_retention_days=400,
)


def test_every_name_that_sam_cannot_know_is_given():
    assert sam_env.variables(RUNNING, "R") == {
        "EVENTS_TABLE": "E",
        "DELIVERIES_TABLE": "D",
        "ALERTS_TABLE": "A",
        "WEBHOOKS_TABLE": "W",
        "TOKENS_TABLE": "T",
        "SUMMARIES_TABLE": "S",
        "AUDIT_TABLE": "AU",
        "BODIES_BUCKET": "B",
        "RATES_TABLE": "R",
        "REDRIVE_QUEUE_URL": "http://host.docker.internal:3999/000000000000/redrive",
    }


def test_sam_sets_only_variables_that_the_template_declares():
    declared = set(re.findall(r"^        ([A-Z_]+): !Ref ", (ROOT / "template.yaml").read_text("utf-8"), re.MULTILINE))

    assert sam_env.variables(RUNNING, "R").keys() <= declared


def test_without_a_local_run_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setitem(os.environ, "LOCAL_DIR", str(tmp_path))

    assert sam_env.main() == 1
    assert capsys.readouterr().err == "local run: the local run is not running; start it with 'make run'\n"
    assert not (tmp_path / "sam-env.json").exists()
