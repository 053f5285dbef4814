import io
import shlex
from pathlib import Path

import pytest

from localrun.demo import Demo
from localrun.screen import SAMPLE, Screen
from localrun.settings import ROOT, Settings

SETTINGS = Settings(root=ROOT, local_dir=ROOT / ".local", port=3000)
DEMO = Demo(
    api_url="http://localhost:3000",
    webhook_url="http://localhost:3000/monitoring/v1/webhook/webhook-1/-key_/events",
    token="token-1.secret",
    domain_id="domain-0de300000001",
    project_id="project-0de300000001",
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(stream):
    Screen(stream).ready(SETTINGS, DEMO)
    return stream.getvalue()


def test_the_commands_are_whole_when_pasted():
    commands = [
        shlex.split(command)
        for command in shown(io.StringIO()).replace("\\\n", " ").splitlines()
        if command.strip().startswith("curl ")
    ]
    post, read = commands
    assert post[-2:] == [f"@{SAMPLE}", DEMO.webhook_url]
    assert read[-2:] == ["Authorization: Bearer token-1.secret", "http://localhost:3000/monitoring/v1/events"]
    assert (ROOT / SAMPLE).is_file()


@pytest.mark.parametrize(
    "words", [".local/logs/", "make reload", "Ctrl-C", ".local/demo.json", "/#token=token-1.secret"]
)
def test_it_says_where_to_go_on(words):
    assert words in shown(io.StringIO())


def test_a_folder_elsewhere_is_shown_whole():
    settings = Settings(root=ROOT, local_dir=Path("/else where"), port=3000)
    stream = io.StringIO()
    Screen(stream).ready(settings, DEMO)
    assert "tail -f '/else where/logs'/*.log" in stream.getvalue()


def test_it_is_plain_where_no_terminal_is():
    assert "\x1b" not in shown(io.StringIO())


def test_a_terminal_has_colour_unless_it_wants_none(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in shown(Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in shown(Terminal())


def test_the_demos_secrets_are_not_in_its_repr():
    assert "secret" not in repr(DEMO)
    assert "key_" not in repr(DEMO)
