"""Find prose that reads as translated (docs/style.md): `python -m checks.prose` lists it and fails above a share.

Each marker is a place to look at, not a verdict: some uses are right. So the check counts, and fails only if more than
MAX_SHARE of all texts have one.
"""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

MAX_SHARE: Final = 0.015

MARKERS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "tell": r"\b[Tt](ell|ells|old)\b(?! the difference)",
        "is no": r"\b(is|are|was|be|were) (no|none)\b",
        "bare what": r"(^|[.;:,(] ?|\b(of|from|for|in|and|or|by|to|with|not|than|as) )[Ww]hat (?!is this|do you)",
        "bare who": r"(^|[.;:] )[Ww]ho\b|\bfor who\b|; who\b",
        "where for if": r"\b[Ww]here (it|that|there|they|nothing|nobody|the|a|only|he|one)\b",
        "so many": r"\bso many\b",
        "besides": r"\bbesides?\b",
        "nobody": r"\b([Nn]obody|[Ss]omebody|[Aa]nybody|[Ee]verybody)\b",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Text:
    """One comment, docstring, line of Markdown or description, on one line, with its place."""

    place: str
    line: int
    words: str

    def markers(self) -> list[str]:
        """Return the names of the markers that the text has."""
        return [name for name, pattern in MARKERS.items() if pattern.search(self.words)]


def python_texts(place: str, source: str) -> Iterator[Text]:
    """Yield the docstrings and comments of a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(words))):
                yield Text(place, node.lineno, " ".join(words.split()))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not re.search("noqa|type: ignore|---", token.string):
            yield Text(place, token.start[0], token.string.lstrip("# "))


def line_texts(place: str, source: str) -> Iterator[Text]:
    """Yield the lines of a page outside its code blocks; of a template, only descriptions and comments."""
    is_code = False
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("```"):
            is_code = not is_code
            continue
        is_prose = not place.endswith("template.yaml") or re.search("Description|#", line)
        if line.strip() and not is_code and is_prose:
            yield Text(place, number, " ".join(line.split()))


def openapi_texts(place: str, value: object) -> Iterator[Text]:
    """Yield the descriptions and summaries of an OpenAPI document."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key in {"description", "summary"} and isinstance(part, str):
                yield Text(place, 0, " ".join(part.split()))
            yield from openapi_texts(place, part)
    elif isinstance(value, list):
        for part in value:
            yield from openapi_texts(place, part)


def texts() -> Iterator[Text]:
    """Yield all prose that git tracks, apart from the samples of senders."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607  # whichever git made the checkout
    for name in names.splitlines():
        if name.endswith(".py") and not name.startswith("tests/samples"):
            yield from python_texts(name, (ROOT / name).read_text(encoding="utf-8"))
        elif name.endswith((".md", "Makefile", "template.yaml")) and not name.startswith("tests/"):
            yield from line_texts(name, (ROOT / name).read_text(encoding="utf-8"))
        elif name.endswith("openapi.json"):
            yield from openapi_texts(name, json.loads((ROOT / name).read_text(encoding="utf-8")))


def main() -> int:
    """List the marked texts if asked to, or if there are too many; return the exit status."""
    found = list(texts())
    marked = [(text, markers) for text in found if (markers := text.markers())]
    share = len(marked) / max(1, len(found))
    if share > MAX_SHARE or "--list" in sys.argv:
        for text, markers in marked:
            print(f"{text.place}:{text.line}: {', '.join(markers)}: {text.words[:160]}")
    print(f"{len(marked)} of {len(found)} texts have a marker of docs/style.md: {share:.1%}, at most {MAX_SHARE:.1%}")
    return int(share > MAX_SHARE)


if __name__ == "__main__":
    sys.exit(main())
