"""The client: one object for a deployment and a token, with the API's resources as its attributes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from event_api_client.models import (
    AlertHistoryEntry,
    AlertInfo,
    AuditInfo,
    CallerInfo,
    DeliveryDetails,
    DeliveryInfo,
    EventInfo,
    NewToken,
    NewWebhook,
    TokenInfo,
    TriedBody,
    WebhookInfo,
)
from event_api_client.records import Countable, Query, Searchable
from event_api_client.transport import Transport

Fields = Any
"""Fields of a request, as the API's reference lists them: any JSON."""


class Client:
    """Access to one deployment with one token; safe to share between threads.

    ``api_url`` is the ``ApiUrl`` of the stack, or what ``make run`` prints. ``attempts`` is how often a request is sent
    at most, ``timeout`` the seconds to wait for each answer. Raises ValueError if the URL is not of http or https.
    """

    def __init__(self, api_url: str, token: str, *, attempts: int = 5, timeout: float = 30.0) -> None:
        self._transport = Transport(api_url, token, attempts=attempts, timeout=timeout)
        self.events = Events(self._transport)
        self.alerts = Alerts(self._transport)
        self.webhooks = Webhooks(self._transport)
        self.tokens = Tokens(self._transport)
        self.deliveries = Deliveries(self._transport)
        self.audit = Audit(self._transport)

    def __repr__(self) -> str:
        """Without the token."""
        return f"Client({self._transport!r})"

    def caller(self) -> CallerInfo:
        """Return whose token this is, and what it permits."""
        return cast("CallerInfo", self._transport.request("GET", "token", reads=True))


class Events(Countable[EventInfo]):
    """Events. They are made by senders, at their webhooks' URLs."""

    one, many = "event", "events"


class Alerts(Countable[AlertInfo]):
    """Alerts, and what people do about them. Changes return the alert as it is afterwards."""

    one, many = "alert", "alerts"

    def create(self, title: str, project_id: str, **fields: Fields) -> AlertInfo:
        """Open an alert by hand; ``fields``: description, assignee, urgency."""
        return self._change("POST", "alerts", body={"title": title, "project_id": project_id, **fields})

    def update(self, alert_id: str, **fields: Fields) -> AlertInfo:
        """Change fields, such as ``state``, ``assignee``, ``status_message``."""
        return self._change("PUT", "alert", alert_id, body=fields)

    def acknowledge(self, alert_id: str) -> AlertInfo:
        """Set the state to ACKNOWLEDGED."""
        return self.update(alert_id, state="ACKNOWLEDGED")

    def resolve(self, alert_id: str) -> AlertInfo:
        """Set the state to RESOLVED."""
        return self.update(alert_id, state="RESOLVED")

    def snooze(self, alert_id: str, end_time: str) -> AlertInfo:
        """Snooze an alert until a time, ISO 8601."""
        return self._change("POST", "alert", alert_id, "snooze", body={"end_time": end_time})

    def merge(self, alerts: list[str], merge_to: str) -> AlertInfo:
        """Merge alerts into another one, and return that."""
        return self._change("POST", "alerts", "merge", body={"alerts": alerts, "merge_to": merge_to})

    def delete(self, alert_id: str) -> None:
        """Delete an alert; its events stay."""
        self._transport.request("DELETE", "alert", alert_id)

    def history(self, alert_id: str) -> list[AlertHistoryEntry]:
        """Return an alert's course, oldest first."""
        answer = self._transport.request("GET", "alert", alert_id, "history", reads=True)
        return cast("list[AlertHistoryEntry]", answer["results"])

    def _change(self, method: str, *path: str, body: Mapping[str, Any]) -> AlertInfo:
        return cast("AlertInfo", self._transport.request(method, *path, body=body))


class Webhooks(Countable[WebhookInfo]):
    """Webhooks: the URLs of senders. Changes return the webhook as it is afterwards."""

    one, many = "webhook", "webhooks"

    def create(self, name: str, project_id: str, **fields: Fields) -> NewWebhook:
        """Make a webhook; ``fields``: plugin_info, tags. Its URL and its key are in this answer only."""
        body = {"name": name, "project_id": project_id, "plugin_info": {}, **fields}
        return cast("NewWebhook", self._transport.request("POST", "webhooks", body=body))

    def update(self, webhook_id: str, **fields: Fields) -> WebhookInfo:
        """Change name or tags."""
        return self._change("PUT", webhook_id, body=fields)

    def update_plugin(self, webhook_id: str, **fields: Fields) -> WebhookInfo:
        """Change how bodies are read: plugin_id, options."""
        return self._change("PUT", webhook_id, "plugin", body=fields)

    def verify_plugin(self, webhook_id: str, **fields: Fields) -> None:
        """Raise ApiError with status 400 for settings that are invalid, or a body that they do not read.

        ``fields``: plugin_info, body, headers.
        """
        self._transport.request("POST", "webhook", webhook_id, "plugin", "verify", body=fields, reads=True)

    def try_body(self, webhook_id: str, body: bytes) -> TriedBody:
        """Return the events that a sender's body would make; nothing is stored."""
        answer = self._transport.request("POST", "webhook", webhook_id, "try", body=body, reads=True)
        return cast("TriedBody", answer)

    def enable(self, webhook_id: str) -> WebhookInfo:
        """Accept deliveries."""
        return self._change("PUT", webhook_id, "enable", body={})

    def disable(self, webhook_id: str) -> WebhookInfo:
        """Refuse deliveries."""
        return self._change("PUT", webhook_id, "disable", body={})

    def rotate(self, webhook_id: str, **fields: Fields) -> NewWebhook:
        """Replace the access key; ``fields``: overlap. The new URL is in this answer only."""
        return cast("NewWebhook", self._transport.request("POST", "webhook", webhook_id, "rotate", body=fields))

    def delete(self, webhook_id: str) -> None:
        """Delete a webhook; its events stay."""
        self._transport.request("DELETE", "webhook", webhook_id)

    def _change(self, method: str, webhook_id: str, *path: str, body: Mapping[str, Any]) -> WebhookInfo:
        return cast("WebhookInfo", self._transport.request(method, "webhook", webhook_id, *path, body=body))


class Tokens(Searchable[TokenInfo]):
    """Tokens, such as the client's own."""

    many = "tokens"

    def create(self, **fields: Fields) -> NewToken:
        """Make a token: name, role or permissions, projects, expires_at. Its secret is in this answer only."""
        return cast("NewToken", self._transport.request("POST", "tokens", body=fields))

    def rotate(self, token_id: str, **fields: Fields) -> NewToken:
        """Replace a token; ``fields``: overlap. The new secret is in this answer only."""
        return cast("NewToken", self._transport.request("POST", "token", token_id, "rotate", body=fields))

    def revoke(self, token_id: str) -> None:
        """Make a token invalid, within a minute."""
        self._transport.request("DELETE", "token", token_id)


class Deliveries(Searchable[DeliveryInfo]):
    """Deliveries: lists have those that are unfinished or unreadable."""

    many = "deliveries"

    def get(self, delivery_id: str) -> DeliveryDetails:
        """Return a delivery with its body and its events."""
        return cast("DeliveryDetails", self._transport.request("GET", "delivery", delivery_id, reads=True))

    def replay(self, delivery_id: str) -> None:
        """Have a delivery's events made again, those that are missing."""
        self._transport.request("POST", "delivery", delivery_id, "replay", body={})

    def discard(self, delivery_id: str) -> None:
        """Let a delivery rest without its events."""
        self._transport.request("POST", "delivery", delivery_id, "discard", body={})

    def _search(self, query: Query, named: Mapping[str, str | list[str]]) -> dict[str, Any]:
        parameters = {**named, "query": json.dumps(query)}
        answer = self._transport.request("GET", "deliveries", query=parameters, reads=True)
        return cast("dict[str, Any]", answer)


class Audit(Searchable[AuditInfo]):
    """Records of changes."""

    many = "audit"
