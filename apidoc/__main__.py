"""Write the OpenAPI document and the client's models (`make openapi`), or check that they are current (`--check`)."""

from __future__ import annotations

import sys

from apidoc import client, document


def main(arguments: list[str]) -> int:
    """Return the exit status."""
    files = {document.PATH: document.written(), client.PATH: client.written()}
    if arguments != ["--check"]:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        return 0
    old = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in old:
        print(f"{path.name} is not what the code says: run 'make openapi'", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
