"""Alertmanager itself as the sender: firing opens an alert, resolving resolves it."""

import contextlib
import os
import shutil
import subprocess
import urllib.error
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from testkit.engines import free_port
from tests.e2e.driver import ask, running, wait_for

CONFIG = """
route:
  receiver: event-api
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
receivers:
  - name: event-api
    webhook_configs:
      - url: {url}
        send_resolved: true
"""


def program(name):
    folder = os.environ.get("ALERTMANAGER_DIR")
    found = shutil.which(name, path=folder) if folder else shutil.which(name)
    if found is None:
        if folder:
            pytest.fail(f"there is no {name} in ALERTMANAGER_DIR ({folder})")
        pytest.skip(f"{name} is not on PATH; tests/e2e/install-alertmanager.sh gets it")
    return found


class Alertmanager:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.amtool = program("amtool")

    def add(self, *arguments):
        subprocess.run([self.amtool, f"--alertmanager.url={self.url}", "alert", "add", *arguments], check=True)

    def is_ready(self):
        with contextlib.suppress(urllib.error.URLError):
            return ask(f"{self.url}/-/ready").status == 200
        return False


@pytest.fixture
def alertmanager(local_run, tmp_path):
    config = tmp_path / "alertmanager.yml"
    config.write_text(CONFIG.format(url=local_run.demo["webhook_url"]))
    port = free_port()
    command = [
        program("prometheus-alertmanager"),
        f"--config.file={config}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    output = tmp_path / "output.txt"
    with running(command, output) as process:
        started = Alertmanager(port)
        wait_for("Alertmanager or its end", lambda: started.is_ready() or process.poll() is not None)
        assert process.poll() is None, output.read_text()
        yield started


def test_firing_opens_an_alert_and_resolving_resolves_it(local_run, alertmanager):
    summary = f"out of memory {uuid4().hex}"
    labels = ["alertname=OutOfMemory", "severity=critical", "instance=web-1"]
    alertmanager.add(*labels, f"--annotation=summary={summary}")
    (fired,) = wait_for("the alert", lambda: local_run.events_titled(summary))
    assert (fired["event_type"], fired["severity"]) == ("ALERT", "CRITICAL")
    assert local_run.alert(fired["alert_id"])["state"] == "TRIGGERED"

    ended = datetime.now(UTC).isoformat(timespec="seconds")
    alertmanager.add(*labels, f"--annotation=summary={summary}", f"--end={ended}")

    def recoveries():
        return [event for event in local_run.events_titled(summary) if event["event_type"] == "RECOVERY"]

    (resolved,) = wait_for("the recovery", recoveries)
    assert resolved["alert_id"] == fired["alert_id"]
    assert local_run.alert(fired["alert_id"])["state"] == "RESOLVED"
