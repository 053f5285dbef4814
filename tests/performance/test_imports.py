"""The imports of each handler until its first answer are pinned, and importing it has no effects (docs/adr/0005).

Every cold start pays for an import, and most come in unnoticed, through another module. A handler that needs a new one
gets it here, on purpose, after `make coldstart`.

SnapStart takes the snapshot after the import. All that is made by then is the same in every process, so a process could
be restored from a snapshot.
"""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from moto import mock_aws

from event_api import composition
from testkit import stack, world
from testkit.stub import DynamoDbStub, Recording

CHILD = """
import json, sys

before = set(sys.modules)
noticed = []
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.__new__", "subprocess.Popen", "os.putenv"}

def notice(event, arguments):
    if event in WATCHED:
        noticed.append(event)

def watch(module, name):
    original = getattr(module, name)

    def watched(*arguments, **options):
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if caller.partition(".")[0] in {"app", "event_api"}:
            noticed.append(f"{module.__name__}.{name} by {caller}")
        return original(*arguments, **options)

    setattr(module, name, watched)

import os, time, uuid, secrets
watch(os, "urandom")
for name in ("time", "time_ns", "monotonic", "perf_counter"):
    watch(time, name)
for name in ("uuid1", "uuid4"):
    watch(uuid, name)
for name in ("token_bytes", "token_hex", "token_urlsafe"):
    watch(secrets, name)
sys.addaudithook(notice)
sys.path.insert(0, "")
import app
modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in {"app", "event_api"}]
made = {
    f"{module.__name__}.{name}"
    for module in modules
    for name, one in vars(module).items()
    if hasattr(one, "cache_info") and one.cache_info().currsize
}
effects = {"noticed": noticed.copy(), "made": sorted(made)}

class Context:
    aws_request_id = "00000000-0000-4000-8000-000000000001"

    def get_remaining_time_in_millis(self):
        return 30_000

event = json.load(sys.stdin)
answer = event and app.handler(event, Context())
print()
print(json.dumps({"effects": effects, "answer": answer, "modules": sorted(sys.modules.keys() - before)}))
"""

FORBIDDEN = {
    "asyncio": "Powertools' HTTP resolver and batch processor bring it",
    "aws_lambda_powertools.event_handler": "routes are API Gateway's; event_api.aws.http does the rest",
    "aws_lambda_powertools.utilities.batch": "a loop does it",
    "aws_lambda_powertools.utilities.parser": "it is pydantic, once more",
    "aws_xray_sdk": "the Tracer brings it, and boto3's cost again",
    "boto3": "the layer has botocore only",
    "botocore": "DynamoDB has a client of our own; S3's and SQS's clients are for deliveries that need them",
    "cryptography": "no handler needs more than hashlib",
    "multiprocessing": "Lambda has no shared memory for it",
    "unittest": "belongs to tests",
}

NOT_OF_THE_LAYER = {"app", "event_api"}
PYDANTIC = {"annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"}


@dataclass(frozen=True)
class Pinned:
    """Third-party packages, how many modules of them at most, and the modules of event_api."""

    packages: set[str]
    most_modules: int
    own: set[str]
    any_own: bool = False
    """Whether any modules of event_api will do: the function is called seldom."""


TYPES = {
    "domain",
    "json_text",
    "domain.errors",
    "domain.access",
    "domain.ids",
    "json_types",
    "domain.times",
}
CLIENT = {
    "aws.botocore_session",
    "aws.clients",
    "aws.connections",
    "aws.credentials",
    "aws.dynamodb",
    "aws.endpoints",
    "aws.signing_v4",
    "store.aws_errors",
}
STORE = {"aws", "settings", "composition", "store", "store.attributes", "store.table"} | CLIENT
CALLER = {"auth", "auth.credentials", "auth.tokens"}
SENDER = {"auth", "auth.credentials", "auth.webhooks", "ingest.admission"}
LAMBDA = {"aws.lambda_context", "telemetry"}
HTTP = {"aws.http", "domain.parameters"}
DELIVERIES = {"domain.body", "domain.delivery", "store.body_bucket", "store.deliveries", "store.retention"}
EVENTS = DELIVERIES | {"domain.event", "domain.fields", "store.contents", "store.events", "store.marks"}
INGEST = {
    "domain.alert",
    "domain.normalized",
    "domain.webhook",
    "alerts",
    "ingest",
    "ingest.errors",
    "normalizers.vendors",
    "alerts.lifecycle",
    "alerts.policy",
    "ingest.finishing",
    "ingest.service",
    "normalizers",
    "normalizers.lenient",
    "normalizers.detection",
    "normalizers.elements",
    "normalizers.errors",
    "normalizers.formats",
    "normalizers.formats.prometheus_alertmanager",  # the one that the ready-made event needs, and no other
    "normalizers.format_index",
    "normalizers.limits",
    "normalizers.payload",
    "normalizers.vendors.prometheus",  # as above: that one's labels
    "normalizers.registry",
    "normalizers.rules",
    "ingest.sender_ids",
    "normalizers.vendors.sns",
    "aws.redrive_queue",
    "ingest.normalization",
    "store.alerts",
    "store.webhooks",
}

QUERY = {
    "reads",
    "aws.authorizer",
    "query",
    "query.memory_budget",
    "query.read_budget",
    "query.explain",
    "query.matcher",
    "query.operators",
    "query.pagination",
    "query.regex",
    "query.planner",
    "query.execution",
    "query.projection",
    "query.severity",
    "query.sorting",
    "query.summaries",
    "query.summarized",
    "query.relative_time",
    "query.timerange",
    "query.values",
    "reads.keys",
    "reads.requests",
}
MANY_EVENTS = {"store.filter_expression", "store.event_reader", "store.summaries"}
STATISTICS = {
    "reads.statistics",
    "reads.statistics.accumulators",
    "reads.statistics.dates",
    "reads.statistics.expressions",
    "reads.statistics.numbers",
    "reads.statistics.pipeline",
    "reads.statistics.requests",
}

SUMMARIES = {
    "ingest",
    "ingest.summarize",
    "query",
    "query.matcher",
    "query.memory_budget",
    "query.operators",
    "query.planner",
    "query.read_budget",
    "query.regex",
    "query.relative_time",
    "query.severity",
    "query.sorting",
    "query.summaries",
    "query.summarized",
    "query.timerange",
    "query.values",
    "store.summaries",
}

# Third-party modules, counted with the locked versions; some room is left for another minor version of Python.
OF_PYDANTIC = 55

AUTHORIZER = Pinned(set(), 0, TYPES | STORE | CALLER | {"aws.authorizer", "store.tokens"})
WRITER = Pinned(set(), 0, TYPES | STORE | LAMBDA | EVENTS | INGEST)
READER = Pinned(
    PYDANTIC,
    OF_PYDANTIC,
    TYPES | STORE | CALLER | LAMBDA | HTTP | EVENTS | QUERY,
)
ALERTS = {"domain.alert", "domain.alert_info", "store.alert_records", "store.alerts"}
ONE_ALERT = TYPES | STORE | LAMBDA | HTTP | EVENTS | ALERTS | {"query", "query.projection", "query.values"}
CHANGED_ALERT = ONE_ALERT | {"admin", "admin.alert_changes", "alerts", "alerts.changes", "domain.audit", "store.audit"}
WITH_TOKEN = CALLER | {"aws.authorizer"}
CHANGES = Pinned(
    PYDANTIC,
    OF_PYDANTIC,
    CHANGED_ALERT
    | WITH_TOKEN
    | {"admin.alert_requests", "admin.alerts", "admin.domain_request", "reads", "reads.keys", "reads.requests"}
    | {f"query.{name}" for name in ("matcher", "operators", "regex", "relative_time", "severity", "timerange")},
)
READ_ALERTS = ALERTS | MANY_EVENTS | {"query.in_memory", "store.alert_reader"}
PINNED = {
    "authorizer": AUTHORIZER,
    "create_event": replace(WRITER, own=WRITER.own | SENDER | HTTP),
    "redrive_delivery": WRITER,
    "sweep_deliveries": Pinned(
        set(),
        0,
        TYPES - {"domain.ids"} | STORE | LAMBDA | DELIVERIES | {"aws.redrive_queue", "ingest", "ingest.sweep"},
    ),
    "summarize_events": Pinned(
        {"pydantic_core", "typing_extensions"},  # the planner's operators bring its regular expressions
        5,
        TYPES | STORE | LAMBDA | EVENTS | SUMMARIES,
    ),
    "get_event": Pinned(
        set(),
        0,
        TYPES
        | STORE
        | CALLER
        | HTTP
        | EVENTS
        | {"aws.lambda_context", "telemetry", "aws.authorizer"}
        | {"query", "query.projection", "query.values", "reads", "reads.record", "reads.keys"},
    ),
    "console": Pinned(
        set(),
        0,
        {"aws", "aws.http", "aws.lambda_context", "aws.static_files", "telemetry"}
        | {"domain", "domain.errors", "domain.parameters", "json_text", "json_types"},
    ),
    "list_events": replace(
        READER, own=READER.own | {"reads.parameters", "reads.search", "reads.search_requests"} | MANY_EVENTS
    ),
    "stat_events": replace(READER, own=READER.own | STATISTICS | MANY_EVENTS),
    "create_alert": CHANGES,
    "update_alert": CHANGES,
    "snooze_alert": CHANGES,
    "merge_alerts": CHANGES,
    "add_alert_responder": CHANGES,
    "remove_alert_responder": CHANGES,
    "add_alert_project_dependency": CHANGES,
    "remove_alert_project_dependency": CHANGES,
    "delete_alert": Pinned(set(), 0, CHANGED_ALERT | WITH_TOKEN | {"reads", "reads.keys"}),
    "update_alert_state": Pinned(set(), 0, CHANGED_ALERT | {"auth", "auth.alert_links"}),
    "get_alert": Pinned(set(), 0, ONE_ALERT | WITH_TOKEN | {"reads", "reads.keys", "reads.record"}),
    "get_alert_history": Pinned(
        {"pydantic_core", "typing_extensions"},  # the planner's operators bring its regular expressions
        5,
        (READER.own - {"query.explain", "query.pagination", "query.projection", "reads.requests"})
        | ALERTS
        | MANY_EVENTS
        | {"reads.alert_history"},
    ),
    "list_alerts": replace(
        READER,
        own=READER.own
        | READ_ALERTS
        | {"reads.alert_requests", "reads.parameters", "reads.search", "reads.search_requests"},
    ),
    "stat_alerts": replace(READER, own=READER.own | READ_ALERTS | STATISTICS),
}
PINNED |= dict.fromkeys(("get_caller", "get_webhook"), Pinned(set(), 0, set(), any_own=True))
PINNED |= dict.fromkeys(
    (
        "create_token",
        "discard_delivery",
        "get_delivery",
        "list_audit_records",
        "list_deliveries",
        "list_tokens",
        "list_webhooks",
        "replay_delivery",
        "revoke_token",
        "rotate_token",
        "stat_webhooks",
    ),
    Pinned(PYDANTIC, OF_PYDANTIC, set(), any_own=True),
)
# Mappings of formats are JMESPath's.
PINNED |= {"try_webhook": Pinned({"jmespath"}, 8, set(), any_own=True)}
PINNED |= dict.fromkeys(
    (
        "create_webhook",
        "delete_webhook",
        "disable_webhook",
        "enable_webhook",
        "rotate_webhook",
        "update_webhook",
        "update_webhook_plugin",
        "verify_webhook_plugin",
    ),
    Pinned(PYDANTIC | {"jmespath"}, OF_PYDANTIC + 8, set(), any_own=True),
)
UNANSWERED = {"replay_delivery"}
"""It needs a queue, which the stub has not; its import is watched."""


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[DynamoDbStub]:
    """A DynamoDB with the data of the functions' ready-made events, at an endpoint for another process."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in world.environment().items():
            patch.setenv(name, value)
        with mock_aws(), DynamoDbStub() as stub:
            stub.source = Recording().record
            world.build()
            yield stub
    composition.reset()


@pytest.fixture(scope="module", params=sorted(PINNED))
def function(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the interpreters of all functions keep what they compile."""
    return str(tmp_path_factory.mktemp("compiled"))


@dataclass(frozen=True)
class Run:
    """What a fresh interpreter did for a function: while it imported the handler, and until the first answer."""

    effects: dict[str, list[str]]
    imported: set[str]


Runs: TypeAlias = Callable[..., Run]


@pytest.fixture(scope="module")
def run_of(dynamodb: DynamoDbStub, compiled: str) -> Runs:
    def run(function: str, **environment: str) -> Run:
        child = subprocess.run(
            [sys.executable, "-c", CHILD],
            cwd=world.ROOT / "functions" / function,
            env=world.environment() | {"AWS_ENDPOINT_URL": dynamodb.url, "PYTHONPYCACHEPREFIX": compiled} | environment,
            input=b"null" if function in UNANSWERED else world.event_of(function),
            capture_output=True,
            check=False,
        )
        assert child.returncode == 0, child.stderr.decode()
        result: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
        assert function in UNANSWERED or is_success(result["answer"]), result["answer"]
        return Run(result["effects"], set(result["modules"]))

    return run


@pytest.fixture(scope="module")
def run(function: str, run_of: Runs) -> Run:
    return run_of(function)


@pytest.fixture
def imported(run: Run) -> set[str]:
    return run.imported


# Before the functions that change the webhook.
def test_a_limiter_is_imported_only_for_a_webhook_with_a_limit(run_of: Runs) -> None:
    limited = run_of("create_event", WEBHOOK_RATE_LIMIT="1000000").imported
    own = {name.partition(".")[2] for name in limited if name.startswith("event_api.")}

    assert own - PINNED["create_event"].own == {"ingest.rates", "store.rates"}


def test_importing_a_handler_draws_no_randomness_reads_no_clock_and_opens_nothing(run: Run) -> None:
    assert run.effects == {"noticed": [], "made": []}


def is_success(answer: dict[str, Any]) -> bool:
    return (
        answer.get("statusCode") == 200
        or bool(answer.get("isAuthorized"))
        or answer in ({"batchItemFailures": []}, {"found": 0}, {"built": 0})
    )


def test_what_no_handler_may_import(imported: set[str]) -> None:
    found = {name: reason for name, reason in FORBIDDEN.items() if name in imported}

    assert found == {}


def test_the_modules_of_event_api_are_the_pinned_ones(function: str, imported: set[str]) -> None:
    own = {name.partition(".")[2] for name in imported if name.startswith("event_api.")}
    pinned = own if PINNED[function].any_own else PINNED[function].own

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
    # An underscore: additions of an interpreter's own build to the standard library.
    return package not in sys.stdlib_module_names | NOT_OF_THE_LAYER and not package.startswith("_")


@pytest.mark.parametrize(("environment", "raised"), [({}, False), ({"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"}, True)])
def test_garbage_is_looked_for_less_often_on_lambda_only(environment, raised):
    code = "import gc; before = gc.get_threshold(); import event_api; print(gc.get_threshold()[0] > before[0])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=world.ROOT / "layers/shared", capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == str(raised)


def test_only_functions_that_import_pydantic_have_its_layer():
    layers = {
        Path(resource["Properties"]["CodeUri"]).name: {
            layer["Ref"] for layer in resource["Properties"].get("Layers", ()) if "Ref" in layer
        }
        for resource in stack.template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }

    assert layers.keys() == PINNED.keys()
    assert {name for name, own in layers.items() if "ReadingLayer" in own} == {
        name for name, pinned in PINNED.items() if pinned.packages & PYDANTIC
    }
    assert {name for name, own in layers.items() if "SignaturesLayer" in own} == {"create_event"}
