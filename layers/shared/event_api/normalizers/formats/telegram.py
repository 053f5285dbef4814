"""A Telegram bot's updates: messages of people, which make no events.

Source: https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from event_api.domain.normalized import KeyScope
from event_api.normalizers.errors import NormalizeError
from event_api.normalizers.rules import Rule

if TYPE_CHECKING:
    from event_api.domain.normalized import NormalizedEvent
    from event_api.normalizers.payload import Payload

NAME: Final = "telegram"
ALIASES: Final = ()
KEY_SCOPE: Final = KeyScope.PROJECT
RULES: Final = (
    *(
        Rule(keys=("update_id", f"{kind}.message_id", f"{kind}.chat"))
        for kind in ("message", "edited_message", "channel_post", "edited_channel_post")
    ),
    *(Rule(keys=("update_id", f"{kind}.id", f"{kind}.from")) for kind in ("callback_query", "inline_query")),
    *(
        Rule(keys=("update_id", f"{kind}.chat", f"{kind}.new_chat_member"))
        for kind in ("my_chat_member", "chat_member")
    ),
)


def normalize(payload: Payload) -> list[NormalizedEvent]:
    """Make no event of a conversation."""
    if "update_id" not in payload.body:
        raise NormalizeError("it is not an update of Telegram's")
    return []
