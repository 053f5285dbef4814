"""Deploying the stack into the local AWS, and bringing it up to date.

Talks to the services as to AWS, over their endpoint: the same code serves the start and a reload from another process.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from localrun import template as templates
from localrun.aws import REGION, client
from localrun.build import Package, build, check_imports
from localrun.errors import LocalRunError

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackTypeDef


STACK = "event-api"
_CODE_BUCKET = "local-run-code"
_TEMPLATE_KEY = "template.json"
_API_ID = "HttpApi"
_POLL_SECONDS = 0.1
_TIMEOUT_SECONDS = 120
_UPDATABLE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED"})
_BEGINNINGS = frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})
_SUCCEEDED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_NO_CHANGE = "No updates are to be performed"


@dataclass(frozen=True, slots=True)
class Deployment:
    """The stack as it now is: the id of its HTTP API, its outputs by name, and whether this deployment changed it."""

    api_id: str
    outputs: Mapping[str, str]
    changed: bool


def deploy(root: Path, endpoint_url: str) -> Deployment:
    """Build ``template.yaml`` of the repository at ``root`` and bring its stack up to date; return when that is done.

    Raises LocalRunError with the first cause if it fails; an update that fails is rolled back and the code that ran
    before goes on running.
    """
    try:
        return _deploy(root, endpoint_url)
    except (BotoCoreError, ClientError) as error:
        raise LocalRunError(f"the deployment failed: {' '.join(str(error).split())}") from error


def _deploy(root: Path, endpoint_url: str) -> Deployment:
    source = templates.load(root / "template.yaml")
    packages = build(source, root)
    check_imports(source, root)
    _upload(endpoint_url, packages)
    pointed = templates.point_code(source, {p.logical_id: f"s3://{_CODE_BUCKET}/{p.key}" for p in packages})
    body = json.dumps(templates.expand(pointed, REGION), default=str).encode()
    # CloudFormation takes a template of this size only from S3.
    client("s3", endpoint_url).put_object(Bucket=_CODE_BUCKET, Key=_TEMPLATE_KEY, Body=body)
    cloudformation = client("cloudformation", endpoint_url)
    changed = _apply(cloudformation, f"{endpoint_url}/{_CODE_BUCKET}/{_TEMPLATE_KEY}")
    stack = _wait(cloudformation) if changed else _stack(cloudformation)
    if stack is None:
        raise LocalRunError("the deployment failed: the stack was deleted")
    resource = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId=_API_ID)
    return Deployment(
        api_id=resource["StackResourceDetail"]["PhysicalResourceId"],
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        changed=changed,
    )


def _upload(endpoint_url: str, packages: list[Package]) -> None:
    s3 = client("s3", endpoint_url)
    s3.create_bucket(Bucket=_CODE_BUCKET)
    for package in packages:
        s3.put_object(Bucket=_CODE_BUCKET, Key=package.key, Body=package.content)


def _stack(cloudformation: CloudFormationClient) -> StackTypeDef | None:
    try:
        return cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in error.response["Error"]["Message"]:
            return None
        raise


def _apply(cloudformation: CloudFormationClient, template_url: str) -> bool:
    """Start creating or updating the stack; return False if it is up to date already."""
    stack = _stack(cloudformation)
    request: dict[str, Any] = {"StackName": STACK, "TemplateURL": template_url, "Capabilities": ["CAPABILITY_IAM"]}
    try:
        if stack is not None and stack["StackStatus"] in _UPDATABLE:
            cloudformation.update_stack(**request)
            return True
        if stack is not None:
            # A failed creation cannot be updated, here as on AWS.
            cloudformation.delete_stack(StackName=STACK)
            _wait(cloudformation)
        cloudformation.create_stack(**request)
    except ClientError as error:
        message = error.response["Error"]["Message"]
        if _NO_CHANGE in message:
            return False
        raise LocalRunError(f"the deployment is refused: {' '.join(message.split())}") from error
    return True


def _wait(cloudformation: CloudFormationClient) -> StackTypeDef | None:
    """Wait until nothing is in progress; return the stack, or None if it is gone."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while True:
        stack = _stack(cloudformation)
        status = "DELETE_COMPLETE" if stack is None else stack["StackStatus"]
        if status == "DELETE_COMPLETE":
            return None
        if status in _SUCCEEDED:
            return stack
        if not status.endswith("_IN_PROGRESS"):
            raise LocalRunError(f"the deployment failed: {_first_failure(cloudformation)}")
        if time.monotonic() > deadline:
            raise LocalRunError(f"the deployment is still {status} after {_TIMEOUT_SECONDS} seconds")
        time.sleep(_POLL_SECONDS)


def _first_failure(cloudformation: CloudFormationClient) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]  # newest first
    failure = "no reason given"
    for event in events:
        if event["ResourceStatus"].endswith("_FAILED"):
            reason = event.get("ResourceStatusReason", "no reason given")
            failure = f"{event['LogicalResourceId']}: {' '.join(reason.split())}"
        if event["LogicalResourceId"] == STACK and event["ResourceStatus"] in _BEGINNINGS:
            break  # an older line belongs to another deployment
    return failure
