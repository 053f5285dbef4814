"""The API's documentation as a page: Swagger UI over `docs/openapi.json`, served by the local run and by nothing else.

Swagger UI (Apache-2.0) comes with Powertools, so the page needs no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from localrun.errors import LocalRunError

PATH = "/docs"
_SWAGGER_UI = "aws_lambda_powertools.event_handler.openapi"
# The document's server is the address that it was loaded from; user input stays in the browser's tab.
_HTML = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Event API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="ui"></main>
<script src="/docs/swagger-ui.js"></script>
<script>
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
});
</script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Resource:
    """Return the response of a path; read on request, so that a new document needs no restart."""

    content_type: bytes
    path: Path | None = None

    def read(self) -> bytes:
        """Return the content."""
        return _HTML if self.path is None else self.path.read_bytes()


def resources(root: Path) -> Mapping[str, Resource]:
    """Return the page and its files, by path; raise LocalRunError if Swagger UI is not installed."""
    spec = find_spec(_SWAGGER_UI)
    if spec is None or not spec.submodule_search_locations:
        raise LocalRunError("Swagger UI is missing; run 'make setup'")
    folder = Path(spec.submodule_search_locations[0]) / "swagger_ui"
    return {
        PATH: Resource(b"text/html; charset=utf-8"),
        "/docs/swagger-ui.js": Resource(b"text/javascript; charset=utf-8", folder / "swagger-ui-bundle.min.js"),
        "/docs/swagger-ui.css": Resource(b"text/css; charset=utf-8", folder / "swagger-ui.min.css"),
        "/openapi.json": Resource(b"application/json", root / "docs" / "openapi.json"),
    }
