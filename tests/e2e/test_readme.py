"""The README's commands, typed in its order, in one shell, against a local run."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

RUN_ELSEWHERE = {
    "make run": "tests/e2e/test_local_run.py, by its own command",
    "make test": ".ci/run",
    "sam build && sam deploy --guided": ".ci/run builds; a deployment needs an account",
}
ON_AWS = "--stack"
"""Commands that need an account; tests/api/test_eventctl.py has its own stack for them."""

PREAMBLE = """
set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --noproxy '*' "$@"; echo; }
"""


FIRST_HOUR = ROOT / "docs/first-hour.md"


def commands(page=PAGES[0]):
    """The commands in a page's console blocks, with their continuation lines."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL):
        yield from (command.strip() for command in re.split(r"^\$ ", block, flags=re.MULTILINE) if command.strip())


def test_the_commands_work_as_written(local_run):
    script = [command for command in commands() if command not in RUN_ELSEWHERE and ON_AWS not in command]
    assert len(script) >= 8
    ended = typed(script, local_run)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert '"title":"Disk is full"' in ended.stdout
    assert '{"severity":"CRITICAL","count":' in ended.stdout


def test_the_first_hour_works_as_written(local_run):
    script = [command.replace("http://localhost:3000", local_run.demo["api_url"]) for command in commands(FIRST_HOUR)]
    ended = typed(script, local_run)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert '"state":"ACKNOWLEDGED"' in ended.stdout


def typed(script, local_run):
    """Type commands in one shell, in the folder of a local run."""
    link = local_run.root / ".venv"
    if not link.is_symlink():
        link.symlink_to(ROOT / ".venv")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        ["bash", "-c", PREAMBLE + "\n".join(script)],
        cwd=local_run.root,
        env=environment | {"LOCAL_DIR": str(local_run.local_dir)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_is_run_elsewhere_is_still_in_the_readme():
    assert set(RUN_ELSEWHERE) <= set(commands())


def test_every_relative_link_leads_somewhere():
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not broken
