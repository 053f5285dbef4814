"""How other programs (``eventctl --local``) find the local run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from event_api.domain.access import Actor
from event_api.settings import TableNames
from localrun import aws, files, lock
from localrun.errors import LocalRunError, NotRunningError
from localrun.settings import Settings, from_environment

if TYPE_CHECKING:
    from event_api.store.deployment import Deployment


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running local run.

    ``api_url`` is the base of the API's routes (``/monitoring/v1/...``), ``endpoint_url`` that of the AWS services.
    """

    pid: int
    api_url: str
    endpoint_url: str
    region: str
    tables: TableNames
    bodies_bucket: str
    redrive_queue_url: str
    retention_days: int
    audit_retention_days: int

    def open_stores(self) -> Deployment:
        """Open the local run's stores."""
        # Slow to import, and finding needs none of it.
        from event_api.store.body_bucket import BodyBucket  # noqa: PLC0415
        from event_api.store.deployment import Deployment  # noqa: PLC0415

        bodies = BodyBucket(lambda: aws.client("s3", self.endpoint_url), self.bodies_bucket)
        return Deployment.open(
            aws.client("dynamodb", self.endpoint_url),
            self.tables,
            bodies,
            self.retention_days,
            audit_retention_days=self.audit_retention_days,
            actor=Actor("localrun"),
        )


def of(settings: Settings, outputs: Mapping[str, str]) -> Endpoint:
    """Return the endpoint that this process serves, from its stack's outputs."""
    return Endpoint(
        pid=os.getpid(),
        api_url=settings.url,
        endpoint_url=settings.endpoint_url,
        region=aws.REGION,
        tables=TableNames.of_stack(outputs),
        bodies_bucket=outputs["BodiesBucketName"],
        redrive_queue_url=outputs["RedriveQueueUrl"],
        retention_days=int(outputs["RetentionDays"]),
        audit_retention_days=int(outputs["AuditRetentionDays"]),
    )


def write(settings: Settings, endpoint: Endpoint) -> None:
    """Let other programs find the local run."""
    files.write_json(settings.state_file, asdict(endpoint))


def find(settings: Settings | None = None) -> Endpoint:
    """Return the local run of this repository, or of ``LOCAL_DIR``; NotRunningError where none is ready."""
    settings = settings or from_environment()
    state = files.read_json(settings.state_file)
    if state is None or not lock.is_held(settings.lock_file):
        raise NotRunningError
    try:
        return Endpoint(**(state | {"tables": TableNames(**state["tables"])}))
    except (KeyError, TypeError) as error:
        raise LocalRunError(f"{settings.state_file} is of another version; start 'make run' anew") from error
