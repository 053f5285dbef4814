"""What each handler imports until its first answer is pinned (docs/adr/0005).

An import is paid by every cold start, and most come in unnoticed, through somebody else's module. A handler that needs
a new one gets it here, on purpose, after `make coldstart`.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from moto import mock_aws

from benchmarks.coldstart import world
from benchmarks.coldstart.stub import DynamoDbStub, Recording
from event_api import wiring

CHILD = """
import json, sys
before = set(sys.modules)
sys.path.insert(0, "")
import app

class Context:
    def get_remaining_time_in_millis(self):
        return 30_000

answer = app.handler(json.load(sys.stdin), Context())
print()
print(json.dumps({"answer": answer, "modules": sorted(sys.modules.keys() - before)}))
"""

FORBIDDEN = {
    "asyncio": "Powertools' HTTP resolver and batch processor bring it",
    "aws_lambda_powertools.event_handler": "routes are API Gateway's; event_api.http does the rest",
    "aws_lambda_powertools.utilities.batch": "a loop does it",
    "aws_lambda_powertools.utilities.parser": "it is pydantic, once more",
    "aws_xray_sdk": "the Tracer brings it, and boto3's cost again",
    "boto3": "the layer has botocore only",
    "cryptography": "no handler needs more than hashlib",
    "multiprocessing": "Lambda has no shared memory for it",
    "unittest": "belongs to tests",
}

# botocore takes certifi where it finds it; the layer does not have it.
NOT_OF_THE_LAYER = {"app", "event_api", "certifi"}
AWS = {"botocore", "dateutil", "jmespath", "six", "urllib3"}
POWERTOOLS = {"aws_lambda_powertools", "typing_extensions"}
PYDANTIC = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}


@dataclass(frozen=True)
class Pinned:
    """Third-party packages, how many modules of them at most, and the modules of event_api."""

    packages: set[str]
    most_modules: int
    own: set[str]


TYPES = {"errors", "ids", "jsontypes", "model", "raw", "times"}
STORE = {"settings", "wiring", "store", "store.attributes", "store.client", "store.table"}
ACCESS = {"access", "credentials", "store.tokens", "store.webhooks"}
HTTP = {"http", "observe"}
DELIVERIES = {"store.bodies", "store.deliveries", "store.retention"}
EVENTS = DELIVERIES | {"fields", "store.events"}
INGEST = {
    "alerting",
    "correlation",
    "ingest",
    "normalizers",
    "normalizers.coerce",
    "normalizers.detection",
    "normalizers.errors",
    "normalizers.formats",
    "normalizers.formats.prometheus_alertmanager",  # the one that the ready-made event needs, and no other
    "normalizers.index",
    "normalizers.limits",
    "normalizers.payload",
    "normalizers.prometheus",  # as above: that one's labels
    "normalizers.registry",
    "normalizers.rules",
    "normalizers.sender_ids",
    "normalizers.sns",
    "queue",
    "reading",
    "store.alerts",
    "store.webhooks",
}

QUERY = {
    "query",
    "query.bounds",
    "query.consumption",
    "query.explain",
    "query.matcher",
    "query.operators",
    "query.paging",
    "query.patterns",
    "query.planner",
    "query.reader",
    "query.selection",
    "query.sorting",
    "query.timediff",
    "query.timerange",
    "query.values",
    "requests",
}
MANY_EVENTS = {"store.event_filter", "store.event_reader"}
STATISTICS = {
    "statistics",
    "statistics.accumulators",
    "statistics.dates",
    "statistics.expressions",
    "statistics.numbers",
    "statistics.pipeline",
    "statistics.requests",
}

# Third-party modules, counted with the locked versions; some room is left for another minor version of Python.
OF_AWS, OF_POWERTOOLS, OF_PYDANTIC = 125, 42, 50

AUTHORIZER = Pinned(AWS, OF_AWS, TYPES | STORE | ACCESS)
WRITER = Pinned(AWS | POWERTOOLS, OF_AWS + OF_POWERTOOLS, TYPES | STORE | HTTP | EVENTS | INGEST)
READER = Pinned(
    AWS | POWERTOOLS | PYDANTIC,
    OF_AWS + OF_POWERTOOLS + OF_PYDANTIC,
    TYPES | STORE | ACCESS | HTTP | EVENTS | QUERY,
)
PINNED = {
    "authorizer": AUTHORIZER,
    "create_event": replace(WRITER, own=WRITER.own | ACCESS),
    "redrive_delivery": WRITER,
    "sweep_deliveries": Pinned(
        AWS | POWERTOOLS, OF_AWS + OF_POWERTOOLS, TYPES - {"ids"} | STORE | HTTP | DELIVERIES | {"queue", "sweep"}
    ),
    "get_event": replace(READER, own=READER.own | {"search"}),
    "list_events": replace(READER, own=READER.own | {"search"} | MANY_EVENTS),
    "stat_events": replace(READER, own=READER.own | STATISTICS | MANY_EVENTS),
}


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDbStub]:
    """A DynamoDB with what the functions' ready-made events ask for, at an endpoint for another process."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in world.environment().items():
            patch.setenv(name, value)
        with mock_aws(), DynamoDbStub() as stub:
            stub.source = Recording().record
            world.build()
            yield stub
    wiring.forget()


@pytest.fixture(scope="module", params=sorted(PINNED))
def function(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def imported(function: str, dynamodb: DynamoDbStub) -> set[str]:
    return imports_of(function, dynamodb)


def imports_of(function: str, dynamodb: DynamoDbStub, **environment: str) -> set[str]:
    """The modules that a fresh interpreter imports for a function and its first answer."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=world.ROOT / "functions" / function,
        env=world.environment() | {"AWS_ENDPOINT_URL": dynamodb.url, "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        input=world.event_of(function),
        capture_output=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr.decode()
    result: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    assert is_success(result["answer"]), result["answer"]
    return set(result["modules"])


def test_a_limiter_is_imported_only_for_a_webhook_with_a_limit(dynamodb: DynamoDbStub) -> None:
    limited = imports_of("create_event", dynamodb, WEBHOOK_RATE_LIMIT="1000000")
    own = {name.partition(".")[2] for name in limited if name.startswith("event_api.")}

    assert own - PINNED["create_event"].own == {"rates", "store.rates"}


def is_success(answer: dict[str, Any]) -> bool:
    return (
        answer.get("statusCode") == 200
        or bool(answer.get("isAuthorized"))
        or answer in ({"batchItemFailures": []}, {"found": 0})
    )


def test_what_no_handler_may_import(imported: set[str]) -> None:
    found = {name: reason for name, reason in FORBIDDEN.items() if name in imported}

    assert found == {}


def test_the_modules_of_event_api_are_the_pinned_ones(function: str, imported: set[str]) -> None:
    own = {name.partition(".")[2] for name in imported if name.startswith("event_api.")}
    pinned = PINNED[function].own

    assert own == pinned, f"{function} imports what is new: {sorted(own - pinned)}, and no more: {sorted(pinned - own)}"


def test_the_packages_are_the_pinned_ones(function: str, imported: set[str]) -> None:
    modules = Counter(name.partition(".")[0] for name in imported)
    third_party = {name: number for name, number in modules.items() if is_third_party(name)}
    pinned = PINNED[function]

    new, gone = third_party.keys() - pinned.packages, pinned.packages - third_party.keys()
    assert not new | gone, f"{function} imports what is new: {sorted(new)}, and no more: {sorted(gone)}"
    total = sum(third_party.values())
    assert total <= pinned.most_modules, f"{function} imports {total} third-party modules: {third_party}"


def is_third_party(package: str) -> bool:
    # An underscore: what an interpreter's own build adds to the standard library.
    return package not in sys.stdlib_module_names | NOT_OF_THE_LAYER and not package.startswith("_")
