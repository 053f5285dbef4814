"""Proof that each function's own layers are enough, and no heavier than they must be.

A cold start runs only the code of one event. Here a process with a function's own layers, and nothing else, also
imports every module that the function may import later, writes a log line, makes the clients of S3 and SQS, and, if
the function checks signatures, checks one of Amazon SNS.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from benchmarks.coldstart.runtime import ColdStartError
from checks.weight import too_heavy
from testkit.world import ROOT

if TYPE_CHECKING:
    from benchmarks.coldstart.layers import Installation

SIGNATURES: Final = "SignaturesLayer"
READING: Final = "ReadingLayer"
_EVERY: Final = ("aws", "domain", "settings", "telemetry")
_INGEST: Final = ("alerts", "auth", "ingest", "normalizers", "safe_fetch", "signing", "store")
_READS: Final = ("auth", "query", "reads", "store")
_MANAGES: Final = ("admin", "alerts", "auth", "query", "reads", "store")
ROOMS: Final[Mapping[str, tuple[str, ...]]] = {
    "authorizer": ("auth",),
    "console": (),
    "create_event": _INGEST,
    "get_event": ("auth", "reads.record", "reads.keys", "store.events"),
    "list_events": _READS,
    "redrive_delivery": _INGEST,
    "stat_events": _READS,
    "summarize_events": ("ingest", "query", "store"),
    "sweep_deliveries": ("ingest", "store.deliveries"),
}
"""The rooms and modules of event_api that functions may import; `_MANAGES` for the others, if they have its layer."""
_OF_LAYERS: Final[Mapping[str, tuple[str, ...]]] = {
    # composition imports these only for functions that have the layer, and eventctl the rest.
    READING: (
        "store.alert_reader",
        "store.event_reader",
        "store.summaries",
        "store.filter_expression",
        "store.deployment",
        "store.restoration",
        "ingest.summarize",
    ),
    SIGNATURES: ("auth.oidc", "signing.sns_signatures"),
}
"""Modules in those rooms that only functions with a layer import."""

_IMPORT: Final = """
import importlib, pkgutil, sys
import app, event_api
from event_api import telemetry
from event_api.aws import clients

rooms, left_out = (tuple(argument.split(",")) for argument in sys.argv[1:])

def within(name, parents):
    return any(f"{name}.".startswith(f"{parent}.") for parent in parents)

for module in pkgutil.walk_packages(event_api.__path__, "event_api.", onerror=lambda name: None):
    name = module.name.removeprefix("event_api.")
    if within(name, rooms) and not within(name, left_out):
        importlib.import_module(module.name)
telemetry.logger().info("proof")
clients.s3(), clients.sqs()
"""

_CHECK_SIGNATURE: Final = """
import importlib.util, sys
from cryptography.x509.verification import Store
from event_api import safe_fetch
from event_api.domain.webhook import Signing
from event_api.signing import signatures, sns_signatures
from event_api.signing.errors import BadSignatureError

spec = importlib.util.spec_from_file_location("amazon", sys.argv[1])
amazon = importlib.util.module_from_spec(spec)
spec.loader.exec_module(amazon)
sns_signatures._roots()  # the file of authorities is in the layer
root = amazon.certificate("root", "root", authority=True)
issuer = amazon.certificate("issuer", "root", authority=True)
pages = {
    amazon.CERTIFICATE_URL: amazon.pem(amazon.certificate("sns", "issuer")),
    amazon.ISSUER_URL: amazon.der(issuer),
}
safe_fetch.fetch = lambda url, seconds: pages[url]
sns_signatures._roots = lambda: Store([root])
signing = Signing("sns")
for version in ("1", "2"):
    signatures.check(signing, amazon.written(amazon.message(version=version)), {}, amazon.NOW)
forged = {**amazon.message(), "Message": "another"}
try:
    signatures.check(signing, amazon.written(forged), {}, amazon.NOW)
except BadSignatureError:
    pass
else:
    sys.exit("a forged message was taken")
"""


def prove(installation: Installation, environment: Mapping[str, str]) -> None:
    """Raise ColdStartError if a layer is too heavy, or a function's own layers are not enough."""
    problems = too_heavy(installation.layers)
    for function, layers in installation.of_functions.items():
        left_out = [module for layer, modules in _OF_LAYERS.items() if layer not in layers for module in modules]
        rooms = (*_EVERY, *ROOMS.get(function, _MANAGES if READING in layers else ()))
        problems += _run(installation, function, environment, _IMPORT, ",".join(rooms), ",".join(left_out))
        if SIGNATURES in layers:
            amazon = str(ROOT / "tests" / "amazon.py")
            problems += _run(installation, function, environment, _CHECK_SIGNATURE, amazon)
    if problems:
        raise ColdStartError("\n".join(problems))


def _run(
    installation: Installation, function: str, environment: Mapping[str, str], code: str, *arguments: str
) -> list[str]:
    task_root = installation.task_root(ROOT / "functions" / function)
    path = os.pathsep.join(map(str, (task_root, *installation.layers_of(function))))
    ended = subprocess.run(
        # -S: no packages but those of the path.
        [installation.python, "-S", "-c", code, *arguments],
        cwd=task_root,
        env={**environment, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode == 0:
        return []
    lines = ended.stderr.strip().splitlines() or ["it ended without a message"]
    return [f"{function} with only its own layers: {lines[-1]}"]
