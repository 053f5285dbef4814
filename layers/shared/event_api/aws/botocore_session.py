"""Sessions of botocore, which is imported by the first of them and not before (docs/adr/0011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.session import Session


def new_session() -> Session:
    """Return a new session, whose debug log stays off."""
    import logging  # noqa: PLC0415  # botocore's only

    from botocore.session import Session  # noqa: PLC0415  # as the module's docstring says

    # The debug log holds whole requests and answers: bodies, hashes of secrets, page keys. No setting turns it on.
    logging.getLogger("botocore").setLevel(logging.INFO)
    return Session()
