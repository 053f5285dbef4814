"""Docker Hub's webhook: an image was pushed.

Make one event of a push: a fact, so that its severity is INFO.

Source: https://docs.docker.com/docker-hub/repos/manage/webhooks/
"""

from __future__ import annotations

from typing import Final

from event_api.domain.event import Severity
from event_api.domain.normalized import KeyScope
from event_api.normalizers.declared import Declared
from event_api.normalizers.rules import Rule

NAME: Final = "dockerhub"
ALIASES: Final = ("docker-hub",)
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (Rule(keys=("push_data", "repository")),)

_NAMES: Final = ("repository.repo_name", "repository.name", "repository.repo_url")
_IMAGES: Final = tuple(image for name in _NAMES for image in (f"{{{name}}}:{{push_data.tag}}", f"{{{name}}}"))

FORMAT: Final = Declared(
    key=tuple(f"dockerhub:{image}" for image in _IMAGES),
    title=tuple(f"{image} was pushed" for image in _IMAGES),
    fault=Severity.INFO,
    description=("repository.description",),
    resource_id=_NAMES,
    resource_type=("=image repository",),
    account=("repository.namespace", "repository.owner"),
    occurred_at=("push_data.pushed_at",),
    info={
        "tag": "push_data.tag",
        "pusher": "push_data.pusher",
        "media_type": "push_data.media_type",
        "repo_url": "repository.repo_url",
    },
)
normalize = FORMAT.normalize
