"""Kubernetes events, as the event exporters of resmoio, opsgenie and others post them.

Make one event of a warning; none of an event of the type Normal, which reports no fault.

Source: https://github.com/resmoio/kubernetes-event-exporter and
https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "kubernetes-events"
ALIASES: Final = ("kubernetes-event-exporter",)
KEY_SCOPE: Final = KeyScope.WEBHOOK
RULES: Final = (
    Rule(
        keys=("involvedObject.kind", "involvedObject.name", "reason", "message"), values={"type": ("Warning", "Normal")}
    ),
    Rule(keys=("regarding.kind", "regarding.name", "reason", "note"), values={"type": ("Warning", "Normal")}),
)

FORMAT: Final = Declared(
    key=(
        "kubernetes:{clusterName}:{involvedObject.kind}/{involvedObject.namespace}/{involvedObject.name}:{reason}",
        "kubernetes:{involvedObject.kind}/{involvedObject.namespace}/{involvedObject.name}:{reason}",
        "kubernetes:{involvedObject.kind}/{involvedObject.name}:{reason}",
        "kubernetes:{regarding.kind}/{regarding.namespace}/{regarding.name}:{reason}",
        "kubernetes:{regarding.kind}/{regarding.name}:{reason}",
    ),
    title=("message", "note", "{reason}: {involvedObject.name}"),
    state=("type",),
    states={"warning": ALERT, "normal": None},
    severity=("type",),
    severities={"warning": Severity.WARNING},
    description=("message", "note"),
    rule=("reason",),
    resource_id=(
        "{involvedObject.namespace}/{involvedObject.name}",
        "{regarding.namespace}/{regarding.name}",
    ),
    resource_name=("involvedObject.name", "regarding.name"),
    resource_type=("involvedObject.kind", "regarding.kind"),
    provider=("=kubernetes",),
    occurred_at=("lastTimestamp", "eventTime", "firstTimestamp", "metadata.creationTimestamp"),
    info={
        "reason": "reason",
        "count": "count",
        "namespace": "involvedObject.namespace",
        "cluster": "clusterName",
        "component": "source.component",
        "node": "source.host",
    },
)
normalize = FORMAT.normalize
