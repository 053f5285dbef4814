"""The answer to a caller that asks what its token permits."""

from __future__ import annotations

from event_api.auth.tokens import Principal
from event_api.json_types import JsonObject


def caller_info(caller: Principal) -> JsonObject:
    """Return a caller's domain, projects (absent for all) and permissions."""
    projects = caller.scope.projects
    return {
        "actor_id": caller.actor.actor_id,
        **({"actor_name": caller.actor.name} if caller.actor.name else {}),
        "domain_id": caller.scope.domain_id,
        **({} if projects is None else {"projects": [*sorted(projects)]}),
        "permissions": [*sorted(caller.permissions)],
    }
