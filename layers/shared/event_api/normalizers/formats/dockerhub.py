"""Docker Hub's webhook: an image was pushed.

Source: https://docs.docker.com/docker-hub/repos/manage/webhooks/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.model import EventType, KeyScope, NormalizedEvent, Resource, Severity
from event_api.domain.times import parse_time
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.lenient import at, first_text, mapping, text, texts
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.normalizers.payload import Payload

NAME: Final = "dockerhub"
ALIASES: Final = ("docker-hub",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("push_data", "repository")),)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make one event of a push: a fact, so that its severity is INFO."""
    push, repository = mapping(payload.body.get("push_data")), mapping(payload.body.get("repository"))
    name = first_text(repository.get("repo_name"), repository.get("name"), repository.get("repo_url"))
    if name is None:
        raise NormalizeError("the repository has neither a name nor a URL")
    tag = text(push.get("tag"))
    image = f"{name}:{tag}" if tag else name
    return [
        NormalizedEvent(
            event_key=f"dockerhub:{image}",
            event_type=EventType.ALERT,
            title=f"{image} was pushed",
            severity=Severity.INFO,
            description=text(repository.get("description")),
            resource=Resource(resource_id=name, resource_type="image repository", name=name),
            account=first_text(repository.get("namespace"), repository.get("owner")) or "",
            additional_info=texts(
                {
                    "tag": tag,
                    "pusher": push.get("pusher"),
                    "media_type": push.get("media_type"),
                    "repo_url": at(repository, "repo_url"),
                }
            ),
            occurred_at=parse_time(push.get("pushed_at")),
        )
    ]
