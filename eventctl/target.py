"""Which deployment a command works on: the local run, or a stack in the current AWS account."""

from __future__ import annotations

import getpass
import os
import tomllib
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from event_api.domain.access import Actor
from event_api.settings import TableNames
from eventctl.errors import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from event_api.aws.redrive_queue import RedriveQueue
    from event_api.store.deployment import Deployment

# ruff: noqa: PLC0415  # botocore is slow to import, and help, completion and usage errors need none of it

PARALLEL = 16
"""How many requests a command may have under way at once."""

_SAM_CONFIG = Path(__file__).resolve().parent.parent / "samconfig.toml"
_ATTEMPTS = 7  # the first one included; with botocore's pauses about half a minute


@dataclass(frozen=True, slots=True)
class Stack:
    """A CloudFormation stack, and how to make a client of a service where it is."""

    name: str
    client: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One deployment: its stores, the queue of deliveries to finish, where its API answers, and its stack."""

    stores: Deployment
    queue: RedriveQueue
    api_url: str
    stack: Stack

    def webhook_url(self, webhook_id: str, access_key: str) -> str:
        """Return a sender's URL, which holds the access key."""
        return f"{self.api_url}/monitoring/v1/webhook/{webhook_id}/{access_key}/events"


@dataclass(frozen=True, slots=True)
class StackName:
    """A stack, and the region of its deployment if that is known."""

    name: str
    region: str | None = None


def open_target(*, local: bool, stack: str | None) -> Target:
    r"""Open the local run, or a stack: the named one, else the one that ``sam deploy`` would update.

    Raises LocalRunError if no local run is running, OperationError for a stack that does not exist or is not ours;
    errors of AWS itself pass through.
    """
    if local:
        return _open_local()
    return _open_stack(StackName(stack) if stack is not None else default_stack(_SAM_CONFIG))


def default_stack(config: Path) -> StackName:
    """Read the stack that ``sam deploy`` would update; raise OperationError if the file names none."""
    try:
        environment = tomllib.loads(config.read_text(encoding="utf-8")).get("default", {})
        # The section that "sam deploy --guided" saves comes before the one that applies to every command.
        sections = [environment.get(command, {}).get("parameters", {}) for command in ("deploy", "global")]
    except (OSError, ValueError, AttributeError):
        sections = []
    merged: dict[str, Any] = {}  # a user's TOML
    for section in reversed(sections):
        merged |= section
    if not isinstance(merged.get("stack_name"), str):
        raise OperationError("no deployment is named; say --local, or --stack NAME")
    return StackName(merged["stack_name"], merged.get("region"))


def _open_local() -> Target:
    from localrun import aws, deploy, endpoint

    found = endpoint.find()

    def client(service: str) -> Any:  # noqa: ANN401  # botocore makes its clients' classes at run time
        return _client(
            service,
            region_name=found.region,
            endpoint_url=found.endpoint_url,
            aws_access_key_id=aws.ACCESS_KEY_ID,
            aws_secret_access_key=aws.SECRET_ACCESS_KEY,
            proxies={},  # none stands between this machine and itself
        )

    names = _Names(
        found.tables,
        found.bodies_bucket,
        found.redrive_queue_url,
        found.retention_days,
        found.audit_retention_days,
        found.api_url,
    )
    return _target(Stack(deploy.STACK, client), names)


def _open_stack(stack: StackName) -> Target:
    from botocore.exceptions import ClientError

    cloudformation = _client("cloudformation", region_name=stack.region)
    try:
        (description,) = cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
    except ClientError as error:
        # CloudFormation's answer for a stack that does not exist.
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        where = f"in {cloudformation.meta.region_name} of this AWS account"
        raise OperationError(f"there is no stack '{stack.name}' {where}; deploy it, or say --local") from error
    outputs = {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", ())}
    try:
        names = _Names(
            TableNames.of_stack(outputs),
            outputs["BodiesBucketName"],
            outputs["RedriveQueueUrl"],
            int(outputs["RetentionDays"]),
            int(outputs["AuditRetentionDays"]),
            outputs["ApiUrl"],
        )
    except KeyError as error:
        raise OperationError(
            f"stack '{stack.name}' has no output {error}: it is another application's, or not fully deployed"
        ) from error
    return _target(Stack(stack.name, partial(_client, region_name=stack.region)), names)


@dataclass(frozen=True, slots=True)
class _Names:
    """The parts of a deployment."""

    tables: TableNames
    bodies_bucket: str
    redrive_queue_url: str
    retention_days: int
    audit_retention_days: int
    api_url: str


def _target(stack: Stack, names: _Names) -> Target:
    from event_api.aws.redrive_queue import RedriveQueue
    from event_api.store.body_bucket import BodyBucket
    from event_api.store.deployment import Deployment

    # The clients that only some commands need are made when they do.
    bodies = BodyBucket(cache(partial(stack.client, "s3")), names.bodies_bucket)
    queue = RedriveQueue(cache(partial(stack.client, "sqs")), names.redrive_queue_url)
    stores = Deployment.open(
        stack.client("dynamodb"),
        names.tables,
        bodies,
        names.retention_days,
        audit_retention_days=names.audit_retention_days,
        actor=Actor("eventctl", _user()),
    )
    return Target(stores, queue, names.api_url, stack)


def _user() -> str | None:
    """Return the name of the machine's user, for audit records; None if the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return None


def _client(service: str, *, proxies: dict[str, str] | None = None, **options: Any) -> Any:  # noqa: ANN401  # botocore makes its clients' classes at run time
    from botocore.config import Config
    from botocore.session import Session

    config = Config(
        max_pool_connections=PARALLEL,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        proxies=proxies,  # None: the environment's
    )
    # botocore by itself reads AWS_DEFAULT_REGION only.
    region = options.pop("region_name", None) or os.environ.get("AWS_REGION")
    return Session().create_client(service, region_name=region, config=config, **options)
