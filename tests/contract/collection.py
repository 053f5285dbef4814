"""Third parties' samples, in ../shared/webhook-samples: they stay outside of this repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SHARED = Path(__file__).parents[2].parent / "shared"
FOLDER = SHARED / "webhook-samples"

ABSENT = "../shared/webhook-samples, a collection outside of this repository, is not present"


def read_index(shared: Path, *, is_ci: bool) -> list[dict[str, Any]]:
    """Return the collection's entries; none without ../shared. In CI, ../shared without a collection is an error."""
    index = shared / "webhook-samples" / "INDEX.json"
    entries: list[dict[str, Any]] = json.loads(index.read_text(encoding="utf-8")) if index.is_file() else []
    if is_ci and shared.is_dir() and not entries:
        raise FileNotFoundError(f"{shared} is present, but {index} is missing or empty")
    return entries
