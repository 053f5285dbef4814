"""docs/security.md names tests, routes and functions: all that it names exists, and all that exists is named."""

from __future__ import annotations

import re
from pathlib import Path

from testkit import stack

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text()


def test_every_test_that_is_named_exists():
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT))
    assert len(named) > 30
    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text()]
    assert missing == []


def test_every_route_and_every_function_has_its_section():
    headings = "\n".join(line for line in TEXT.splitlines() if line.startswith("### "))
    for route in stack.routes():
        assert f"`{route.key}`" in headings
    for resource in stack.template()["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            assert f"`{resource['Properties']['CodeUri']}`" in headings


def test_one_module_speaks_to_more_than_aws():
    """Only botocore, our own client of DynamoDB, and the module that fetches confirmations open connections."""
    speaking = (
        r"^\s*(from|import) (urllib\.request|urllib3|http\.client|socket|requests|httpx|ftplib|smtplib|asyncio)\b"
    )
    found = {
        path.name
        for folder in ("layers/shared", "functions")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(speaking, path.read_text(), re.MULTILINE)
    }
    assert found == {"connections.py", "safe_fetch.py"}


def test_what_fetches_is_used_where_hosts_are_checked():
    """Each module that fetches checks the URL itself, against hosts that are written there."""
    using = {path.name for path in (ROOT / "layers/shared").rglob("*.py") if "safe_fetch.fetch(" in path.read_text()}
    assert using == {"handshakes.py", "sns_signatures.py"}
