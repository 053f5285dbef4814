"""The console in a real browser, on a local run that holds a week of the demo's story."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from event_api.admin import administration
from event_api.domain import times
from event_api.domain.access import Permission, Role
from localrun import fill, story
from tests.e2e.driver import own_local_run

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ROOT = Path(__file__).parents[2]
# What Chromium logs for an answer that a test provokes, or for a view that the token may not have.
EXPECTED = "Failed to load resource"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Console:
    """The address, and what a test opens there."""

    def __init__(self, run, stores, webhooks, urls):
        self.run, self.stores, self.webhooks, self.urls = run, stores, webhooks, urls
        self.api_url, self.token, self.domain_id = (run.demo[name] for name in ("api_url", "token", "domain_id"))
        self.admin = self.new_token(role=Role.ADMIN, name="Ada")

    def new_token(self, **options):
        _, token = administration.create_token(self.stores, domain_id=self.domain_id, **options)
        return token

    def address(self, view="events", token=None, **params):
        to = f"/{view}?{urlencode(params, doseq=True)}"
        return f"{self.api_url}/#token={token or self.token}&to={quote(to, safe='')}"

    def post(self, body, sender="alertmanager"):
        """Let a sender post; a text or bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        fill.post(self.urls[sender], content)

    def event(self, **fields):
        """Post an event in the direct format; return its key."""
        fields = {"event_key": f"test-{os.urandom(6).hex()}", "event_type": "ALERT", "severity": "ERROR"} | fields
        self.post(fields, "pipeline")
        return fields["event_key"]


@pytest.fixture(scope="session")
def console(tmp_path_factory):
    with own_local_run(tmp_path_factory.mktemp("repository")) as run:
        stores = run.endpoint().open_stores()
        webhooks, urls = fill.webhooks(stores, run.demo["api_url"])
        fill.store(stores, webhooks, story.month(times.now(), days=7))
        yield Console(run, stores, webhooks, urls)


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api", reason="run 'make test-browser'")
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "no Chromium: install it, or run tests/browser/install-chromium.sh and set CHROMIUM"
    with sync_api.sync_playwright() as playwright:
        # A container has neither the sandbox's namespaces nor much shared memory.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Open pages of their own contexts, and require of each that it logs no error but those of answers."""
    opened, problems = [], []

    def visit(address=None, *, size=None, scheme="light", **options):
        context = chromium.new_context(
            viewport=size or WIDE, color_scheme=scheme, timezone_id="Europe/Berlin", locale="en-GB", **options
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if _is_problem(message) else None)
        opened.append(context)
        if address:
            page.goto(address)
        return page

    yield visit
    for context in opened:
        context.close()
    assert problems == []


def _is_problem(message):
    return message.type in {"error", "warning"} and EXPECTED not in message.text


@pytest.fixture(scope="session")
def limited_token(console):
    """Return a token that may list only."""
    _, token = administration.create_token(
        console.stores, domain_id=console.domain_id, name="limited", permissions=[Permission.EVENT_LIST]
    )
    return token
