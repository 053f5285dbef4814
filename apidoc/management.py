"""The routes that manage webhooks, tokens and deliveries: their requests, answers and examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from apidoc.answers import NEXT_TOKEN, TIME, as_object, reference, said
from apidoc.examples import ACCESS_KEY, DOMAIN_ID, EVENT_INFO, PROJECT_ID, WEBHOOK_ID, shown
from apidoc.get_requests import GetWebhookRequest, TryWebhookRequest
from apidoc.jsonschema import Schema
from apidoc.operations import (
    GATEWAY_ALWAYS,
    GATEWAY_BODY,
    GATEWAY_PATH,
    GATEWAY_TOKEN,
    GZIP_HEADERS,
    JSON,
    PAGES,
    QUERYING,
    READING,
    STATISTICS,
    Operation,
)
from event_api.admin.domain_request import DomainRequest
from event_api.admin.kinds import AUDIT, DELIVERY, TOKEN, WEBHOOK
from event_api.admin.list_requests import AuditQuery, DeliveryQuery, TokenQuery, WebhookQuery
from event_api.admin.requests import CreateTokenRequest, RotateRequest
from event_api.admin.webhook_requests import (
    CreateWebhookRequest,
    UpdatePluginRequest,
    UpdateWebhookRequest,
    VerifyPluginRequest,
)
from event_api.domain.access import Permission, Role
from event_api.domain.errors import (
    JsonFormatError,
    NotFoundError,
    PayloadTooLargeError,
    RequiredParameterError,
)
from event_api.domain.fields import EVENT, Kind
from event_api.domain.webhook import RecoveryMode, WebhookState
from event_api.json_types import JsonObject
from event_api.reads.statistics.requests import RecordStatQuery

TOKEN_ID = "token-b1b2c3d4e5f60718293a4b5c"  # noqa: S105  # an id
DELIVERY_ID = "delivery-2c26b46b68ffc68ff99b453c"
AUDIT_ID = "audit-7d865e959b2466918c9863af"
_CREATED_AT = "2026-03-02T09:15:05.218Z"

_text: Schema = {"type": "string"}
_texts: Schema = {"type": "array", "items": {"type": "string"}}
_count: Schema = {"type": "integer", "minimum": 0}


def _enum(description: str, values: Any) -> Schema:  # noqa: ANN401  # an enumeration, or texts
    return said(description, type="string", enum=[str(value) for value in values])


def _many(description: str, items: Schema) -> Schema:
    """Return the schema of an array, of which `unwind` leaves one element."""
    return said(description, anyOf=[{"type": "array", "items": items}, items])


_WEBHOOK_FIELDS: Schema = {
    "webhook_id": said("The webhook's id.", **_text),
    "name": said("Name, in lists and in events that report failures.", **_text),
    "state": _enum("A DISABLED webhook refuses deliveries.", WebhookState),
    "plugin_info": {**reference("WebhookPlugin"), "description": "The sender's format and the options."},
    "tags": said("Whatever its owners note with it.", type="object"),
    "project_id": said("Project of the webhook's events.", **_text),
    "domain_id": said("Domain of the webhook's events.", **_text),
    "created_at": said("When it was created.", **TIME),
    "old_keys_until": _many("When each old access key ends that is still valid.", TIME),
}
_TOKEN_FIELDS: Schema = {
    "token_id": said("The token's id: the part of the token before the dot.", **_text),
    "name": said("Its name.", **_text),
    "state": _enum("Whether it is accepted.", ("VALID", "EXPIRED", "REVOKED")),
    "role": _enum("Its role; absent without one.", Role),
    "permissions": _many("All that it permits, those of its role included.", _enum("", Permission)),
    "projects": _many("The only projects that it may see; absent for all of the domain.", _text),
    "domain_id": said("Its domain.", **_text),
    "created_at": said("When it was created.", **TIME),
    "expires_at": said("When it expires.", **TIME),
    "rotated_to": said("Id of the token that took its place.", **_text),
}
_NEW_TOKEN = said("The secret, to be sent as `Authorization: Bearer`. It is shown only now.", **_text)


def _page(name: str, plural: str) -> Schema:
    return as_object(
        f"A page of {plural}, or all that match.",
        {
            "results": said("In the requested order.", type="array", items=reference(name)),
            "total_count": said("Total number of matches; absent with `count: false`.", **_count),
            "next_token": NEXT_TOKEN,
            "explain": {**reference("Explain"), "description": "How they were read, if the request asked for it."},
        },
        ("results",),
    )


SCHEMAS: Mapping[str, Schema] = {
    "Done": {"type": "object", "description": "Empty: it is done.", "maxProperties": 0},
    "WebhookInfo": as_object("A webhook, without its access key. A field without a value is absent.", _WEBHOOK_FIELDS),
    "NewWebhook": as_object(
        "A webhook with a new access key, which is shown only now.",
        {
            **_WEBHOOK_FIELDS,
            "access_key": said("The access key: a secret.", **_text),
            "webhook_url": said("Path to which the sender posts. It holds the access key.", **_text),
        },
        ("webhook_id", "access_key", "webhook_url"),
    ),
    "WebhookPlugin": as_object(
        "The sender's format, and how deliveries are read and joined.",
        {
            "plugin_id": said("Name of the format; absent if the format of each delivery is detected.", **_text),
            "options": as_object(
                "The options.",
                {
                    "duplicate_event_time": said(
                        "Seconds after which an ALERT of the same key opens a new alert.", **_count
                    ),
                    "recovery_mode": _enum("Whether a RECOVERY resolves its alert.", RecoveryMode),
                    "rate_limit": said(
                        "Deliveries a minute; 0 is any number, absent what the deployment says.", **_count
                    ),
                    "mapping": said("How a format of one's own is read.", type="object"),
                    "signing": as_object(
                        "How the sender signs; absent if no signatures are checked.",
                        {
                            "scheme": said("Name of the scheme.", **_text),
                            "required": said("Whether unsigned deliveries are refused.", type="boolean"),
                            "secrets": said("Number of secrets that are valid.", **_count),
                            "topics": said("The only topics of Amazon SNS that are accepted.", **_texts),
                            "header": said("Header of the signature.", **_text),
                            "timestamp_header": said("Header of the signed time.", **_text),
                            "window": said("Seconds for which a signed time is valid.", **_count),
                        },
                        ("scheme", "required", "secrets"),
                    ),
                },
            ),
        },
        ("options",),
    ),
    "WebhooksInfo": _page("WebhookInfo", "webhooks"),
    "TriedBody": as_object(
        "The events that a body would make.",
        {
            "format": said("Format in which it was read; null if it could not be.", type=["string", "null"]),
            "events": said("The events, as they would be stored.", type="array", items=reference("EventInfo")),
            "total_count": said("Number of events.", **_count),
        },
        ("format", "events", "total_count"),
    ),
    "TokenInfo": as_object("A token, without its secret. A field without a value is absent.", _TOKEN_FIELDS),
    "NewToken": as_object(
        "A new token with its secret, which is shown only now.",
        {
            **_TOKEN_FIELDS,
            "token": _NEW_TOKEN,
            "old_token_expires_at": said("When the replaced token ends, after a rotation.", **TIME),
        },
        ("token_id", "token"),
    ),
    "TokensInfo": _page("TokenInfo", "tokens"),
    "CallerInfo": as_object(
        "The caller and its permissions.",
        {
            "actor_id": said("Id of the token, or of an identity of another system.", **_text),
            "actor_name": said("Its name, if it has one.", **_text),
            "domain_id": said("Its domain.", **_text),
            "projects": said("The only projects that it may see; absent for all of the domain.", **_texts),
            "permissions": said("All that it permits.", type="array", items=_enum("", Permission)),
        },
        ("actor_id", "domain_id", "permissions"),
    ),
    "DeliveryInfo": as_object(
        "A delivery that needs a look.",
        {
            "delivery_id": said("The delivery's id.", **_text),
            "state": _enum(
                "OPEN and QUEUED: its events are not all stored. UNREADABLE: no format could read it.",
                ("OPEN", "QUEUED", "UNREADABLE"),
            ),
            "unread_because": said("Why it could not be read.", **_text),
            "webhook_id": said("The webhook that it came to.", **_text),
            "project_id": said("Project of the webhook.", **_text),
            "domain_id": said("Domain of the webhook.", **_text),
            "created_at": said("When it was received.", **TIME),
        },
    ),
    "DeliveriesInfo": _page("DeliveryInfo", "deliveries"),
    "DeliveryDetails": as_object(
        "A delivery with its body and its events.",
        {
            "delivery_id": said("The delivery's id.", **_text),
            "state": _enum("Whether all of its events are stored.", ("FINISHED", "UNFINISHED")),
            "unread_because": said("Why it could not be read, if it could not.", **_text),
            "webhook_id": said("The webhook that it came to.", **_text),
            "project_id": said("Project of the webhook.", **_text),
            "domain_id": said("Domain of the webhook.", **_text),
            "received_at": said("When it was received.", **TIME),
            "request_id": said("API Gateway's id of the request, as in the logs.", **_text),
            "bytes": said("Size of the body.", **_count),
            "headers": said("The headers that formats read.", type="object", additionalProperties=_text),
            "body": said("The body, as it is stored: without compression and access key.", **_text),
            "body_encoding": _enum("How `body` is written; as base64 if it is not text.", ("text", "base64")),
            "events": said(
                "The events that it was made into.",
                type="array",
                items=as_object(
                    "An event's main fields.",
                    {
                        name: said(f"The event's {name}.", **_text)
                        for name in ("event_id", "event_type", "severity", "alert_id", "title")
                    },
                ),
            ),
        },
        ("delivery_id", "state", "body", "body_encoding", "events"),
    ),
    "AuditInfo": as_object(
        "A change: its actor, its time and its object, without secrets.",
        {
            "audit_id": said("The record's id.", **_text),
            "action": said("Resource and action, such as `webhook.rotate`.", **_text),
            "target_id": said("Id of the object that was changed.", **_text),
            "actor_id": said("Id of the token that made the change, or `eventctl`.", **_text),
            "actor_name": said("Name of the token, or of the operator's user.", **_text),
            "details": said("The object's new values.", type="object"),
            "projects": _many("Projects of the object; absent if it is the whole domain's.", _text),
            "domain_id": said("Domain of the object.", **_text),
            "request_id": said("API Gateway's id of the request, as in the logs.", **_text),
            "created_at": said("When the change was made.", **TIME),
        },
    ),
    "AuditsInfo": _page("AuditInfo", "audit records"),
}

_WEBHOOK: JsonObject = {
    "webhook_id": WEBHOOK_ID,
    "name": "Alertmanager of the shop",
    "state": "ENABLED",
    "plugin_info": {
        "plugin_id": "prometheus-alertmanager",
        "options": {"duplicate_event_time": 600, "recovery_mode": "AUTO"},
    },
    "tags": {"team": "shop"},
    "project_id": PROJECT_ID,
    "domain_id": DOMAIN_ID,
    "created_at": _CREATED_AT,
}
_TOKEN: JsonObject = {
    "token_id": TOKEN_ID,
    "name": "ci",
    "state": "VALID",
    "role": "reader",
    "permissions": [*sorted(Role.READER.permissions)],
    "domain_id": DOMAIN_ID,
    "created_at": _CREATED_AT,
    "expires_at": "2027-03-02T09:15:05.218Z",
}
_DELIVERY: JsonObject = {
    "delivery_id": DELIVERY_ID,
    "state": "UNREADABLE",
    "unread_because": "the body is not JSON",
    "webhook_id": WEBHOOK_ID,
    "project_id": PROJECT_ID,
    "domain_id": DOMAIN_ID,
    "created_at": _CREATED_AT,
}
_DETAILS: JsonObject = {
    "delivery_id": DELIVERY_ID,
    "domain_id": DOMAIN_ID,
    "project_id": PROJECT_ID,
    "webhook_id": WEBHOOK_ID,
    "state": "FINISHED",
    "received_at": _CREATED_AT,
    "bytes": 17,
    "headers": {},
    "events": [{name: EVENT_INFO[name] for name in ("event_id", "event_type", "severity", "alert_id", "title")}],
    "body": '{"title": "disk"}',
    "body_encoding": "text",
}
_AUDIT: JsonObject = {
    "audit_id": AUDIT_ID,
    "action": "webhook.disable",
    "target_id": WEBHOOK_ID,
    "actor_id": TOKEN_ID,
    "actor_name": "ci",
    "details": {"state": "DISABLED"},
    "projects": [PROJECT_ID],
    "domain_id": DOMAIN_ID,
    "request_id": "JKJaXmPLvHcESHA=",
    "created_at": _CREATED_AT,
}
_TRIED: JsonObject = {name: value for name, value in EVENT_INFO.items() if name not in {"event_id", "raw_data"}}
_DONE = shown(done=("It is done", {}))
_NOTHING = shown(nothing=("Without anything", {}))
_OVERLAP = shown(overlap=("With an hour for the change", {"overlap": 3600}))
_NEW_WEBHOOK = shown(
    webhook=(
        "The webhook, and its URL",
        {
            **_WEBHOOK,
            "access_key": ACCESS_KEY,
            "webhook_url": f"/monitoring/v1/webhook/{WEBHOOK_ID}/{ACCESS_KEY}/events",
        },
    )
)
_NEW_TOKEN_EXAMPLE = shown(token=("The token, and its secret", {**_TOKEN, "token": f"{TOKEN_ID}.{ACCESS_KEY}"}))
_CHANGING = (*READING, JsonFormatError, RequiredParameterError)
_ONE = (*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_ALWAYS)
_ONE_BODY = (*GATEWAY_TOKEN, *GATEWAY_PATH, *GATEWAY_BODY, *GATEWAY_ALWAYS)
_MANY_BODY = (*GATEWAY_TOKEN, *GATEWAY_BODY, *GATEWAY_ALWAYS)


def _body(model: type[BaseModel], examples: Schema) -> Mapping[str, Schema]:
    return {JSON: {"schema": reference(model.__name__), "examples": examples}}


def _listing(name: str, kind: Kind, query: type[BaseModel], answer: str, results: JsonObject) -> dict[str, Operation]:
    """Return the two forms of list."""
    listed = shown(page=("All of them", {"results": [results], "total_count": 1}))
    shared: dict[str, Any] = {"tag": "manage", "description": PAGES, "answer": answer, "kind": kind}
    shared |= {"examples": listed, "errors": QUERYING}
    searches = shown(
        all=("All of them", {}),
        newest=("The newest ten", {"query": {"page": {"limit": 10}, "count": False}}),
    )
    return {
        "GET": Operation(
            operation_id=f"list_{name}",
            way="asked by parameters",
            parameters=query,
            gateway=(*GATEWAY_TOKEN, *GATEWAY_ALWAYS),
            **shared,
        ),
        "POST": Operation(
            operation_id=f"search_{name}",
            way="asked by an object",
            bodies=_body(query, searches),
            gateway=_MANY_BODY,
            **shared,
        ),
    }


def _change(
    operation_id: str,
    model: type[BaseModel],
    requests: Schema,
    answer: str = "WebhookInfo",
    examples: Schema | None = None,
    *,
    one: bool = True,
    required: bool = False,
) -> Operation:
    return Operation(
        operation_id=operation_id,
        tag="manage",
        bodies=_body(model, requests),
        body_required=required,
        answer=answer,
        examples=shown(webhook=("The changed webhook", _WEBHOOK)) if examples is None else examples,
        errors=(*_CHANGING, NotFoundError) if one else _CHANGING,
        gateway=_ONE_BODY if one else _MANY_BODY,
    )


def _deletion(operation_id: str) -> Operation:
    return Operation(
        operation_id=operation_id,
        tag="manage",
        parameters=DomainRequest,
        answer="Done",
        examples=_DONE,
        errors=(*READING, NotFoundError),
        gateway=_ONE,
    )


_WEBHOOKS = _listing("webhooks", WEBHOOK, WebhookQuery, "WebhooksInfo", _WEBHOOK)
_TOKENS = _listing("tokens", TOKEN, TokenQuery, "TokensInfo", _TOKEN)
_AUDITS = _listing("audit_records", AUDIT, AuditQuery, "AuditsInfo", _AUDIT)
_V1 = "/monitoring/v1"
_ONE_WEBHOOK = f"{_V1}/webhook/{{webhook_id}}"
_ONE_DELIVERY = f"{_V1}/delivery/{{delivery_id}}"

OPERATIONS: Mapping[str, Operation] = {
    f"GET {_V1}/token": Operation(
        operation_id="get_caller",
        tag="manage",
        answer="CallerInfo",
        examples=shown(
            caller=(
                "A reader",
                {"actor_id": TOKEN_ID, "domain_id": DOMAIN_ID, "permissions": [*sorted(Role.READER.permissions)]},
            )
        ),
        errors=READING,
        gateway=(*GATEWAY_TOKEN, *GATEWAY_ALWAYS),
    ),
    f"POST {_V1}/tokens": _change(
        "create_token",
        CreateTokenRequest,
        shown(
            reader=("A reader of one project", {"name": "ci", "role": "reader", "projects": [PROJECT_ID]}),
            single=("Single permissions", {"permissions": ["event.list"]}),
        ),
        "NewToken",
        _NEW_TOKEN_EXAMPLE,
        one=False,
    ),
    f"GET {_V1}/tokens": _TOKENS["GET"],
    f"POST {_V1}/tokens/search": _TOKENS["POST"],
    f"POST {_V1}/token/{{token_id}}/rotate": _change(
        "rotate_token", RotateRequest, _OVERLAP, "NewToken", _NEW_TOKEN_EXAMPLE
    ),
    f"DELETE {_V1}/token/{{token_id}}": _deletion("revoke_token"),
    f"POST {_V1}/webhooks": _change(
        "create_webhook",
        CreateWebhookRequest,
        shown(
            detected=("Any sender", {"name": "alerts", "project_id": PROJECT_ID}),
            format=(
                "A sender's format, with options",
                {
                    "name": "Alertmanager of the shop",
                    "project_id": PROJECT_ID,
                    "plugin_info": {"plugin_id": "prometheus-alertmanager", "options": {"rate_limit": 600}},
                    "tags": {"team": "shop"},
                },
            ),
        ),
        "NewWebhook",
        _NEW_WEBHOOK,
        one=False,
        required=True,
    ),
    f"GET {_V1}/webhooks": _WEBHOOKS["GET"],
    f"POST {_V1}/webhooks/search": _WEBHOOKS["POST"],
    f"POST {_V1}/webhooks/stat": Operation(
        operation_id="stat_webhooks",
        tag="manage",
        kind=WEBHOOK,
        description=STATISTICS,
        bodies={
            JSON: {
                "schema": reference("WebhookStatQuery"),
                "examples": shown(states=("The states that there are", {"query": {"distinct": "state"}})),
            }
        },
        body_required=True,
        answer="StatInfo",
        examples=shown(values=("With distinct", {"results": ["DISABLED", "ENABLED"]})),
        errors=QUERYING,
        gateway=_MANY_BODY,
    ),
    f"GET {_ONE_WEBHOOK}": Operation(
        operation_id="get_webhook",
        tag="manage",
        kind=WEBHOOK,
        parameters=GetWebhookRequest,
        answer="WebhookInfo",
        examples=shown(webhook=("A webhook", _WEBHOOK)),
        errors=(*READING, NotFoundError),
        gateway=_ONE,
    ),
    f"PUT {_ONE_WEBHOOK}": _change(
        "update_webhook", UpdateWebhookRequest, shown(name=("Another name", {"name": "alerts of the shop"}))
    ),
    f"DELETE {_ONE_WEBHOOK}": _deletion("delete_webhook"),
    f"PUT {_ONE_WEBHOOK}/plugin": _change(
        "update_webhook_plugin",
        UpdatePluginRequest,
        shown(
            format=("A format", {"plugin_id": "grafana"}),
            limit=("A rate limit", {"options": {"rate_limit": 600}}),
        ),
    ),
    f"POST {_ONE_WEBHOOK}/plugin/verify": _change(
        "verify_webhook_plugin",
        VerifyPluginRequest,
        shown(
            format=("Whether a format is known", {"plugin_info": {"plugin_id": "grafana"}}),
            body=(
                "Whether a body is read",
                {
                    "plugin_info": {"plugin_id": "direct"},
                    "body": {"event_key": "a", "event_type": "ALERT", "title": "Disk is full"},
                },
            ),
        ),
        "Done",
        _DONE,
    ),
    f"PUT {_ONE_WEBHOOK}/enable": _change("enable_webhook", DomainRequest, _NOTHING),
    f"PUT {_ONE_WEBHOOK}/disable": _change("disable_webhook", DomainRequest, _NOTHING),
    f"POST {_ONE_WEBHOOK}/rotate": _change("rotate_webhook", RotateRequest, _OVERLAP, "NewWebhook", _NEW_WEBHOOK),
    f"POST {_ONE_WEBHOOK}/try": Operation(
        operation_id="try_webhook",
        tag="manage",
        parameters=TryWebhookRequest,
        description="The body and the headers are what the sender would send.",
        bodies={"*/*": {}},
        answer="TriedBody",
        examples=shown(
            event=(
                "One event",
                {
                    "format": "direct",
                    "events": [_TRIED],
                    "total_count": 1,
                },
            )
        ),
        errors=(*READING, NotFoundError, PayloadTooLargeError),
        gateway=_ONE_BODY,
    ),
    f"GET {_V1}/deliveries": _listing("deliveries", DELIVERY, DeliveryQuery, "DeliveriesInfo", _DELIVERY)["GET"],
    f"GET {_ONE_DELIVERY}": Operation(
        operation_id="get_delivery",
        tag="manage",
        parameters=DomainRequest,
        headers=GZIP_HEADERS,
        answer="DeliveryDetails",
        examples=shown(delivery=("A delivery that was read", _DETAILS)),
        errors=(*QUERYING, NotFoundError),
        gateway=_ONE,
    ),
    f"POST {_ONE_DELIVERY}/replay": _change("replay_delivery", DomainRequest, _NOTHING, "Done", _DONE),
    f"POST {_ONE_DELIVERY}/discard": _change("discard_delivery", DomainRequest, _NOTHING, "Done", _DONE),
    f"GET {_V1}/audit": _AUDITS["GET"],
    f"POST {_V1}/audit/search": _AUDITS["POST"],
}
"""By route keys."""

BODY_MODELS: Mapping[str, tuple[Kind, tuple[type[BaseModel], ...]]] = {
    "webhook": (WEBHOOK, (WebhookQuery, RecordStatQuery)),
    "token": (TOKEN, (TokenQuery,)),
    "delivery": (DELIVERY, (DeliveryQuery,)),
    "audit": (AUDIT, (AuditQuery,)),
    "management": (
        EVENT,
        (
            CreateTokenRequest,
            CreateWebhookRequest,
            DomainRequest,
            RotateRequest,
            UpdatePluginRequest,
            UpdateWebhookRequest,
            VerifyPluginRequest,
        ),
    ),
}
"""The models that bodies refer to, by kind."""

PARAMETERS: Mapping[str, Schema] = {
    "token_id": shown(token=("A token", TOKEN_ID)),
    "delivery_id": shown(delivery=("A delivery", DELIVERY_ID)),
    "name": shown(name=("A name", ["alerts"])),
    "state": shown(state=("A state", ["ENABLED"])),
    "role": shown(role=("A role", ["admin"])),
    "since": shown(since=("A time", "2026-03-01T00:00:00Z")),
    "audit_id": shown(audit=("A record", [AUDIT_ID])),
    "action": shown(action=("An action", ["webhook.rotate"])),
    "target_id": shown(target=("A webhook", [WEBHOOK_ID])),
    "actor_id": shown(actor=("A token", [TOKEN_ID])),
    "plugin_id": shown(format=("A format", "grafana"), detected=("Detected", "")),
}
"""By the names of parameters."""

PATH_PARAMETERS: Mapping[str, str] = {"token_id": "The token's id.", "delivery_id": "The delivery's id."}
