"""The requests of the routes that manage webhooks.

The docstring below a field is its description in the OpenAPI document, as in `event_api.reads.requests`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from event_api.admin.domain_request import DomainRequest
from event_api.admin.requests import AnyObject, Texts
from event_api.admin.webhooks import with_kept_secrets
from event_api.domain.webhook import DUPLICATE_EVENT_TIME, RecoveryMode, Signing, Webhook
from event_api.json_text import write_json
from event_api.json_types import Json
from event_api.reads.requests import AnyJson, StrictModel


class SigningOptions(StrictModel):
    """How a sender signs its requests."""

    scheme: str
    """Name of the scheme, such as `github` or `standard-webhooks`."""
    secrets: Texts = Field(default_factory=list, repr=False)
    """Secrets that the sender has, too; without them the present ones of the scheme stay."""
    keep_secrets: bool = Field(default=False, repr=False)
    """Whether the present secrets stay valid in addition to new ones."""
    required: bool = True
    """False accepts deliveries without a valid signature, and only counts them."""
    topics: Texts = Field(default_factory=list)
    """The only topics of Amazon SNS that are accepted; without them any."""
    header: str | None = None
    """Header of the signature, if the scheme lets you choose it."""
    timestamp_header: str | None = None
    """Header of the signed time, if the scheme lets you choose it."""
    window: int | None = None
    """Seconds for which a signed time is valid; without it the scheme's own."""

    def applied_to(self, present: Signing | None) -> Signing:
        """Return the signing; ``present`` is the one that it replaces."""
        signing = Signing(
            scheme=self.scheme,
            secrets=tuple(self.secrets),
            required=self.required,
            topics=tuple(self.topics),
            header=self.header,
            timestamp_header=self.timestamp_header,
            window=self.window,
        )
        keeps = self.keep_secrets or (not self.secrets and present is not None and present.scheme == self.scheme)
        return with_kept_secrets(signing, present) if keeps and present is not None else signing


class PluginOptions(StrictModel):
    """How deliveries are read and joined; null sets an option back to its default."""

    mapping: AnyObject | None = None
    """How a format of one's own is read, in place of `plugin_id`."""
    signing: SigningOptions | None = None
    """How the sender signs; null checks no signatures."""
    rate_limit: int | None = None
    """Deliveries a minute, approximately; 0 is any number, null what the deployment says."""
    duplicate_event_time: int | None = None
    """Seconds after which an ALERT of the same key opens a new alert; 600 by default."""
    recovery_mode: Annotated[RecoveryMode, Field(strict=False)] | None = None
    """AUTO (the default): a RECOVERY resolves its alert. MANUAL: a person does."""


class PluginInfo(StrictModel):
    """The sender's format and the webhook's options. Parts that are absent stay as they are."""

    plugin_id: str | None = None
    """Name of the sender's format, such as `grafana`; null detects the format of each delivery."""
    options: PluginOptions = PluginOptions.model_construct()
    """Options; those that are absent stay as they are."""
    version: str | None = None
    """Ignored: formats are part of the deployment."""
    upgrade_mode: str | None = None
    """Ignored, as `version` is."""
    metadata: AnyObject | None = None
    """Ignored, as `version` is."""

    def applied_to(self, webhook: Webhook) -> Webhook:
        """Return a webhook with what is given here; a format replaces a mapping, and a mapping a format."""
        given, options = self.model_fields_set, self.options
        named = options.model_fields_set
        if "plugin_id" in given:
            webhook = replace(webhook, format=self.plugin_id)
            if self.plugin_id is not None and "mapping" not in named:
                webhook = replace(webhook, mapping=None)
        if "mapping" in named:
            webhook = replace(webhook, mapping=options.mapping)
            if options.mapping is not None and "plugin_id" not in given:
                webhook = replace(webhook, format=None)
        if "signing" in named:
            signing = None if options.signing is None else options.signing.applied_to(webhook.signing)
            webhook = replace(webhook, signing=signing)
        if "rate_limit" in named:
            webhook = replace(webhook, rate_limit=options.rate_limit)
        if "duplicate_event_time" in named:
            seconds = options.duplicate_event_time
            webhook = replace(webhook, duplicate_event_time=DUPLICATE_EVENT_TIME if seconds is None else seconds)
        if "recovery_mode" in named:
            webhook = replace(webhook, recovery_mode=options.recovery_mode or RecoveryMode.AUTO)
        return webhook


class CreateWebhookRequest(DomainRequest):
    """A new webhook."""

    name: str
    """Name, in lists and in events that report failures."""
    project_id: str
    """Project of the webhook's events."""
    plugin_info: PluginInfo = PluginInfo.model_construct()
    """The sender's format and the options; without it the format of each delivery is detected."""
    tags: AnyObject = Field(default_factory=dict)
    """Whatever its owners note with it."""


class UpdateWebhookRequest(DomainRequest):
    """The parts of a webhook to change; those that are absent stay as they are."""

    name: str | None = None
    """New name."""
    tags: AnyObject | None = None
    """New tags, in place of all present ones."""

    def applied_to(self, webhook: Webhook) -> Webhook:
        """Return a webhook with what is given here."""
        name = webhook.name if self.name is None else self.name
        return replace(webhook, name=name, tags=webhook.tags if self.tags is None else {**self.tags})


class UpdatePluginRequest(PluginInfo, DomainRequest):
    """The format and the options to change; those that are absent stay as they are."""


class VerifyPluginRequest(DomainRequest):
    """A format and options to try, and perhaps a body to read with them."""

    plugin_info: PluginInfo = PluginInfo.model_construct()
    """Settings to verify, on top of the webhook's own."""
    body: AnyJson = Field(default=None, repr=False)
    """A sender's body, as JSON, or as text if it is another form."""
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    """Headers that the sender would send."""

    def content(self) -> bytes | None:
        """Return the body as the sender would send it; None without one."""
        return body_of(self.body)


def body_of(body: Json) -> bytes | None:
    """Return a body that was given as JSON or as text."""
    if body is None:
        return None
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else write_json(body).encode()
