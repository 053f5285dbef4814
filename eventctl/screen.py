r"""Output for people on standard output: a table, or the fields of one object.

On a terminal a table fits its width by folding long values, if there is room for that; elsewhere it is plain aligned
text, one line a row, for ``grep`` and ``awk``. Nothing is ever cut off.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click

from event_api.json_types import Json, JsonObject

_GAP = 2  # blanks between columns
_NOTHING = "-"
_NARROWEST = 12  # a folded column
_LENGTH_TO_SECONDS = len("2022-06-21T00:34:58")


def printable(text: str) -> str:
    """Return a text on one line with its control characters escaped.

    Titles and names come from anyone; printed raw they could move the cursor, colour the terminal or type into it.
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the field that it shows, and whether it may fold."""

    heading: str
    field: str
    folds: bool = False

    def cell(self, item: JsonObject) -> str:
        """Return what to print; times to the second, still to be pasted as ISO 8601."""
        text = _cell(item[self.field])
        return f"{text[:_LENGTH_TO_SECONDS]}Z" if self.field.endswith("_at") and text != _NOTHING else text


def show_table(columns: Sequence[Column], objects: Iterable[JsonObject], *, empty: str) -> None:
    """Print one row an object, or the sentence ``empty``."""
    rows = [[column.cell(item) for column in columns] for item in objects]
    lines = [[column.heading for column in columns], *rows]
    if not rows:
        click.echo(empty)
    elif not sys.stdout.isatty():
        _show_plain(lines)
    else:
        _show_folded(columns, lines)


def show_fields(item: JsonObject) -> None:
    """Print an object, one field a line."""
    width = max(map(len, item))
    for field, value in item.items():
        click.echo(f"{field:<{width}}  {_cell(value)}")


def _cell(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(_cell, value)) or _NOTHING
    return _NOTHING if value is None or value == "" else printable(str(value))


def _show_plain(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, cells)) + _GAP for cells in zip(*lines, strict=True)]
    for line in lines:
        click.echo("".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _show_folded(columns: Sequence[Column], lines: Sequence[Sequence[str]]) -> None:
    from rich.cells import cell_len  # noqa: PLC0415  # rich is slow to import; only a terminal needs it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    natural = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    widths = fit(natural, [column.folds for column in columns], console.width - _GAP * (len(columns) - 1))
    if widths is None:
        _show_plain(lines)
        return
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column.heading, overflow="fold", width=width)
    for line in lines[1:]:
        # Text, because a string would be read as rich's markup.
        table.add_row(*map(Text, line))
    console.print(table)


def fit(natural: Sequence[int], folds: Sequence[bool], room: int) -> list[int] | None:
    r"""Return the columns' widths within ``room``: ``natural`` ones, but for those that fold, which share the rest.

    Returns None if the rest is too narrow to read.
    """
    rest = room - sum(width for width, may_fold in zip(natural, folds, strict=True) if not may_fold)
    widths = list(natural)
    folding = sorted((width, position) for position, width in enumerate(natural) if folds[position])
    for done, (width, position) in enumerate(folding):
        widths[position] = min(width, rest // (len(folding) - done))
        if widths[position] < min(width, _NARROWEST):
            return None
        rest -= widths[position]
    return widths if rest >= 0 else None
