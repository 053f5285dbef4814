"""GET / and GET /console/{file}: the console, a web page made of static files."""

from __future__ import annotations

import os
from pathlib import Path

from event_api.aws.http import Request, endpoint
from event_api.aws.static_files import StaticAnswer, StaticFiles

_FILES = StaticFiles.load(
    Path(__file__).parent / "files",
    issuer=os.environ.get("OIDC_ISSUER", ""),
    client_id=os.environ.get("OIDC_AUDIENCE", ""),
)


@endpoint
def handler(request: Request) -> StaticAnswer:
    """Answer the page, or one of the files that it names."""
    return _FILES.answer(request.path.get("file", "index.html"), request.headers)
