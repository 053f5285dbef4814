"""Nothing that the service or its operator's command writes holds a secret, whatever is posted, asked or broken.

A run does everything once. Of it there are: what was logged at DEBUG by anybody, what was printed, metrics included,
all answers, the exceptions that a handler let out as Lambda would print them, and every object that our code had in its
hands.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import io
import json
import logging
import pkgutil
import re
import sys
import traceback
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum

import click
import pytest
from aws_lambda_powertools.logging.logger import set_package_logger
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from pydantic import BaseModel

import event_api
from event_api import composition, telemetry
from event_api.admin import administration
from event_api.auth import alert_links, credentials
from event_api.auth.tokens import Principal
from event_api.aws.authorizer import to_context
from event_api.domain.errors import UnavailableError
from event_api.domain.webhook import Signing, WebhookState
from eventctl.cli import cli
from testkit import stack
from tests.api.eventctl_runner import Eventctl
from tests.samples import bodies
from tests.service import DOMAIN, PROJECT, FakeQueue, metadata

pytestmark = pytest.mark.filterwarnings("ignore:POWERTOOLS_DE")
LOGGER = "test-of-secrets"
NOT_OURS = ("moto", "responses", "werkzeug", "urllib3.util", "hypothesis", "asyncio")
"""Loggers of AWS's stand-ins, in this process."""

BODY_SECRET = "hunter2-of-the-sender"
"""Secrets that a sender has in a body, or in a header that is not ours."""


@pytest.fixture
def engine():
    return "moto"


class Secrets(dict[str, str]):
    """Every secret of a run, by its kind."""

    def of_webhook(self, name, key):
        self[f"{name}: access key"] = key
        self[f"{name}: its hash"] = credentials.hash_secret(key)

    def of_token(self, name, credential, stores):
        token_id, _, secret = credential.partition(".")
        self[f"{name}: token"] = credential
        self[f"{name}: its secret"] = secret
        self[f"{name}: its hash"] = credentials.hash_secret(secret)
        self[f"{name}: page key"] = stores.tokens.get(token_id).page_key

    def in_(self, text):
        return [name for name, secret in self.items() if secret in text]


# --- the run ----------------------------------------------------------------------------------------------------------


class Run:
    """The service, and all that it did."""

    def __init__(self, app, monkeypatch):
        self.app, self.monkeypatch = app, monkeypatch
        self.secrets = Secrets()
        self.answers = []
        self.raised = []
        self.webhook, self.path = self._webhook("webhook")
        self.disabled, self.disabled_path = self._webhook("disabled webhook")
        administration.set_webhook_state(app.stores, self.disabled.webhook_id, WebhookState.DISABLED)
        self.deleted, self.deleted_path = self._webhook("deleted webhook")
        self.rotated, self.old_path = self._webhook("rotated webhook")
        _, key = administration.rotate_access_key(app.stores, self.rotated.webhook_id, timedelta(hours=1))
        self.secrets.of_webhook("rotated webhook, new", key)
        self.signed, self.signed_path = self._webhook("signed webhook")
        self.secrets["signed webhook: shared secret"] = "shared-with-the-sender-and-nobody-else"
        shared = (self.secrets["signed webhook: shared secret"],)
        administration.set_signing(app.stores, self.signed.webhook_id, Signing("github", shared))
        self.token = self._token("token")
        self.limited = self._token("limited token", projects=[PROJECT])
        self.revoked = self._token("revoked token")
        administration.revoke_token(app.stores, self.revoked.partition(".")[0])
        self.secrets["wrong key"] = "wrong-key-of-somebody-else"
        self.secrets["wrong token"] = "secret-of-no-token-at-all"

    def _webhook(self, name):
        webhook, path = self.app.webhook(name=name)
        self.secrets.of_webhook(name, path.split("/")[-2])
        return webhook, path

    def _token(self, name, **options):
        credential = self.app.token(**options)
        self.secrets.of_token(name, credential, self.app.stores)
        return credential

    @property
    def delivery_id(self):
        """Of the delivery whose body holds the webhook's URL."""
        return self.answers[1].headers["x-delivery-id"]

    @property
    def key(self):
        return self.path.split("/")[-2]

    def everything(self):
        self.create()
        self.read()
        self.process()
        self.break_things()
        self.work()
        self.lose_tables()

    def post(self, path, body, headers=None, **options):
        foreign = {"X-Api-Key": BODY_SECRET, "Cookie": f"session={BODY_SECRET}"}
        answer = self.app.gateway.post(path, body, headers=foreign | (headers or {}), **options)
        self.answers.append(answer)
        return answer.status

    def ask(self, path, *, token=None, **options):
        method = "POST" if "body" in options else "GET"
        answer = self.app.gateway.request(method, path, options.pop("body", None), token=token, **options)
        self.answers.append(answer)
        return answer

    def body(self, **fields):
        return bodies.direct(description=BODY_SECRET, additional_info={"password": BODY_SECRET}, **fields)

    def create(self):
        short = self.path.rsplit("/", 2)[0] + "/events"
        problem = {"Accept": "application/problem+json"}
        wrong = self.secrets["wrong key"]
        assert self.post(self.path, self.body()) == 200
        assert self.post(self.path, self.body(url=f"https://api.example{self.path}")) == 200
        assert self.post(short, self.body(), {"Authorization": f"Bearer {self.key}"}) == 200
        assert self.post(short, self.body(), {"Authorization": f"Basic {self.key}"}) == 403
        assert self.post(short, self.body()) == 403
        assert self.post(short.replace("/events", f"/{wrong}/events"), self.body()) == 403
        assert self.post(f"/monitoring/v1/webhook/{self.key}/{wrong}/events", self.body(), problem) == 403
        assert self.post(self.disabled_path, self.body()) == 400
        assert self.post(self.disabled_path, self.body(), problem) == 400
        assert self.post(self.old_path, self.body()) == 200
        assert self.post(self.signed_path, self.body()) == 401
        assert self.post(self.signed_path, self.body(), {"X-Hub-Signature-256": "sha256=00"} | problem) == 401
        for _ in range(2):
            assert self.post(self.path, self.body(), {"Idempotency-Key": "once"}) == 200
        for unreadable in (f"{{{BODY_SECRET}", b"\xff" + BODY_SECRET.encode(), [BODY_SECRET], "", "[" * 5000):
            assert self.post(self.path, unreadable) == 200
        assert self.post(self.path, {"access_key": self.key, "data": self.body()}) == 200
        assert self.post(self.path, BODY_SECRET * 120_000) == 413
        assert self.post(self.path, BODY_SECRET * 120_000, problem) == 413
        assert self.post(self.path, {"receiver": BODY_SECRET, "alerts": [BODY_SECRET]}) == 200
        many = [bodies.alert(number) for number in range(6)]
        assert self.post(self.path, bodies.alertmanager(*many)) == 200

    def read(self):
        search, stat = "/monitoring/v1/events/search", "/monitoring/v1/events/stat"
        for token in (self.token, self.limited):
            page = self.ask(search, token=token, body={"query": {"page": {"limit": 1}, "explain": True}}).json()
            following = {"query": {"page": {"limit": 1, "token": page["next_token"]}, "explain": True}}
            assert self.ask(search, token=token, body=following).status == 200
            event_id = page["results"][0]["event_id"]
            assert self.ask(f"/monitoring/v1/event/{event_id}", token=token).status == 200
            assert self.ask("/monitoring/v1/events", token=token, query={"severity": "ERROR"}).status == 200
            by_key = {"group": {"keys": [{"key": "event_key", "name": "key"}]}}
            assert (
                self.ask(stat, token=token, body={"query": {"aggregate": [by_key], "page": {"limit": 1}}}).status == 200
            )
            for accept in ("*/*", "application/problem+json"):
                headers = {"Accept": accept}
                for request in ({"nonsense": 1}, {"query": {"page": {"token": "x"}}}, {"domain_id": "another"}, "{"):
                    assert self.ask(search, token=token, body=request, headers=headers).status in {400, 403}
                assert self.ask(stat, token=token, body={"query": {}}, headers=headers).status == 400
                assert self.ask("/monitoring/v1/event/event-0", token=token, headers=headers).status == 404
        wrong = f"{self.token.partition('.')[0]}.{self.secrets['wrong token']}"
        for refused in (wrong, self.revoked, self.secrets["wrong token"], self.token + "x", f"token-0.{wrong}"):
            assert self.ask(search, token=refused, body={}).status == 403

    def process(self):
        """Follow the links of notifications: the right one, a wrong one, and one whose alert is processed."""
        (alert, *_) = self.ask("/monitoring/v1/alerts", token=self.token, query={"state": "TRIGGERED"}).json()[
            "results"
        ]
        records, place = composition.alert_records(), f"/monitoring/v1/alert/{alert['alert_id']}"
        self.secrets["alert: access key"] = key = alert_links.access_key(records, DOMAIN, alert["alert_id"])
        self.secrets["alert: secret of its domain"] = records.link_secret(DOMAIN) or ""
        assert self.post(f"{place}/{self.secrets['wrong key']}/ACKNOWLEDGED", "") == 403
        assert self.post(f"{place}/{key}/{key}", "") == 400
        for status in (200, 400):
            assert self.post(f"{place}/{key}/ACKNOWLEDGED", "") == status
        with self._failing(composition, "alert_records", RuntimeError(" ".join(self.secrets.values()))):
            assert self.post(f"{place}/{key}/ACKNOWLEDGED", "") == 500

    def break_things(self):
        quoting = f"{' '.join(self.secrets.values())} {BODY_SECRET}"
        stores = (type(self.app.stores.deliveries), type(self.app.stores.events), type(self.app.stores.alerts))
        for error in (
            RuntimeError(quoting),
            ClientError(
                {"Error": {"Code": "ValidationException", "Message": quoting}, "ResponseMetadata": metadata(400)},
                "PutItem",
            ),
            UnavailableError("busy"),
            KeyError(quoting),
        ):
            for broken in ("webhooks", "event_reader", "ingest", "events"):
                with self._failing(composition, broken, error):
                    self.post(self.path, self.body())
                    self.ask("/monitoring/v1/events", token=self.token)
                    self.ask("/monitoring/v1/event/event-0", token=self.token)
            for store, method in zip(stores, ("add", "add", "newest"), strict=True):
                with self._failing(store, method, error):
                    assert self.post(self.path, self.body()) in {200, 500, 503}
                    with self._failing(FakeQueue, "add", error):
                        assert self.post(self.path, self.body()) in {200, 500, 503}

    def work(self):
        """Give the worker the queued messages: it fails, then succeeds; and a message that is not ours."""
        assert self.app.queue.messages
        with self._failing(type(self.app.stores.events), "add", RuntimeError(BODY_SECRET + self.key)):
            assert self.app.redrive()["batchItemFailures"]
        self.post(self.deleted_path, self.body())
        administration.delete_webhook(self.app.stores, self.deleted.webhook_id)
        assert self.app.redrive()["batchItemFailures"] == []
        assert self.app.sweep() == 0
        strange = [
            {"messageId": str(n), "body": body} for n, body in enumerate((BODY_SECRET, f'"{self.key}"', "{}", ""))
        ]
        answer = stack.handler("functions/redrive_delivery")({"Records": strange}, self.app.gateway.context)
        assert len(answer["batchItemFailures"]) == 4

    def lose_tables(self):
        """The errors that a broken deployment lets out of the handlers, authorizer included."""
        client = self.app.stores.events._table._client
        for table in stack.TABLES.values():
            client.delete_table(TableName=table)
        assert self.post(self.path, self.body()) == 500
        headers = {"authorization": f"Bearer {self.token}"}
        for code_uri in ("functions/authorizer", "functions/redrive_delivery"):
            try:
                stack.handler(code_uri)({"headers": headers, "body": BODY_SECRET}, self.app.gateway.context)
            except Exception as error:  # noqa: BLE001  # whatever it is, Lambda prints it
                self.raised += traceback.format_exception(error)
        assert self.raised

    @contextmanager
    def _failing(self, owner, name, error):
        def fail(*_arguments, **_options):
            raise error

        with self.monkeypatch.context() as patch:
            patch.setattr(owner, name, fail)
            yield


@pytest.fixture
def run(app, monkeypatch):
    """A run about to begin, with every switch on that adds to the logs."""
    # Not POWERTOOLS_DEV, which turns metrics off.
    for name in ("POWERTOOLS_DEBUG", "POWERTOOLS_LOGGER_LOG_EVENT"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", LOGGER)
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    # A logger of this test's own: one made earlier writes to where an earlier test's output went.
    telemetry.logger.cache_clear()
    yield Run(app, monkeypatch)
    telemetry.logger.cache_clear()


def test_nothing_that_is_written_or_answered_holds_a_secret(run, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    powertools = io.StringIO()
    set_package_logger(stream=powertools)
    capfd.readouterr()
    run.everything()

    ours = [record for record in caplog.records if not record.name.startswith(NOT_OURS)]
    logged = "".join(f"{record.getMessage()} {record.__dict__!r}" for record in ours)
    printed = "".join(capfd.readouterr())
    for expected in (
        "refused",
        "failed",
        "ClientError",
        "DeliveriesQueued",
        "DeliveriesUnreadable",
        "DeliveriesRedriven",
    ):
        assert expected in printed, "what is searched is what was written"
    assert LOGGER in {record.name for record in ours}
    for written in (logged, printed, powertools.getvalue(), "".join(run.raised)):
        assert run.secrets.in_(written) == []
        assert BODY_SECRET not in written
    assert {answer.status for answer in run.answers} == {200, 400, 401, 403, 404, 413, 500, 503}
    for answer in run.answers:
        assert run.secrets.in_(answer.text + repr(answer.headers)) == []
        assert answer.status == 200 or BODY_SECRET not in answer.text


def test_botocore_s_debug_log_cannot_be_turned_on(run, caplog):
    """It would print senders' bodies, hashes and page keys; so says the control, which turns it on by force."""

    def of_botocore():
        return "".join(record.getMessage() for record in caplog.records if record.name.startswith("botocore"))

    caplog.set_level(logging.DEBUG)
    run.ask("/monitoring/v1/events", token=run.token)
    assert of_botocore() == ""
    with caplog.at_level(logging.DEBUG, logger="botocore"):
        run.ask("/monitoring/v1/events", token=run.token)
    assert run.secrets["token: its hash"] in of_botocore()


def test_no_function_of_the_template_logs_at_another_level_than_ours():
    """Lambda's own log levels would set the root logger's; without one, the JSON format sets it to INFO."""
    for name, resource in stack.template()["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            assert set(resource["Properties"]["LoggingConfig"]) == {"LogGroup", "LogFormat"}, name


# --- objects ----------------------------------------------------------------------------------------------------------


def own_types():
    """Every type of event_api."""
    for module in pkgutil.walk_packages(event_api.__path__, "event_api."):
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if found.__module__ == module.name:
                yield found


def is_own(value):
    kind = type(value)
    return kind.__module__.split(".")[0] == "event_api" and not isinstance(value, Enum | type)


class Seen:
    """Every object of ours that our functions return, or have in a variable when they do."""

    def __init__(self):
        self.objects = {}

    def __call__(self, frame, event, argument):
        if event == "return" and frame.f_globals.get("__name__", "").startswith("event_api"):
            for value in (argument, *frame.f_locals.values()):
                if is_own(value):
                    self.objects.setdefault(id(value), value)


def inside(value, depth=6):
    """The texts that an object holds, itself or in its members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif depth:
        if isinstance(value, dict):
            parts = [*value, *value.values()]
        elif isinstance(value, list | tuple | set | frozenset):
            parts = list(value)
        elif dataclasses.is_dataclass(value):
            parts = [getattr(value, field.name, None) for field in dataclasses.fields(value)]
        elif is_own(value):
            parts = [*getattr(value, "__dict__", {}).values(), *getattr(value, "args", ())]
        else:
            parts = []
        for part in parts:
            yield from inside(part, depth - 1)


def test_no_object_that_holds_a_secret_shows_it(run, monkeypatch):
    seen = Seen()
    call = vars(BaseClient)["_make_api_call"]

    def unseen(*arguments):
        """None of our functions runs within a call of AWS; to look at all of moto's takes longest."""
        profile = sys.getprofile()
        sys.setprofile(None)
        try:
            return call(*arguments)
        finally:
            sys.setprofile(profile)

    monkeypatch.setattr(BaseClient, "_make_api_call", unseen)
    sys.setprofile(seen)
    try:
        run.everything()
    finally:
        sys.setprofile(None)
    holding = set()
    for value in seen.objects.values():
        if run.secrets.in_("\n".join(inside(value))):
            holding.add(type(value).__name__)
        shown = f"{value!r} {value!s}"
        assert run.secrets.in_(shown) == [], type(value)
        if isinstance(value, Exception):
            assert BODY_SECRET not in shown, type(value)
    # Those that are known to; if one is missing here, the search is blind.
    assert holding >= {"Webhook", "Signing", "Token", "Principal", "Request", "PageTokens"}


SECRET_FIELD = re.compile(r"secret|hash|page_key|access_key|authoriz|headers|content$|token$|credential|password")


def test_no_field_that_is_called_a_secret_is_shown():
    """Of every dataclass and model there is, whether a run meets it or not."""
    checked = set()
    for kind in own_types():
        if dataclasses.is_dataclass(kind):
            shown = {field.name: field.repr for field in dataclasses.fields(kind)}
        elif issubclass(kind, BaseModel):
            shown = {name: field.repr for name, field in kind.model_fields.items()}
        else:
            continue
        for name, is_shown in shown.items():
            if SECRET_FIELD.search(name) and (kind.__name__, name) not in HARMLESS:
                assert not is_shown, f"{kind.__name__}.{name} needs repr=False, or a line in HARMLESS"
                checked.add(f"{kind.__name__}.{name}")
    assert checked >= {
        "Webhook.key_hashes",
        "Token.secret_hash",
        "Token.page_key",
        "Principal.page_key",
        "Request.headers",
    }


HARMLESS = {
    ("Page", "token"),  # a page token: of use to its bearer token only
    ("Partition", "hash_key"),  # the name of an attribute
    ("Response", "headers"),  # ours
    ("StaticAnswer", "headers"),  # of the console's files
    ("Source", "headers"),  # names of headers
    ("Rule", "headers"),
    ("TableNames", "tokens"),
}


# --- the operator's command -------------------------------------------------------------------------------------------


def commands(group=cli, path=()):
    """Every command of eventctl, as its words."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


SHOWING = {("webhook", "create"), ("webhook", "rotate"), ("token", "create"), ("token", "rotate")}
"""The commands that show a secret: the new one, once."""


def arguments(run, folder):
    """How each command is called; those that show a secret are not here."""
    alert_id = next(iter(run.app.stores.alerts.of_domain(DOMAIN, None, run.webhook.created_at))).alert_id
    exported = str(folder / "events.jsonl")
    tried, secret = str(folder / "body.json"), str(folder / "secret")
    (folder / "body.json").write_text(json.dumps(bodies.direct()))
    (folder / "secret").write_text(run.secrets["signed webhook: shared secret"])
    return {
        ("webhook", "list"): ["--domain", DOMAIN],
        ("webhook", "disable"): [run.webhook.webhook_id],
        ("webhook", "enable"): [run.webhook.webhook_id],
        ("webhook", "limit"): [run.webhook.webhook_id, "600"],
        ("webhook", "format"): [run.webhook.webhook_id, "direct"],
        ("webhook", "try"): [run.webhook.webhook_id, tried],
        ("webhook", "sign"): [run.webhook.webhook_id, "--scheme", "github", "--secret-file", secret, "--keep"],
        ("webhook", "unsign"): [run.webhook.webhook_id],
        ("webhook", "delete"): [run.deleted.webhook_id],
        ("token", "list"): ["--domain", DOMAIN],
        ("token", "revoke"): [run.token],  # the whole of it, as a hurried operator does
        ("alert", "list"): ["--domain", DOMAIN],
        ("alert", "show"): [alert_id],
        ("alert", "link"): [alert_id],  # of this alert only, and derived anew each time
        ("alert", "index"): ["--domain", DOMAIN],
        ("delivery", "list"): ["--unfinished", "--unreadable", "--domain", DOMAIN],
        ("delivery", "show"): [run.delivery_id, "--domain", DOMAIN],
        ("delivery", "replay"): [run.delivery_id, "--domain", DOMAIN],
        ("export",): ["--domain", DOMAIN, exported],
        ("import",): [exported],
        ("doctor",): ["--no-canary"],  # the canary's secrets: test_doctor.py
        ("restore",): ["webhooks", "--from", "WebhooksTable"],
        ("domain", "count"): [DOMAIN],
        ("domain", "number-alerts"): [DOMAIN],
        ("domain", "delete"): ["domain-without-anything", "--yes"],
    }


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_eventctl_shows_a_secret_once_and_only_to_who_makes_it(run, monkeypatch, tmp_path, form):
    run.create()
    eventctl = Eventctl.on(run.app, monkeypatch)
    others = arguments(run, tmp_path)
    assert set(others) | SHOWING == set(commands()), "a new command needs its line here"

    project = ["--domain", DOMAIN, "--project", PROJECT, "--name", "n"]
    made = {
        ("webhook", "create"): project,
        ("webhook", "rotate"): [run.webhook.webhook_id],
        ("token", "create"): ["--domain", DOMAIN],
        ("token", "rotate"): [run.limited.partition(".")[0]],
    }
    assert set(made) == SHOWING
    for command, options in made.items():
        result = eventctl.run(*form, *command, *options)
        assert result.exit_code == 0
        shown = new_secret(result.stdout)
        assert result.stdout.count(shown) == 1
        assert shown not in result.stderr
        assert credentials.hash_secret(shown) not in result.output
        run.secrets[" ".join(command)] = shown

    for command, options in others.items():
        for arguments_ in (options, [*options, "--nonsense"], [f"{option}-no-such" for option in options]):
            result = eventctl.run(*form, *command, *arguments_)
            assert run.secrets.in_(result.output) == [], command
        assert eventctl.run(*command, "--help").exit_code == 0
    again = eventctl.run(*form, "webhook", "list", "--domain", DOMAIN)
    assert run.secrets.in_(again.output) == []


def new_secret(stdout):
    """The secret in a command's output: the last of the URL or of the token, bare or in JSON."""
    answer = json.loads(stdout) if stdout.startswith("{") else {}
    shown = answer.get("webhook_url") or answer.get("token") or stdout.strip()
    return shown.split("/")[-2] if shown.startswith("http") else shown.partition(".")[2]


def test_the_token_s_secret_goes_no_further_than_the_authorizer(app):
    """API Gateway's cached context has the page key and nothing of the bearer token's secret."""
    credential = app.token()
    verdict = stack.handler("functions/authorizer")({"headers": {"Authorization": f"Bearer {credential}"}}, None)
    assert (
        verdict["context"].keys()
        == to_context(Principal.of(app.stores.tokens.get(credential.partition(".")[0]))).keys()
    )
    assert credential.partition(".")[2] not in json.dumps(verdict)
    assert credentials.hash_secret(credential.partition(".")[2]) not in json.dumps(verdict)
