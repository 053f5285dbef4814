"""`make fuzz`: schemathesis sends a local run the requests that the OpenAPI document allows, and many that it does not.

No response may be a 5xx or lie outside of the document. Arguments are passed on to schemathesis.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from localrun.settings import ROOT
from testkit.engines import free_port
from tests.e2e.driver import LocalRun

PARTS = ("docs", "functions", "layers", "localrun")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
SCHEMATHESIS = ROOT / ".venvs/fuzz/bin/st"


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in PARTS:
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", ".cache"))
        shutil.copy(ROOT / "template.yaml", root)
        run = LocalRun(root, free_port())
        try:
            run.start()
            *_, webhook_id, access_key, _ = run.demo["webhook_url"].split("/")
            secrets = {"TOKEN": run.demo["token"], "WEBHOOK_ID": webhook_id, "ACCESS_KEY": access_key}
            command: list[str | Path] = [SCHEMATHESIS, "--config-file", ROOT / "tests/fuzz/schemathesis.toml", "run"]
            command += [ROOT / "docs/openapi.json", "--url", run.demo["api_url"], "--checks", ",".join(CHECKS)]
            command += ["--phases", "examples,coverage,fuzzing", *arguments]
            return subprocess.run(command, cwd=root, env=os.environ | secrets, check=False).returncode
        finally:
            if run.process is not None and run.process.poll() is None:
                run.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
