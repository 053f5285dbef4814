"""Importing a handler makes nothing that is unique or expires, so a process could be restored from a snapshot.

SnapStart takes the snapshot after the import. All that is made by then is the same in every process (docs/adr/0005).
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from testkit import stack
from testkit.world import ROOT, environment

IMPORT = """
import json, sys

noticed = []
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.__new__", "subprocess.Popen", "os.putenv"}

def notice(event, arguments):
    if event in WATCHED:
        noticed.append(event)

def watch(module, name):
    original = getattr(module, name)

    def watched(*arguments, **options):
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if caller.partition(".")[0] in {"app", "event_api"}:
            noticed.append(f"{module.__name__}.{name} by {caller}")
        return original(*arguments, **options)

    setattr(module, name, watched)

import os, time, uuid, secrets
watch(os, "urandom")
for name in ("time", "time_ns", "monotonic", "perf_counter"):
    watch(time, name)
for name in ("uuid1", "uuid4"):
    watch(uuid, name)
for name in ("token_bytes", "token_hex", "token_urlsafe"):
    watch(secrets, name)
sys.addaudithook(notice)
sys.path.insert(0, "")
import app
from event_api import composition

made = [opened.__name__ for opened in composition._OPENED if opened.cache_info().currsize]
print(json.dumps({"noticed": noticed, "made": made, "caller": callable(app.handler)}))
"""
FUNCTIONS = sorted(
    one["Properties"]["CodeUri"]
    for one in stack.template()["Resources"].values()
    if one["Type"] == "AWS::Serverless::Function"
)


@pytest.mark.parametrize("folder", FUNCTIONS)
def test_importing_a_handler_draws_no_randomness_reads_no_clock_and_opens_nothing(folder):
    child = subprocess.run(
        [sys.executable, "-c", IMPORT],
        cwd=ROOT / folder,
        env=environment() | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(child.stdout) == {"noticed": [], "made": [], "caller": True}
