"""Proxmox VE's (and Backup Server's) webhook target, with the template that we recommend.

Make one event of a notification; the success of a repeated job ends the alert of its failure.

Source: https://pve.proxmox.com/pve-docs/chapter-notifications.html#notification_targets_webhook
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "proxmox-ve"
ALIASES: Final = ("proxmox", "proxmox-backup-server")
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(keys=("title", "message", "severity", "fields.hostname", "fields.type")),
    Rule(keys=("title", "message", "severity", "timestamp", "fields.type")),
)

FORMAT: Final = Declared(
    key=(
        "proxmox-ve:{fields.hostname}:{fields.type}:{fields.job-id}",
        "proxmox-ve:{fields.hostname}:{fields.type}:{fields.datastore}",
        "proxmox-ve:{fields.hostname}:{fields.type}",
    ),
    title=("title", "message"),
    state=("{fields.type}/{severity}",),
    states={
        "vzdump/info": RECOVERY,
        "replication/info": RECOVERY,
        "gc/info": RECOVERY,
        "prune/info": RECOVERY,
        "sync/info": RECOVERY,
        "verification/info": RECOVERY,
        "verify/info": RECOVERY,
        "tape-backup/info": RECOVERY,
    },
    severity=("severity",),
    severities={
        "error": Severity.ERROR,
        "warning": Severity.WARNING,
        "notice": Severity.INFO,
        "info": Severity.INFO,
        "unknown": Severity.NONE,
    },
    description=("message",),
    rule=("fields.type",),
    resource_name=("fields.hostname",),
    resource_type=("=node",),
    occurred_at=("timestamp",),
    info={"type": "fields.type", "job": "fields.job-id", "severity": "severity"},
)
normalize = FORMAT.normalize
