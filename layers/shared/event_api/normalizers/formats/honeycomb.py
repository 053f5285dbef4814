"""Honeycomb's webhook, for triggers.

Make one event of a trigger that is in alarm or in order again; none of a test.

Source: https://docs.honeycomb.io/integrations/webhooks/ and
https://github.com/honeycombio/examples/tree/main/golang-webhook-listener
"""

from __future__ import annotations

from typing import Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import ALERT, RECOVERY, Declared
from event_api.normalizers.rules import Rule

NAME: Final = "honeycomb"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    Rule(keys=("name", "status", "result_url", "operator")),
    Rule(keys=("version", "name", "status", "summary"), some={"result_groups": ("Group", "Result")}),
)

FORMAT: Final = Declared(
    key=("honeycomb:{id}", "honeycomb:{trigger_url}", "honeycomb:{name}"),
    title=("name", "summary"),
    state=("status",),
    states={"triggered": ALERT, "ok": RECOVERY, "resolved": RECOVERY},
    silent={"is_test": (True,)},
    description=("description", "trigger_description", "summary"),
    rule=("name",),
    resource_name=("dataset_name", "dataset"),
    resource_type=("=dataset",),
    occurred_at=("timestamp",),
    info={
        "status": "status",
        "threshold": "threshold",
        "operator": "operator",
        "groups": "result_groups_triggered",
        "runbook": "trigger_description",
        "url": "trigger_url",
        "result_url": "result_url",
        "environment": "environment",
    },
)
normalize = FORMAT.normalize
