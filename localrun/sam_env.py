"""Write the variables that ``sam local`` needs for the tables of a running local run: ``python -m localrun.sam_env``.

The file is ``sam-env.json``, among the local run's other files, for ``sam local``'s ``--env-vars`` (docs/sam-local.md):
the names that ``sam local`` cannot know. ``AWS_ENDPOINT_URL`` would be lost there, because SAM sets only variables that
the template declares.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from localrun import aws, files
from localrun.deploy import STACK
from localrun.endpoint import find
from localrun.errors import LocalRunError
from localrun.settings import from_environment

if TYPE_CHECKING:
    from localrun.endpoint import Endpoint

# The containers' name for their host: Docker Desktop's, which `--add-host` gives elsewhere.
_HOST = "host.docker.internal"
_RATES_TABLE = "RatesTable"


def variables(running: Endpoint, rates_table: str) -> dict[str, str]:
    """Return the environment variables that name the local run's resources to a function in a container."""
    tables = {f"{table.upper()}_TABLE": name for table, name in asdict(running.tables).items()}
    return tables | {
        "BODIES_BUCKET": running.bodies_bucket,
        "RATES_TABLE": rates_table,
        "REDRIVE_QUEUE_URL": _from_container(running.redrive_queue_url),
    }


def _from_container(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{_HOST}:{parts.port}").geturl()


def _rates_table(running: Endpoint) -> str:
    cloudformation = aws.client("cloudformation", running.endpoint_url)
    found = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId=_RATES_TABLE)
    return found["StackResourceDetail"]["PhysicalResourceId"]


def main() -> int:
    """Write the file and print its path; the exit status. Without a local run: one line on standard error."""
    try:
        settings = from_environment()
        running = find(settings)
    except LocalRunError as error:
        print(f"local run: {error}", file=sys.stderr)
        return 1
    path = settings.local_dir / "sam-env.json"
    # "Parameters" is SAM's name for all functions.
    files.write_json(path, {"Parameters": variables(running, _rates_table(running))})
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
