"""The commands of docs/first-hour.md, in one shell, against the routes; tests/e2e/test_readme.py has a local run."""

from __future__ import annotations

import re
import subprocess

import pytest

from event_api.domain.access import Role
from localrun.settings import ROOT
from tests.api.http_front import served

PREAMBLE = """
set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --noproxy '*' "$@"; echo; }
"""


@pytest.fixture
def engine():
    return "moto"


def test_the_first_hour_works_as_written(app):
    text = (ROOT / "docs/first-hour.md").read_text()
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    script = "\n".join(re.sub(r"^\$ ", "", block, flags=re.MULTILINE) for block in blocks)
    domain = "domain-58010aa2e451"
    token = app.token(domain_id=domain, role=Role.ADMIN, name="first admin")
    # An operator's command needs a deployment.
    script, replaced = re.subn(r"^admin=\$\(.*\)$", f"admin={token}", script, flags=re.MULTILINE)
    assert replaced == 1
    with served(app.gateway) as url:
        script = script.replace("http://localhost:3000", url)
        ended = subprocess.run(
            ["bash", "-c", PREAMBLE + script], capture_output=True, text=True, timeout=60, check=False
        )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    facts = ("actor_name", "first admin"), ("title", "Disk is full"), ("assignee", "Ada"), ("action", "webhook.create")
    for name, value in (*facts, ("state", "ACKNOWLEDGED")):
        assert f'"{name}":"{value}"' in ended.stdout, name
    assert "RESOLVED" in ended.stdout
