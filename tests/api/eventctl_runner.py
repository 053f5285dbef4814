"""``eventctl`` as a user runs it, on the service under test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import EndpointConnectionError
from click.testing import CliRunner, Result

from eventctl.cli import cli
from eventctl.target import Stack, Target

if TYPE_CHECKING:
    import pytest

    from tests.service import Service

API_URL = "https://api.example"


@dataclass
class Eventctl:
    """Runs the command and keeps which deployment it was to work on."""

    service: Service
    opened: dict[str, Any] | None = None

    @classmethod
    def on(cls, service: Service, monkeypatch: pytest.MonkeyPatch) -> Eventctl:
        command = cls(service)
        monkeypatch.setattr("eventctl.invocation.open_target", command._open)
        # moto is right for one thread only.
        for module in ("importer", "restoring"):
            monkeypatch.setattr(f"eventctl.{module}.PARALLEL", 1)
        return command

    def _open(self, **which: Any) -> Target:
        self.opened = which
        return Target(self.service.stores, self.service.queue, API_URL, Stack("event-api", self.clients))

    def clients(self, service: str) -> Any:
        """Refuse a client of the stack's own services; a test that needs one replaces this."""
        raise EndpointConnectionError(endpoint_url=service)

    def run(self, *arguments: str, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(cli, arguments, input=stdin, prog_name="eventctl")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def json(self, *arguments: str, exit_code: int = 0, stdin: str | bytes | None = None) -> dict[str, Any]:
        """The one JSON object of a run."""
        result = self.run("--json", *arguments, stdin=stdin)
        assert result.exit_code == exit_code, result.stderr
        answer = json.loads(result.stdout)
        assert isinstance(answer, dict)
        return answer
