"""Write the OpenAPI document (`make openapi`), or say whether the file is what would be written (`--check`)."""

from __future__ import annotations

import sys

from apidoc.document import PATH, written


def main(arguments: list[str]) -> int:
    """Return the exit status."""
    if arguments == ["--check"]:
        if PATH.exists() and PATH.read_text(encoding="utf-8") == written():
            return 0
        print(f"{PATH.name} is not what the code says: run 'make openapi'", file=sys.stderr)
        return 1
    PATH.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
