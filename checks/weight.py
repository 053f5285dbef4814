"""The unpacked weight of built layers: `python -m checks.weight FOLDER`, after `make build`.

Lambda unpacks a function's layers before each cold start, so a package that only some functions import has a layer of
its own (docs/adr/0005).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1_000_000
LIMITS: Final[Mapping[str, int]] = {
    "SharedLayer": 4 * MEGABYTE,
    "DependenciesLayer": 20 * MEGABYTE,
    "ReadingLayer": 12 * MEGABYTE,
    "SignaturesLayer": 18 * MEGABYTE,
}


def weight(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def too_heavy(layers: Mapping[str, Path]) -> list[str]:
    """Print the weight of each layer; return a sentence for each that is missing, empty or above its limit."""
    problems = []
    for name, limit in LIMITS.items():
        size = weight(layers[name]) if name in layers else 0
        print(f"{name:17} {size / MEGABYTE:5.1f} MB unpacked, limit {limit // MEGABYTE} MB")
        if not 0 < size <= limit:
            problems.append(f"{name} has {size} bytes; allowed are 1 to {limit}")
    return problems


def main() -> int:
    """Weigh the layers in the folder that the command line names; return 1 if one is too heavy."""
    parser = argparse.ArgumentParser(prog="python -m checks.weight", description="Weigh built layers.")
    parser.add_argument("folder", type=Path, help="where `sam build` put its artifacts")
    options = parser.parse_args()
    problems = too_heavy({name: options.folder / name for name in LIMITS})
    for problem in problems:
        print(f"weight: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
