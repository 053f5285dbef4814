"""Argo CD's notifications, with the application's fields by the names of its catalogue.

Make one event of an application's health; none while it is progressing or suspended.

Source: https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/webhook/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "argo-cd"
ALIASES: Final = ("argocd",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("app", "health", "sync")),
    Rule(keys=("app.metadata.name", "app.status.health.status")),
    Rule(keys=("metadata.name", "status.health.status", "status.sync.status"), values={"kind": ("Application",)}),
)

FORMAT: Final = Declared(
    key=(
        "argo-cd:{app.metadata.namespace}/{app.metadata.name}",
        "argo-cd:{metadata.namespace}/{metadata.name}",
        "argo-cd:{app.metadata.name}",
        "argo-cd:{app}",
        "argo-cd:{metadata.name}",
    ),
    title=(
        "message",
        "Application {app.metadata.name}: {app.status.operationState.phase}, {app.status.health.status}",
        "Application {app.metadata.name} is {app.status.health.status}",
        "Application {metadata.name}: {status.operationState.phase}, {status.health.status}",
        "Application {metadata.name} is {status.health.status}",
        "Application {app} is {health}",
    ),
    state=(
        "app.status.operationState.phase",
        "status.operationState.phase",
        "health",
        "app.status.health.status",
        "status.health.status",
        "phase",
    ),
    states={
        "failed": ALERT,
        "error": ALERT,
        "degraded": ALERT,
        "missing": ALERT,
        "unknown": ALERT,
        "healthy": RECOVERY,
        "progressing": None,
        "suspended": None,
        "running": None,
        "terminating": None,
    },
    severity=("severity",),
    description=("app.status.operationState.message", "status.operationState.message", "message"),
    rule=("trigger", "=health"),
    resource_name=("app.metadata.name", "metadata.name", "app"),
    resource_type=("=application",),
    provider=("=kubernetes",),
    occurred_at=("app.status.operationState.finishedAt", "status.operationState.finishedAt", "time", "timestamp"),
    info={"health": "health", "sync": "sync", "revision": "revision", "context": "context", "url": "url"},
)
normalize = FORMAT.normalize
