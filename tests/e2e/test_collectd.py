"""collectd itself as the sender: a value over its thresholds opens an alert, and resolves it when it is back."""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.driver import running, wait_for

CONFIG = """
Hostname "{host}"
FQDNLookup false
Interval 0.5
BaseDir "{folder}"
PIDFile "{folder}/pid"
PluginDir "{installed}/usr/lib/collectd"
TypesDB "{installed}/usr/share/collectd/types.db"

LoadPlugin filecount
<Plugin filecount>
  <Directory "{folder}/queue">
    Instance "mail"
  </Directory>
</Plugin>

LoadPlugin threshold
<Plugin threshold>
  <Plugin filecount>
    <Type files>
      WarningMax 0
      FailureMax 1
    </Type>
  </Plugin>
</Plugin>

LoadPlugin write_http
<Plugin write_http>
  <Node "event-api">
    URL "{url}"
    Format JSON
    Metrics false
    Notifications true
  </Node>
</Plugin>
"""


@pytest.fixture
def installed():
    """The folder below which collectd's files are, as they are below / where Debian's package is installed."""
    folder = Path(os.environ.get("COLLECTD_DIR", "/"))
    if not (folder / "usr/sbin/collectd").exists():
        if "COLLECTD_DIR" in os.environ:
            pytest.fail(f"there is no usr/sbin/collectd in COLLECTD_DIR ({folder})")
        pytest.skip("collectd is not installed; tests/e2e/install-collectd.sh gets it")
    return folder


class Collectd:
    """A collectd that counts the files in a folder: one is worth a warning, two are a failure."""

    def __init__(self, local_run, folder):
        self.local_run, self.queue = local_run, folder / "queue"
        self.host = f"web-{uuid4().hex}.example.com"
        self.queue.mkdir()

    def events(self):
        """Return what has come of its notifications, oldest first."""
        found = self.local_run.events_titled(f"filecount_files mail on {self.host}")
        return sorted(found, key=lambda event: event["occurred_at"])

    def event_of(self, change):
        """Add a file to the queue, or take one away; the event that comes of it."""
        known = len(self.events())
        change()
        return wait_for("collectd's event", lambda: self.events()[known:])[0]


@pytest.fixture
def collectd(local_run, tmp_path, installed):
    counting = Collectd(local_run, tmp_path)
    config, output = tmp_path / "collectd.conf", tmp_path / "output.txt"
    url = local_run.demo["webhook_url"]
    config.write_text(CONFIG.format(host=counting.host, folder=tmp_path, installed=installed, url=url))
    libraries = ":".join(map(str, installed.glob("usr/lib/*-linux-gnu")))
    command = [installed / "usr/sbin/collectd", "-f", "-C", config]
    with running(command, output, env=os.environ | {"LD_LIBRARY_PATH": libraries}) as process:
        wait_for("collectd or its end", lambda: counting.events() or process.poll() is not None)
        assert process.poll() is None, output.read_text()
        yield counting


def test_a_value_over_its_thresholds_opens_an_alert_and_back_within_them_resolves_it(local_run, collectd):
    (within,) = collectd.events()  # collectd begins with the values within their thresholds
    assert within["event_type"] == "RECOVERY"
    assert "alert_id" not in within

    first, second = collectd.queue / "first", collectd.queue / "second"
    warned = collectd.event_of(first.touch)
    assert (warned["event_type"], warned["severity"], warned["rule"]) == (
        "ALERT",
        "WARNING",
        "collectd_filecount_files",
    )
    assert warned["resource"] == {"resource_id": collectd.host, "resource_type": "host", "name": collectd.host}
    assert warned["event_key"] == within["event_key"]
    assert local_run.alert(warned["alert_id"])["state"] == "TRIGGERED"

    for change, severity in ((second.touch, "ERROR"), (second.unlink, "WARNING")):
        changed = collectd.event_of(change)
        found = changed["event_type"], changed["severity"], changed["alert_id"]
        assert found == ("ALERT", severity, warned["alert_id"])

    recovered = collectd.event_of(first.unlink)
    assert (recovered["event_type"], recovered["alert_id"]) == ("RECOVERY", warned["alert_id"])
    assert local_run.alert(warned["alert_id"])["state"] == "RESOLVED"
