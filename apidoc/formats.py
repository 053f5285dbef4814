"""Write what is known of all formats together, from their modules (`make formats`).

That is the index that detection reads, and the table in docs/formats.md. With `--check`: say whether the files are what
would be written.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, Field, fields
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from event_api.normalizers.rules import Rule

ROOT: Final = Path(__file__).parents[1]
INDEX: Final = ROOT / "layers/shared/event_api/normalizers/format_index.py"
FORMATS: Final = INDEX.parent / "formats"
DOCUMENT: Final = ROOT / "docs/formats.md"
SAMPLES: Final = ROOT / "tests/samples"
PAYLOADS: Final = ROOT / "apidoc/real_payloads.json"
"""How many payloads that a sender really makes were read, by format and by the public place that they are from."""
DOCUMENTATION: Final = (
    "awsdocs/",
    "MicrosoftDocs/",
    "cloudevents/spec",
    "docs.",
    "mackerel.io",
    "SquadcastHub/",
    "zenduty.com",
)
"""Beginnings of sources of PAYLOADS that are a sender's own documentation."""
BEGIN, END = "<!-- made by `make formats` from here -->", "<!-- to here -->"

_HEAD = '''"""All formats' names, rules and headers; written by `make formats` from the modules in `formats`.

Detection reads it instead of them, so that a delivery imports no other format than its own.
"""

from __future__ import annotations

from typing import Final

from event_api.normalizers.rules import Rule

'''


def modules() -> dict[str, Any]:
    """Return every format's module, by the module's own name."""
    names = sorted(file.stem for file in FORMATS.glob("[!_]*.py"))
    found = {name: import_module(f"event_api.normalizers.formats.{name}") for name in names}
    for name, module in found.items():
        if missing := [part for part in ("NAME", "ALIASES", "RULES", "normalize") if not hasattr(module, part)]:
            sys.exit(f"{FORMATS / name}.py has no {', '.join(missing)} (docs/formats.md)")
        if module.NAME.replace("-", "_") != name or not module.__doc__:
            sys.exit(f"{FORMATS / name}.py needs a docstring, and the NAME '{name.replace('_', '-')}'")
    return found


def index() -> str:
    """Write the index module."""
    found = modules()
    names = sorted((name, stem) for stem, module in found.items() for name in (module.NAME, *module.ALIASES))
    rules = sorted(
        ((module.NAME, rule) for module in found.values() for rule in module.RULES),
        # A sender that posts an Event's own fields means them. Then, who asks for more knows better.
        key=lambda pair: (pair[0] != "direct", -pair[1].size, pair[0]),
    )
    headers = sorted({header for module in found.values() for header in getattr(module, "HEADERS", ())})
    parts = [
        "MODULES: Final = {" + "".join(f"{name!r}: {stem!r},\n" for name, stem in names) + "}\n",
        "RULES: Final = (" + "".join(f"({name!r}, {_written(rule)}),\n" for name, rule in rules) + ")\n",
        f"HEADERS_OF_FORMATS: Final = frozenset({{{', '.join(map(repr, headers))}}})\n",
    ]
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff"
    command = [ruff, "format", "--stdin-filename", str(INDEX), "-"]
    done = subprocess.run(command, input=_HEAD + "\n".join(parts), capture_output=True, text=True, check=True)  # noqa: S603  # our own tool
    return done.stdout


def _written(rule: Rule) -> str:
    told = ", ".join(
        f"{one.name}={getattr(rule, one.name)!r}" for one in fields(rule) if getattr(rule, one.name) != _default(one)
    )
    return f"Rule({told})"


def _default(one: Field[Any]) -> object:
    return one.default if one.default_factory is MISSING else one.default_factory()


def document() -> str:
    """Write docs/formats.md: its own text, and the table between the marks."""
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    return "".join((head, BEGIN, "\n\n", *_table(), "\n", *_checks(), "\n", *_silent(), "\n", END, tail))


def real_payloads() -> dict[str, dict[str, int]]:
    """Return the contents of PAYLOADS."""
    found: dict[str, dict[str, int]] = json.loads(PAYLOADS.read_text(encoding="utf-8"))
    return found


def _table() -> Iterator[str]:
    payloads = real_payloads()
    yield "| Format | Sender | Detected by | Real payloads |\n|---|---|---|---|\n"
    for module in modules().values():
        title = (module.__doc__ or "").partition("\n")[0].rstrip(".")
        names = ", ".join(f"`{name}`" for name in (module.NAME, *module.ALIASES))
        rules = "; or ".join(map(_in_words, module.RULES)) or "only by `--format`"
        yield f"| {names} | {title} | {rules} | {_checked(payloads.get(module.NAME, {}))} |\n"


def _checks() -> Iterator[str]:
    """Yield which formats were checked with documentation only."""
    payloads = {module.NAME: real_payloads().get(module.NAME, {}) for module in modules().values()}
    retyped = [name for name, sources in payloads.items() if not sources]
    published = [
        name
        for name, sources in payloads.items()
        if sources and all(source.startswith(DOCUMENTATION) for source in sources)
    ]
    yield (
        "### Formats that were checked with documentation only\n\n"
        f"{len(retyped)} formats were checked only with samples that were retyped from the sender's documentation:"
        f" {_named(retyped)}.\n\n"
        f"{len(published)} more were checked only with examples in the sender's documentation:"
        f" {_named(published)}.\n\n"
        "No payload of these senders was seen. Payloads of projects that receive webhooks may be copies of"
        " documentation too.\n"
    )


def _named(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _silent() -> Iterator[str]:
    """Yield the messages that make no event, by the names of their samples."""
    yield (
        "### Messages that make no event\n\n"
        "They are stored like all others, and counted as `DeliveriesWithoutEvents`. Each is a handshake, a test, a"
        " change of settings, a note of a person, or a run that is in progress; the format's module gives the reason."
        " No other"
        " format has such messages.\n\n| Format | Messages |\n|---|---|\n"
    )
    for name in modules():
        files = sorted((SAMPLES / name.replace("_", "-")).glob("*.json"))
        cases = [file.stem for file in files if not json.loads(file.read_text(encoding="utf-8"))["events"]]
        if cases:
            yield f"| `{name.replace('_', '-')}` | {', '.join(case.replace('-', ' ') for case in cases)} |\n"


def _checked(sources: dict[str, int]) -> str:
    return f"{sum(sources.values())}: {', '.join(sources)}" if sources else "none"


def _in_words(rule: Rule) -> str:
    told = [f"the header `{name}`" for name in rule.headers]
    if rule.content_types:
        told.append(f"the content type {' or '.join(f'`{one}`' for one in rule.content_types)}")
    told += [f"`{path}`" for path in rule.keys]
    told += [f"`{path}` = {_one_of(values)}" for path, values in rule.values.items()]
    told += [f"`{path}` starting with {_one_of(starts)}" for path, starts in rule.starts.items()]
    told += [f"`{path}[]`, of which one has {_and(f'`{key}`' for key in keys)}" for path, keys in rule.some.items()]
    told += [f"text with a line `{words}`" for words in rule.lines]
    told += [f"no `{path}`" for path in rule.absent]
    told += [f"`{path}` = null" for path in rule.nulls]
    told += [f"`{path}` not {_one_of(values)}" for path, values in rule.unless.items()]
    return ("an array, of which one has: " if rule.of_array else "") + _and(told)


def _one_of(values: tuple[object, ...]) -> str:
    return " or ".join(f"`{value}`" for value in values).replace("|", "\\|")


def _and(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def main(arguments: list[str]) -> int:
    """Return the exit status."""
    status = 0
    for path, written in ((INDEX, index), (DOCUMENT, document)):
        text = written()
        if arguments != ["--check"]:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            print(f"{path.name} is not what the formats say: run 'make formats'", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
