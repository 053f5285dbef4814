"""Driving a local run from outside: its process, its demo, its answers."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from localrun import endpoint
from localrun.settings import Settings
from testkit.engines import free_port

ROOT = Path(__file__).parents[2]
PARTS = ("docs", "functions", "layers", "localrun", "template.yaml")

PATIENCE = 120  # seconds; a start takes about eight on an idle machine of two cores


def wait_for(what, condition, seconds=PATIENCE):
    """Return the condition's first true value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} seconds for {what}")


@contextlib.contextmanager
def running(command, output, **options):
    """A sender's process, which writes to the file; it is ended in the end."""
    with output.open("w") as written:
        process = subprocess.Popen(command, stdout=written, stderr=subprocess.STDOUT, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


class Answer:
    """An HTTP answer, read whole; every status is one."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)


def ask(url, *, body=None, token=None, headers=()):
    request = urllib.request.Request(url, body, dict(headers))
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as response:
            return Answer(response)
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error)


class LocalRun:
    """`python -m localrun` of a copy of the repository."""

    def __init__(self, root, port):
        self.root, self.port = root, port
        self.local_dir = root / ".local"
        self.output = root / "output.txt"
        self.process: subprocess.Popen[str] | None = None

    def command(self, *arguments):
        return [sys.executable, "-m", "localrun", *arguments]

    def environment(self, **changes):
        kept = {name: value for name, value in os.environ.items() if name not in {"LOCAL_DIR", "NO_COLOR"}}
        # Variables that a user has set must not lead the local run to a real account.
        return (
            kept | {"PORT": str(self.port), "AWS_PROFILE": "nobody", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"} | changes
        )

    def run(self, *arguments, **changes):
        """Run a second command to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(**changes),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self):
        before = self._demo_written()
        with self.output.open("w") as output:
            self.process = process = subprocess.Popen(
                self.command(),
                cwd=self.root,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        wait_for(
            "the demo or the end",
            lambda: self._demo_written() not in {None, before} or process.poll() is not None,
        )
        assert process.poll() is None, self.output.read_text()

    def stop(self, number=signal.SIGINT):
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def _demo_written(self):
        with contextlib.suppress(FileNotFoundError):
            return self.demo_file.stat().st_mtime_ns
        return None

    @property
    def demo_file(self):
        return self.local_dir / "demo.json"

    @property
    def demo(self):
        return json.loads(self.demo_file.read_text())

    def eventctl(self, *arguments, status=0):
        """Run the operator's command against this local run, which must end with this status; return its output."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        ended = subprocess.run(
            [Path(sys.executable).with_name("eventctl"), "--local", "--json", *arguments],
            env=environment | {"LOCAL_DIR": str(self.local_dir)},
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
        assert ended.returncode == status, ended.stdout
        return json.loads(ended.stdout)

    def endpoint(self):
        return endpoint.find(Settings(self.root, self.local_dir, self.port))

    def post(self, body, **more):
        return ask(self.demo["webhook_url"], body=json.dumps(body).encode(), **more)

    def list(self):
        return ask(self.demo["api_url"] + "/monitoring/v1/events", token=self.demo["token"])

    def get(self, event_id):
        return ask(f"{self.demo['api_url']}/monitoring/v1/event/{event_id}", token=self.demo["token"])

    def events_titled(self, title):
        return [event for event in self.list().json()["results"] if event["title"] == title]

    def alert(self, alert_id):
        listed = self.eventctl("alert", "list", "--domain", self.demo["domain_id"])["alerts"]
        return next(alert for alert in listed if alert["alert_id"] == alert_id)

    def processes(self):
        """The processes that run handlers of this local run; they work below its folder."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(self.local_dir).encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found


@contextlib.contextmanager
def own_local_run(root):
    """Start a local run of a copy of the repository in this folder, which tests may change; stop it in the end."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__", ".cache"))
        else:
            shutil.copy(source, root / part)
    run = LocalRun(root, free_port())
    try:
        run.start()
        yield run
    finally:
        if run.process is not None and run.process.poll() is None:
            run.stop()
