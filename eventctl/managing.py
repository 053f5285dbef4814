"""The two ways to manage a domain: with AWS credentials, or with a token through the API.

Both answer the same fields, so that the commands do not distinguish them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import click

from event_api.admin import administration, preview, views
from event_api.admin.deliveries import EVENT_FIELDS as FIELDS_OF_DELIVERY
from event_api.admin.deliveries import events_of_delivery, unreadable_deliveries, why_unreadable
from event_api.admin.kinds import TOKEN, token_row
from event_api.domain import times
from event_api.domain.access import Permission, Role, Scope
from event_api.domain.alert import AlertState
from event_api.domain.errors import NotFoundError
from event_api.domain.fields import EVENT_FIELDS
from event_api.domain.webhook import RecoveryMode, Signing, WebhookState
from event_api.json_types import JsonObject
from eventctl.events import events_of_alert, events_of_domain
from eventctl.views import of_alert, of_alert_info

if TYPE_CHECKING:
    from event_api_client import Client

    from eventctl.target import Target

# ruff: noqa: D102  # what a method does is said by the protocol

FIELDS_OF_ALERT = ("event_id", "event_type", "severity", "created_at", "title")
"""Fields of an alert's events."""


class RotatedToken(NamedTuple):
    """The new token's fields and credential, and whether and until when the old one is valid."""

    fields: JsonObject
    credential: str
    is_old_valid: bool
    old_expires_at: str | None


class WebhookSettings(NamedTuple):
    """The settings of a new webhook; None is the default."""

    format: str | None
    mapping: JsonObject | None
    duplicate_event_time: int
    recovery_mode: RecoveryMode
    rate_limit: int | None


class Manager(Protocol):
    """Manages a domain. ``domain`` is None for the token's own."""

    def create_webhook(
        self, domain: str | None, project: str, name: str, settings: WebhookSettings
    ) -> tuple[JsonObject, str]:
        """Return a new webhook's fields and its URL."""

    def rotate_webhook(self, webhook_id: str, overlap: timedelta) -> tuple[JsonObject, str]:
        """Return a webhook's fields and its new URL."""

    def webhooks(self, domain: str | None) -> list[JsonObject]:
        """Return the fields of a domain's webhooks, by id."""

    def set_webhook_state(self, webhook_id: str, state: WebhookState) -> None:
        """Enable or disable a webhook."""

    def set_rate_limit(self, webhook_id: str, rate_limit: int | None) -> None:
        """Limit a webhook's deliveries."""

    def set_format(self, webhook_id: str, name: str | None, mapping: JsonObject | None) -> None:
        """Set a webhook's format or mapping."""

    def set_signing(self, webhook_id: str, signing: Signing | None, *, keep: bool = False) -> JsonObject:
        """Set how a webhook's sender signs; return the webhook's fields."""

    def try_body(
        self,
        webhook_id: str,
        content: bytes,
        headers: Mapping[str, str],
        instead: tuple[str | None, JsonObject | None] | None,
    ) -> JsonObject:
        """Return the events that a body would make; ``instead``: another format and mapping than the webhook's."""

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook."""

    def create_token(
        self,
        domain: str | None,
        *,
        projects: Collection[str],
        role: str | None,
        permissions: Collection[str],
        expires_at: datetime | None,
        name: str | None,
    ) -> tuple[JsonObject, str]:
        """Return a new token's fields and its credential."""

    def rotate_token(self, token_id: str, overlap: timedelta) -> RotatedToken:
        """Replace a token."""

    def tokens(self, domain: str | None) -> list[JsonObject]:
        """Return the fields of a domain's tokens, by id."""

    def revoke_token(self, token_id: str) -> None:
        """Revoke a token."""

    def alerts(self, domain: str | None, state: str | None) -> list[JsonObject]:
        """Return the fields of a domain's alerts, newest first."""

    def alert(self, alert_id: str) -> tuple[JsonObject, list[JsonObject]]:
        """Return an alert's fields and its events."""

    def deliveries(
        self, domain: str | None, *, unfinished: bool, unreadable: bool, since: datetime | None
    ) -> Iterator[JsonObject]:
        """Yield the deliveries that need a look."""

    def delivery(self, delivery_id: str, domain: str | None) -> tuple[JsonObject, list[JsonObject], bytes]:
        """Return a delivery's fields, its events and its body."""

    def replay(self, deliveries: Collection[tuple[str, str]]) -> int:
        """Have deliveries read again, by (id, domain); return their number."""

    def events(
        self, domain: str | None, projects: Collection[str], since: datetime | None, until: datetime | None
    ) -> Iterator[JsonObject]:
        """Yield a domain's events whole, oldest first."""


class Operator:
    """Manages any domain of a deployment, with access to its tables."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._stores = target.stores

    def create_webhook(
        self, domain: str | None, project: str, name: str, settings: WebhookSettings
    ) -> tuple[JsonObject, str]:
        created, access_key = administration.create_webhook(
            self._stores, domain_id=_given(domain), project_id=project, name=name, **settings._asdict()
        )
        url = self._target.webhook_url(created.webhook_id, access_key)
        return views.of_webhook(created, created.created_at), url

    def rotate_webhook(self, webhook_id: str, overlap: timedelta) -> tuple[JsonObject, str]:
        rotated, access_key = administration.rotate_access_key(self._stores, webhook_id, overlap)
        return views.of_webhook(rotated, times.now()), self._target.webhook_url(webhook_id, access_key)

    def webhooks(self, domain: str | None) -> list[JsonObject]:
        now = times.now()
        return [views.of_webhook(one, now) for one in self._stores.webhooks.of_domain(_given(domain))]

    def set_webhook_state(self, webhook_id: str, state: WebhookState) -> None:
        administration.set_webhook_state(self._stores, webhook_id, state)

    def set_rate_limit(self, webhook_id: str, rate_limit: int | None) -> None:
        administration.set_rate_limit(self._stores, webhook_id, rate_limit)

    def set_format(self, webhook_id: str, name: str | None, mapping: JsonObject | None) -> None:
        administration.set_format(self._stores, webhook_id, name, mapping)

    def set_signing(self, webhook_id: str, signing: Signing | None, *, keep: bool = False) -> JsonObject:
        changed = administration.set_signing(self._stores, webhook_id, signing, keep_secrets=keep)
        return views.of_webhook(changed, times.now())

    def try_body(
        self,
        webhook_id: str,
        content: bytes,
        headers: Mapping[str, str],
        instead: tuple[str | None, JsonObject | None] | None,
    ) -> JsonObject:
        found = self._stores.webhooks.get(webhook_id)
        if found is None:
            raise NotFoundError("webhook_id", webhook_id)
        if instead is not None:
            name, mapping = instead
            administration.check_format(name, mapping)
            found = replace(found, format=name, mapping=mapping)
        return preview.events_of(found, content, headers)

    def delete_webhook(self, webhook_id: str) -> None:
        administration.delete_webhook(self._stores, webhook_id)

    def create_token(
        self,
        domain: str | None,
        *,
        projects: Collection[str],
        role: str | None,
        permissions: Collection[str],
        expires_at: datetime | None,
        name: str | None,
    ) -> tuple[JsonObject, str]:
        created, credential = administration.create_token(
            self._stores,
            domain_id=_given(domain),
            projects=projects or None,
            role=None if role is None else Role(role),
            permissions=[Permission(permission) for permission in permissions],
            expires_at=expires_at,
            name=name,
        )
        return token_row(created, created.created_at), credential

    def rotate_token(self, token_id: str, overlap: timedelta) -> RotatedToken:
        new, old, credential = administration.rotate_token(self._stores, token_id, overlap)
        replaced = token_row(old, new.created_at)
        expires_at = cast("str | None", replaced["expires_at"])
        return RotatedToken(token_row(new, new.created_at), credential, replaced["state"] == "VALID", expires_at)

    def tokens(self, domain: str | None) -> list[JsonObject]:
        now = times.now()
        return [token_row(one, now) for one in self._stores.tokens.of_domain(_given(domain))]

    def revoke_token(self, token_id: str) -> None:
        administration.revoke_token(self._stores, token_id)

    def alerts(self, domain: str | None, state: str | None) -> list[JsonObject]:
        wanted = None if state is None else AlertState(state)
        return [of_alert(one) for one in self._stores.alerts.of_domain(_given(domain), wanted, times.now())]

    def alert(self, alert_id: str) -> tuple[JsonObject, list[JsonObject]]:
        now = times.now()
        found = self._stores.alerts.get(alert_id, now)
        if found is None:
            raise NotFoundError("alert_id", alert_id)
        return of_alert(found), events_of_alert(self._stores, found.domain_id, alert_id, FIELDS_OF_ALERT, now)

    def deliveries(
        self, domain: str | None, *, unfinished: bool, unreadable: bool, since: datetime | None
    ) -> Iterator[JsonObject]:
        if unfinished:
            for pending in self._stores.deliveries.unfinished(since=since):
                if domain in {None, pending.domain_id}:
                    yield views.of_pending(pending)
        if unreadable:
            scope, now = Scope(_given(domain)), times.now()
            reader = self._stores.reader(scope, now)
            for event in unreadable_deliveries(reader, self._stores.events, scope, now, since=since):
                yield views.of_unreadable(event, scope.domain_id)

    def delivery(self, delivery_id: str, domain: str | None) -> tuple[JsonObject, list[JsonObject], bytes]:
        scope, now = Scope(_given(domain)), times.now()
        found = self._stores.events.delivery(delivery_id, scope.domain_id)
        if found is None:
            raise NotFoundError("delivery_id", delivery_id)
        unread = why_unreadable(self._stores.events, scope, delivery_id, now)
        events = events_of_delivery(self._stores.reader(scope, now), scope, delivery_id, FIELDS_OF_DELIVERY, now)
        return {**views.of_delivery(found), "unread_because": unread}, events, found.body.content

    def replay(self, deliveries: Collection[tuple[str, str]]) -> int:
        from event_api.aws.redrive_queue import QueuedDelivery  # noqa: PLC0415  # it loads botocore

        missing = [one for one, domain in deliveries if self._stores.events.delivery(one, domain) is None]
        if missing:
            raise NotFoundError("delivery_id", missing[0])
        return administration.replay(self._stores, self._target.queue, [QueuedDelivery(*one) for one in deliveries])

    def events(
        self, domain: str | None, projects: Collection[str], since: datetime | None, until: datetime | None
    ) -> Iterator[JsonObject]:
        return events_of_domain(self._stores, _given(domain), projects, times.now(), since=since, until=until)


def _given(domain: str | None) -> str:
    if domain is None:
        raise click.UsageError("Missing option '--domain'.")
    return domain


class Remote:
    """Manages the domain of a token through the API."""

    def __init__(self, client: Client, api_url: str) -> None:
        self._client = client
        self._api_url = api_url.rstrip("/")

    def _check(self, domain: str | None) -> None:
        if domain is not None and (own := self._client.caller()["domain_id"]) != domain:
            raise click.UsageError(f"The token belongs to the domain '{own}'.")

    def create_webhook(
        self, domain: str | None, project: str, name: str, settings: WebhookSettings
    ) -> tuple[JsonObject, str]:
        self._check(domain)
        options = {
            "mapping": settings.mapping,
            "duplicate_event_time": settings.duplicate_event_time,
            "recovery_mode": settings.recovery_mode.value,
            "rate_limit": settings.rate_limit,
        }
        plugin = {"plugin_id": settings.format, "options": options}
        if settings.mapping is not None and settings.format is None:
            del plugin["plugin_id"]
        return self._with_url(self._client.webhooks.create(name, project, plugin_info=plugin))

    def rotate_webhook(self, webhook_id: str, overlap: timedelta) -> tuple[JsonObject, str]:
        return self._with_url(self._client.webhooks.rotate(webhook_id, overlap=int(overlap.total_seconds())))

    def _with_url(self, made: Mapping[str, Any]) -> tuple[JsonObject, str]:
        return views.flat_webhook({**made}), f"{self._api_url}{made['webhook_url']}"

    def webhooks(self, domain: str | None) -> list[JsonObject]:
        self._check(domain)
        found = self._client.webhooks.search({"sort": {"key": "webhook_id"}})
        return [views.flat_webhook(cast("JsonObject", info)) for info in found]

    def set_webhook_state(self, webhook_id: str, state: WebhookState) -> None:
        change = self._client.webhooks.enable if state is WebhookState.ENABLED else self._client.webhooks.disable
        change(webhook_id)

    def set_rate_limit(self, webhook_id: str, rate_limit: int | None) -> None:
        self._client.webhooks.update_plugin(webhook_id, options={"rate_limit": rate_limit})

    def set_format(self, webhook_id: str, name: str | None, mapping: JsonObject | None) -> None:
        if mapping is not None:
            self._client.webhooks.update_plugin(webhook_id, options={"mapping": mapping})
        else:
            self._client.webhooks.update_plugin(webhook_id, plugin_id=name, options={"mapping": None})

    def set_signing(self, webhook_id: str, signing: Signing | None, *, keep: bool = False) -> JsonObject:
        options = None
        if signing is not None:
            options = {
                "scheme": signing.scheme,
                "secrets": [*signing.secrets],
                "keep_secrets": keep,
                "required": signing.required,
                "topics": [*signing.topics],
                "header": signing.header,
                "timestamp_header": signing.timestamp_header,
                "window": signing.window,
            }
        changed = self._client.webhooks.update_plugin(webhook_id, options={"signing": options})
        return views.flat_webhook(cast("JsonObject", changed))

    def try_body(
        self,
        webhook_id: str,
        content: bytes,
        headers: Mapping[str, str],
        instead: tuple[str | None, JsonObject | None] | None,
    ) -> JsonObject:
        if headers or instead is not None:
            raise click.UsageError("With --api a body is tried by the webhook's own settings, as JSON.")
        return cast("JsonObject", self._client.webhooks.try_body(webhook_id, content))

    def delete_webhook(self, webhook_id: str) -> None:
        self._client.webhooks.delete(webhook_id)

    def create_token(
        self,
        domain: str | None,
        *,
        projects: Collection[str],
        role: str | None,
        permissions: Collection[str],
        expires_at: datetime | None,
        name: str | None,
    ) -> tuple[JsonObject, str]:
        self._check(domain)
        fields: dict[str, Any] = {
            "name": name,
            "role": role,
            "permissions": [Permission(permission).value for permission in permissions],
            "projects": [*projects] or None,
            "expires_at": None if expires_at is None else times.to_iso(expires_at),
        }
        made = self._client.tokens.create(**{field: value for field, value in fields.items() if value is not None})
        return _token_fields(made), made["token"]

    def rotate_token(self, token_id: str, overlap: timedelta) -> RotatedToken:
        new = self._client.tokens.rotate(token_id, overlap=int(overlap.total_seconds()))
        expires_at = new.get("old_token_expires_at")
        is_valid = expires_at is None or expires_at > times.to_iso(times.now())
        return RotatedToken(_token_fields(new), new["token"], is_valid, expires_at)

    def tokens(self, domain: str | None) -> list[JsonObject]:
        self._check(domain)
        return [_token_fields(info) for info in self._client.tokens.search({"sort": {"key": "token_id"}})]

    def revoke_token(self, token_id: str) -> None:
        self._client.tokens.revoke(token_id)

    def alerts(self, domain: str | None, state: str | None) -> list[JsonObject]:
        self._check(domain)
        named: dict[str, Any] = {} if state is None else {"state": state}
        return [of_alert_info(info) for info in self._client.alerts.search(**named)]

    def alert(self, alert_id: str) -> tuple[JsonObject, list[JsonObject]]:
        found = of_alert_info(self._client.alerts.get(alert_id))
        query = {"sort": {"key": "created_at"}, "only": [*FIELDS_OF_ALERT]}
        events = self._client.events.search(query, alert_id=alert_id)
        return found, [_filled(event, FIELDS_OF_ALERT) for event in events]

    def deliveries(
        self, domain: str | None, *, unfinished: bool, unreadable: bool, since: datetime | None
    ) -> Iterator[JsonObject]:
        self._check(domain)
        states = [*(["OPEN", "QUEUED"] * unfinished), *(["UNREADABLE"] * unreadable)]
        earliest: dict[str, Any] = {} if since is None else {"since": times.to_iso(since)}
        query: dict[str, Any] = {"sort": {"key": "created_at"}}
        if since is not None:
            condition = {"key": "created_at", "value": times.to_iso(since), "operator": "datetime_gte"}
            query["filter"] = [condition]
        for info in self._client.deliveries.search(query, state=states, **earliest):
            row = cast("JsonObject", info)
            fields = ("delivery_id", "domain_id", "project_id", "webhook_id", "state")
            unread = row.get("unread_because")
            yield {**_filled(row, fields), "received_at": row["created_at"], "unread_because": unread}

    def delivery(self, delivery_id: str, domain: str | None) -> tuple[JsonObject, list[JsonObject], bytes]:
        import base64  # noqa: PLC0415  # for this command only

        self._check(domain)
        found = self._client.deliveries.get(delivery_id)
        body = found["body"]
        content = base64.b64decode(body) if found["body_encoding"] == "base64" else body.encode()
        fields = ("delivery_id", "domain_id", "project_id", "webhook_id", "state", "received_at", "request_id")
        events = [_filled(event, FIELDS_OF_DELIVERY) for event in found["events"]]
        return _filled(found, (*fields, "bytes", "headers", "unread_because")), events, content

    def replay(self, deliveries: Collection[tuple[str, str]]) -> int:
        for delivery_id, _ in deliveries:
            self._client.deliveries.replay(delivery_id)
        return len(deliveries)

    def events(
        self, domain: str | None, projects: Collection[str], since: datetime | None, until: datetime | None
    ) -> Iterator[JsonObject]:
        self._check(domain)
        bounds = {"datetime_gte": since, "datetime_lt": until}
        conditions = [
            {"key": "created_at", "value": times.to_iso(moment), "operator": operator}
            for operator, moment in bounds.items()
            if moment is not None
        ]
        named: dict[str, Any] = {"project_id": [*projects]} if projects else {}
        for event in self._client.events.search({"sort": {"key": "created_at"}, "filter": conditions}, **named):
            yield _filled(event, EVENT_FIELDS)


def _token_fields(info: Mapping[str, Any]) -> JsonObject:
    return _filled(info, TOKEN.fields)


def _filled(info: Mapping[str, Any], fields: Collection[str]) -> JsonObject:
    """Return some fields of an answer, with null for those that it lacks."""
    return {field: info.get(field) for field in fields}
