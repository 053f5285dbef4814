"""Log files: one for each function, and one for the complaints of the local AWS."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localrun.deploy import STACK

# CloudFormation's physical names: stack, logical id, random suffix.
_PHYSICAL_NAME = re.compile(rf"{re.escape(STACK)}-(?P<logical_id>\w+)-\w+")


class FunctionLogs:
    """Writes what functions print to ``<folder>/<logical id>.log``, from this start on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def install(self) -> None:
        """Take the place of the local CloudWatch Logs, which keeps every line in memory and in the saved state."""
        from ministack.services import lambda_svc  # noqa: PLC0415 - only once its environment is set

        lambda_svc._emit_lambda_logs = self.write  # noqa: SLF001 - there is no other way, and the version is pinned

    def write(self, func: Mapping[str, Any], _request_id: str, text: str, *_: object, **__: object) -> None:
        """Append one invocation's output."""
        if not text:
            return
        name = func.get("config", func)["FunctionName"]
        match = _PHYSICAL_NAME.fullmatch(name)
        with (self._folder / f"{match['logical_id'] if match else name}.log").open("a", encoding="utf-8") as file:
            file.write(text.rstrip("\n") + "\n")


def log_services_to(path: Path) -> None:
    """Send the services' warnings to a file, not to the terminal; empties the folder of the file first."""
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
