"""A scene that always looks the same: the handlers in this process, at a fixed time, under a font of bars.

``bars.ttf`` has a bar for every character and an empty glyph for spaces, so a picture shows where text is, how long and
in which colour, whichever fonts a machine has, and whichever ids and secrets are in it.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from moto import mock_aws

from event_api import composition
from event_api.domain import ids, times
from event_api.domain.access import Role
from localrun import fill, story
from localrun.demo import DOMAIN_ID
from testkit.gateway import Response
from tests import service

NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
ORIGIN = "https://console.example.com"
_DAYS = 2
_FILES = Path(__file__).parents[2] / "functions/console/files"
_FONT = base64.b64encode((Path(__file__).parent / "bars.ttf").read_bytes()).decode()
_STYLE = f"""
@font-face {{ font-family: Bars; src: url("data:font/ttf;base64,{_FONT}"); }}
*, ::before, ::after {{ font-family: Bars !important; }}
"""


class Scene:
    """What a browser gets: the template's routes, with responses to the same request remembered."""

    def __init__(self, app: service.Service, token: str) -> None:
        self._app, self._token = app, token
        self._app.gateway.verdicts = {}
        self._answers: dict[tuple[str, ...], Response] = {}

    def address(self, view: str, **params: Any) -> str:
        to = f"/{view}?{urlencode(params, doseq=True)}"
        return f"{ORIGIN}/#token={quote(self._token)}&to={quote(to, safe='')}"

    def open(self, context: Any) -> Any:
        """Return a page of a browser's context that gets everything from here; the context bypasses the policy."""
        context.route("**/*", self._answer)
        page = context.new_page()
        page.clock.set_fixed_time(NOW)
        return page

    def _answer(self, route: Any) -> None:
        path, _, query = route.request.url.removeprefix(ORIGIN).partition("?")
        if path.startswith("/monitoring/"):
            found = self._ask(route.request, path, query)
            route.fulfill(status=found.status, headers=found.headers, body=found.text)
        elif path.endswith(".css"):
            route.fulfill(body=(_FILES / Path(path).name).read_text() + _STYLE, content_type="text/css")
        else:
            route.fulfill(path=_FILES / (Path(path).name or "index.html"))

    def _ask(self, request: Any, path: str, query: str) -> Response:
        key = (request.method, path, query, request.post_data or "")
        if key not in self._answers:
            self._answers[key] = self._app.gateway.request(
                request.method, path, request.post_data, query=dict(parse_qsl(query)), headers=request.headers
            )
        return self._answers[key]


@contextmanager
def scene() -> Iterator[Scene]:
    """Build the scene, and undo it in the end."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        numbers = itertools.count(1)
        patch.setattr(times, "now", lambda: NOW)
        # Rows of equal rank are in the order of ids.
        patch.setattr(ids, "new_id", lambda noun: f"{noun}-{next(numbers):024x}")
        app = service.start(patch, None)
        made, _ = fill.webhooks(app.stores, ORIGIN)
        unreadable = story.Post(NOW - timedelta(hours=1), "ups", b'{"half": ')
        posts = [*story.month(NOW, days=_DAYS), unreadable]
        for sender, webhook in made.items():
            fill.store(app.stores, {sender: webhook}, posts)
        yield Scene(app, app.token(domain_id=DOMAIN_ID, role=Role.ADMIN, name="Ada"))
        composition.reset()
