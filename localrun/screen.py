"""Output for the user: plain text, with a little colour on a terminal."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from localrun import page

if TYPE_CHECKING:
    from localrun.demo import Demo
    from localrun.settings import Settings

SAMPLE = "localrun/alertmanager.json"
"""A firing alert, in Alertmanager's own form; relative to the repository."""

_BOLD, _DIM, _GREEN, _END = "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[0m"


class Screen:
    """Writes to a stream, in colour if that is a terminal that wants it (https://no-color.org)."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._colour = self._stream.isatty() and not os.environ.get("NO_COLOR")

    def step(self, text: str) -> None:
        """Say what is going on."""
        self._write(text, _DIM)

    def ready(self, settings: Settings, demo: Demo) -> None:
        """Print that everything responds, and the commands to paste."""
        self._write(f"\nThe Event API answers at {demo.api_url}\n", _GREEN)
        for title, command in _commands(demo):
            self._write(title, _BOLD)
            self._write(f"  {command}\n")
        logs = _shown(settings.logs_dir, settings)
        self._write("And then", _BOLD)
        for what, how in (
            ("the console, signed in", f"{demo.api_url}/#token={demo.token}"),
            ("the API's documentation", f"{demo.api_url}{page.PATH}"),
            ("functions' output", f"tail -f {logs}/*.log"),
            ("serve changed code", "make reload   (in a second terminal)"),
            ("these URLs, for scripts", _shown(settings.demo_file, settings)),
            ("stop", "Ctrl-C; what was stored is kept in " + _shown(settings.local_dir, settings)),
        ):
            self._write(f"  {what:<24}{how}")
        self._write("")

    def _write(self, text: str, style: str = "") -> None:
        if style and self._colour and text:
            text = f"{style}{text}{_END}"
        print(text, file=self._stream, flush=True)


def _commands(demo: Demo) -> list[tuple[str, str]]:
    webhook, events = shlex.quote(demo.webhook_url), shlex.quote(f"{demo.api_url}/monitoring/v1/events")
    post = f"curl -i -H 'Content-Type: application/json' --data-binary @{SAMPLE}"
    read = f"curl -H 'Authorization: Bearer {demo.token}'"
    return [
        ("Post an alert, as Alertmanager does", f"{post} \\\n    {webhook}"),
        ("List the events", f"{read} \\\n    {events}"),
    ]


def _shown(path: Path, settings: Settings) -> str:
    return shlex.quote(str(path.relative_to(settings.root) if path.is_relative_to(settings.root) else path))
