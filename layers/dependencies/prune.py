"""Reduce an installed layer to the parts that the functions use; the makefile's targets run it.

botocore ships the description of every AWS service, 28 MB, lists them all to find one, and parses every service's
endpoints (1.25 MB of JSON) to make one client: half of the cost of a client at a cold start (docs/adr/0005).
"""

# ruff: noqa: INP001 -- a script, beside the makefile that calls it

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

SERVICES = frozenset({"dynamodb", "s3", "sqs"})
POWERTOOLS = frozenset({"exceptions", "logging", "metrics", "shared", "tracing", "utilities", "warnings"})
"""The folders of Powertools that its Logger imports; the package's first line brings metrics and tracing."""
# An installer's notes about files that have changed since. Licences and METADATA stay.
BOOKKEEPING = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")


def prune(packages: Path) -> None:
    """Remove from a folder of installed packages what no function reads."""
    shutil.rmtree(packages / "bin", ignore_errors=True)
    (packages / ".lock").unlink(missing_ok=True)
    for name in BOOKKEEPING:
        for path in packages.glob(f"*.dist-info/{name}"):
            path.unlink()
    # cryptography imports the compiled module next to this folder.
    shutil.rmtree(packages / "cffi", ignore_errors=True)
    if (packages / "aws_lambda_powertools").is_dir():
        prune_powertools(packages / "aws_lambda_powertools")
    if (packages / "botocore").is_dir():
        prune_services(packages / "botocore" / "data")


def prune_powertools(package: Path) -> None:
    """Keep the Logger and the modules that it imports."""
    keep_folders(package, POWERTOOLS)
    keep_folders(package / "utilities", frozenset({"jmespath_utils"}))
    keep_folders(package / "metrics" / "provider", frozenset({"cloudwatch_emf"}))


def keep_folders(parent: Path, names: frozenset[str]) -> None:
    """Remove a folder's other folders."""
    for folder in parent.iterdir():
        if folder.is_dir() and folder.name not in names:
            shutil.rmtree(folder)


def prune_services(data: Path) -> None:
    """Keep the descriptions of SERVICES, without their prose, and their endpoints."""
    keep_folders(data, SERVICES)
    for path in data.glob("*/*/examples-1.json*"):
        path.unlink()
    for path in data.glob("*/*/service-2.json.gz"):
        described = json.loads(gzip.decompress(path.read_bytes()))
        # Not compressed again: the layer is, as a whole, and reading it is faster.
        write_json(path.with_suffix(""), without_prose(described))
        path.unlink()
    endpoints = data / "endpoints.json"
    known = json.loads(endpoints.read_bytes())
    for partition in known["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in SERVICES}
    write_json(endpoints, known)


def without_prose(node: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Return a service's description without its documentation strings.

    A member that happens to be called ``documentation`` is an object, never a string, and stays.
    """
    if isinstance(node, dict):
        return {
            key: without_prose(value)
            for key, value in node.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    if isinstance(node, list):
        return [without_prose(element) for element in node]
    return node


def write_json(path: Path, value: object) -> None:
    """Write JSON without blanks."""
    path.write_text(json.dumps(value, separators=(",", ":")))


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
