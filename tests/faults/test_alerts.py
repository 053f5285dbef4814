"""Each call of the routes that change alerts, struck by each fault: the change is made once, with its records."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from event_api import composition
from event_api.auth import alert_links, credentials
from event_api.domain import times
from event_api.domain.access import Permission, Token
from testkit import stack
from testkit.gateway import Context, Gateway, Response
from tests.faults.effort import ENGINES
from tests.faults.faults import STRIKES, Fault, Reach, Strike
from tests.faults.injection import Call, nothing, planned
from tests.faults.run import Run, quiet
from tests.faults.scenarios import Message
from tests.faults.test_coverage import as_list, name_of
from tests.faults.world import ACCESS_KEY
from tests.samples import bodies

if TYPE_CHECKING:
    from tests.faults.injection import Plan
    from tests.faults.world import World

SECRET = "the-secret-of-all-runs"
ALERTS = "/monitoring/v1/alerts"
FEW = [Strike(Fault.REFUSED, Reach.OUTAGE), Strike(Fault.LOST), Strike(Fault.KILLED), Strike(Fault.KILLED_AFTER)]


@dataclass(frozen=True)
class Change:
    """A request; ``again`` are the statuses of a repetition after one that was made."""

    folder: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    again: tuple[int, ...] = (200,)
    before: tuple[dict[str, Any], ...] = ()
    """Updates that are made before, without faults."""

    def __str__(self) -> str:
        return f"{self.folder} {self.body}"


PLACE = "/monitoring/v1/alert/{0}"
KIM = {"resource_type": "identity.User", "resource_id": "kim"}
CHANGES = [
    Change("update_alert", "PUT", PLACE, {"state": "ACKNOWLEDGED", "assignee": "kim"}),
    Change("update_alert", "PUT", PLACE, {"state": "RESOLVED"}),
    Change("update_alert", "PUT", PLACE, {"state": "TRIGGERED"}, before=({"state": "RESOLVED"},)),
    Change("snooze_alert", "POST", f"{PLACE}/snooze", {"end_time": "2999-01-01T00:00:00Z"}),
    Change("merge_alerts", "POST", f"{ALERTS}/merge", {"alerts": ["{1}"], "merge_to": "{0}"}),
    Change("delete_alert", "DELETE", PLACE, again=(200, 404)),
    Change("add_alert_responder", "POST", f"{PLACE}/responders", KIM),
    Change("remove_alert_responder", "DELETE", f"{PLACE}/responders", KIM),
    Change("add_alert_project_dependency", "POST", f"{PLACE}/project-dependencies", {"project_id": "p"}),
    Change("remove_alert_project_dependency", "DELETE", f"{PLACE}/project-dependency/p"),
    Change("update_alert_state", "POST", f"{PLACE}/{{key}}/ACKNOWLEDGED", again=(200, 400)),
    Change("create_alert", "POST", ALERTS, {"title": "by hand", "project_id": "{project}"}),
]


@pytest.fixture(
    params=[
        pytest.param("ministack", marks=pytest.mark.engine),
        *(pytest.param(one, marks=pytest.mark.faults) for one in ENGINES),
    ],
    scope="module",
)
def engine(request):
    return request.param


@dataclass
class Responder:
    """A person with a token, and a world in which each run has alerts of its own."""

    world: World
    gateway: Gateway
    credential: str
    calls: list[Call] = field(default_factory=list)
    number: int = 0

    @classmethod
    def of(cls, world: World) -> Responder:
        token = Token(
            token_id="token-of-all-runs",
            secret_hash=credentials.hash_secret(SECRET),
            page_key="page-key",
            domain_id=world.webhook.domain_id,
            projects=None,
            permissions=frozenset(Permission),
            created_at=times.now(),
            expires_at=None,
        )
        composition.tokens().add(token)
        gateway = Gateway()
        gateway.verdicts = {}
        found = cls(world, gateway, f"{token.token_id}.{SECRET}")
        assert found.ask("GET", ALERTS).status == 200
        return found

    def ask(self, method: str, path: str, body: Any = None) -> Response:
        return self.gateway.request(method, path, body, token=self.credential)

    def opened(self) -> str:
        self.number += 1
        path = f"/monitoring/v1/webhook/{self.world.webhook.webhook_id}/{ACCESS_KEY}/events"
        key = f"key {self.world.clock.advance(0.001)} {self.number}"
        assert self.gateway.post(path, {**bodies.SEED_LIKE, "event_key": key}).status == 200
        answer = self.ask("POST", f"{ALERTS}/search", {"query": {"filter": [{"k": "event_key", "v": key, "o": "eq"}]}})
        (alert,) = answer.json()["results"]
        return str(alert["alert_id"])

    def play(self, change: Change, plan: Plan = nothing) -> tuple[Any, ...]:
        """Make a change, again if it is not answered well, and return what is there then."""
        ids = [self.opened(), self.opened()] if change.folder == "merge_alerts" else [self.opened()]
        alert_id = ids[0]
        for update in change.before:
            assert self.ask("PUT", PLACE.format(alert_id), update).status == 200
        key = alert_links.access_key(composition.alert_records(), self.world.webhook.domain_id, alert_id)
        if change.folder.startswith("remove"):
            added = next(one for one in CHANGES if one.folder == change.folder.replace("remove", "add"))
            assert self.ask("POST", added.path.format(alert_id), added.body).status == 200
        body = None if change.body is None else {name: self.filled(part, ids) for name, part in change.body.items()}
        known = {item["alert_key"]["S"] for item in self.world.items("AlertsTable")}
        self.world.injector.restart(plan)
        with self.world.injector.invocation(f"functions/{change.folder}") as invocation:
            self.gateway.context = invocation.context
            response = self.ask(change.method, change.path.format(*ids, key=key), body)
        self.gateway.context = Context()
        self.calls = self.world.injector.calls
        self.world.injector.plan = nothing
        if invocation.killed or response.status != 200:
            assert invocation.killed or response.status == 503, response.text
            repeated = self.ask(change.method, change.path.format(*ids, key=key), body)
            assert repeated.status in change.again, repeated.text
        return self.found(ids, known)

    def filled(self, part: Any, ids: list[str]) -> Any:
        if isinstance(part, list):
            return [self.filled(one, ids) for one in part]
        return str(part).format(*ids, project=self.world.webhook.project_id)

    def found(self, ids: list[str], known: set[str]) -> tuple[Any, ...]:
        """The alerts, their histories, and the numbers of audit records and of alerts that are new."""
        answers = [self.ask("GET", PLACE.format(one)) for one in ids]
        alerts = [answer.json() if answer.status == 200 else {} for answer in answers]
        for alert in alerts:
            for name in list(alert):
                if name.endswith("_at") or (name.endswith(("_id", "_key", "_to", "_alerts")) and name != "project_id"):
                    alert[name] = name
        courses = [
            [entry["action"] for entry in self.ask("GET", f"{PLACE.format(one)}/history").json().get("results", ())]
            for one in ids
        ]
        audited = Counter(
            item["action"]["S"] for item in self.world.items("AuditTable") if item["target_id"]["S"] == ids[0]
        )
        new = {item["alert_key"]["S"] for item in self.world.items("AlertsTable")} - known
        return alerts, courses, audited, len([key for key in new if not key.startswith("history-")])


@pytest.fixture(scope="module")
def responder(world):
    with quiet():
        return Responder.of(world)


@pytest.fixture
def strikes(engine):
    return FEW if engine == "ministack" else STRIKES


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_one_fault(world, responder, change, strikes):
    with quiet():
        undisturbed = responder.play(change)
        calls = list(responder.calls)
        for call in calls:
            for strike in strikes:
                outcome = responder.play(change, planned({call.number: strike}))
                if change.folder == "create_alert":
                    # A person whose request was made without an answer makes another alert.
                    assert outcome[3] in {1, 2}
                    continue
                assert outcome == undisturbed, f"{strike} at {call}"
        world.clear()


def test_every_call_that_is_allowed_is_made(world, responder):
    made = set()
    with quiet():
        composition.alerts().next_number(world.webhook.domain_id)  # alerts that people open are numbered, too
        for change in CHANGES:
            responder.play(change)
            made |= {(call.function, *use) for call in responder.calls for use in call.uses}
    assert made == set(allowed())


def allowed():
    folders = {f"functions/{change.folder}" for change in CHANGES}
    for one in stack.template()["Resources"].values():
        if one["Type"].endswith("::Function") and one["Properties"]["CodeUri"] in folders:
            for policy in one["Properties"]["Policies"]:
                for statement in policy["Statement"]:
                    for action in as_list(statement["Action"]):
                        for resource in as_list(statement["Resource"]):
                            yield one["Properties"]["CodeUri"], action, name_of(resource)


def test_an_event_of_an_alert_whose_target_is_over(world, responder, strikes):
    """Whatever fails, the merged alert ends with its target, and its next ALERT opens another one."""
    with quiet():
        calls = ended_with_its_target(world, responder, nothing)
        assert "end_merged" in str([call.site for call in calls])
        for call in calls:
            for strike in strikes:
                ended_with_its_target(world, responder, planned({call.number: strike}))
        world.clear()


def ended_with_its_target(world, responder, plan):
    merged, target = responder.opened(), responder.opened()
    key = responder.ask("GET", PLACE.format(merged)).json()["event_key"]
    body = {"alerts": [merged], "merge_to": target}
    assert responder.ask("POST", f"{ALERTS}/merge", body).status == 200
    assert responder.ask("PUT", PLACE.format(target), {"state": "RESOLVED"}).status == 200
    world.injector.restart(plan)
    run = Run(world)
    assert run.send(Message(json.dumps({**bodies.SEED_LIKE, "event_key": key}).encode()))
    calls = list(world.injector.calls)
    world.injector.plan = nothing
    run.redrive()
    assert run.wrong == []
    assert responder.ask("GET", PLACE.format(merged)).json()["state"] == "RESOLVED"
    of_key = {"query": {"filter": [{"k": "event_key", "v": key, "o": "eq"}]}}
    (newer,) = responder.ask("POST", f"{ALERTS}/search", of_key).json()["results"]
    assert newer["state"] == "TRIGGERED"
    return calls
