"""The demo: a domain, a project, a webhook and a token that a newcomer pastes right away."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from event_api.admin import administration
from event_api.domain.access import Role
from event_api.domain.errors import EventApiError
from localrun import files
from localrun.errors import LocalRunError

if TYPE_CHECKING:
    from pathlib import Path

    from event_api.store.deployment import Deployment
    from localrun.settings import Settings

DOMAIN_ID = "domain-0de300000001"
PROJECT_ID = "project-0de300000001"
_NAME = "demo"
_REQUEST_SECONDS = 30  # the first request starts the function
_OK = 200

# Reaches every part of creating events without making one: Alertmanager's form, and no alerts in it. Always the same
# delivery, so that starting often stores it once.
_EMPTY_DELIVERY = {
    "version": "4",
    "status": "firing",
    "receiver": "local-run",
    "groupKey": "{}",
    "groupLabels": {},
    "commonLabels": {},
    "commonAnnotations": {},
    "externalURL": "http://localhost",
    "truncatedAlerts": 0,
    "alerts": [],
}
_DELIVERY_ID = "local-run-check"
_COUNT_ONLY = '{"count_only": true}'
_TOKEN = re.compile(r"[\w.-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Demo:
    """The content of ``.local/demo.json``; ``webhook_url`` and ``token`` are secrets."""

    api_url: str
    webhook_url: str
    token: str
    domain_id: str
    project_id: str

    def __repr__(self) -> str:
        """Leave the secrets out."""
        return f"Demo(api_url={self.api_url!r}, domain_id={self.domain_id!r}, project_id={self.project_id!r})"


def set_aside(settings: Settings) -> None:
    """Take the file of the last start away, so that who waits for it waits for this one; `prepare` still reads it."""
    if settings.demo_file.exists():
        settings.demo_file.replace(_last(settings))


def prepare(settings: Settings, stores: Deployment) -> Demo:
    """Return the demo of the last start if it still works, else a new one; every part answered a real request.

    Raises LocalRunError if a new one does not work either.
    """
    last = files.read_json(_last(settings)) or {}
    try:
        webhook_url = _webhook_url(settings, stores, str(last.get("webhook_url")))
        token = _token(settings, stores, str(last.get("token")))
    except (BotoCoreError, ClientError, EventApiError) as error:
        raise LocalRunError(
            f"the demo cannot be stored ({error}); if it goes on, delete {settings.local_dir} to start anew"
        ) from error
    return Demo(settings.url, webhook_url, token, DOMAIN_ID, PROJECT_ID)


def write(settings: Settings, demo: Demo) -> None:
    """Write ``demo.json``."""
    files.write_json(settings.demo_file, asdict(demo))
    _last(settings).unlink(missing_ok=True)


def _last(settings: Settings) -> Path:
    return settings.demo_file.with_suffix(".last.json")


def _webhook_url(settings: Settings, stores: Deployment, last: str) -> str:
    # The port may have changed since; the path is what counts.
    _, found, path = last.partition("/monitoring/")
    if found and _post(url := f"{settings.url}/monitoring/{path}") == _OK:
        return url
    webhook, access_key = administration.create_webhook(stores, domain_id=DOMAIN_ID, project_id=PROJECT_ID, name=_NAME)
    url = f"{settings.url}/monitoring/v1/webhook/{webhook.webhook_id}/{access_key}/events"
    _expect_ok("the demo webhook", _post(url), settings)
    return url


def _token(settings: Settings, stores: Deployment, last: str) -> str:
    if _TOKEN.fullmatch(last) and _list(settings, last) == _OK:
        return last
    # The console shows what its token permits.
    _, token = administration.create_token(stores, domain_id=DOMAIN_ID, name=_NAME, role=Role.ADMIN)
    _expect_ok("the list of the demo's events", _list(settings, token), settings)
    return token


def _expect_ok(what: str, status: int, settings: Settings) -> None:
    if status != _OK:
        raise LocalRunError(f"{what} answers {status} and not {_OK}; {settings.logs_dir} may say why")


def _post(url: str) -> int:
    headers = {"Content-Type": "application/json", "Idempotency-Key": _DELIVERY_ID}
    return _status(urllib.request.Request(url, json.dumps(_EMPTY_DELIVERY).encode(), headers))  # noqa: S310 - our own URL


def _list(settings: Settings, token: str) -> int:
    url = f"{settings.url}/monitoring/v1/events?{urllib.parse.urlencode({'query': _COUNT_ONLY})}"
    return _status(urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"}))  # noqa: S310 - our own URL


def _status(request: urllib.request.Request) -> int:
    # No proxy stands between this process and itself.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_REQUEST_SECONDS) as response:
            status: int = response.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError as error:
        raise LocalRunError(f"the local run does not answer itself: {error}") from error
