from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventctl import screen
from eventctl.screen import Column, fit, printable


@given(st.text())
def test_what_is_printed_is_one_line_without_control_characters(text):
    assert printable(text).isprintable()


def test_what_is_harmless_is_printed_as_it_is():
    assert printable("Disk é 日本 [bold]") == "Disk é 日本 [bold]"
    assert printable("a\x1b[2J\r\n\tb\u202e\ud800") == "a\\x1b[2J\\r\\n\\tb\\u202e\\ud800"


@pytest.mark.parametrize(
    ("natural", "folds", "room", "expected"),
    [
        ([10, 20], [False, True], 40, [10, 20]),
        ([10, 90], [False, True], 40, [10, 30]),
        ([10, 90, 14], [False, True, True], 54, [10, 30, 14]),
        ([10, 90, 90], [False, True, True], 50, [10, 20, 20]),
        ([30, 90], [False, True], 40, None),
        ([30, 5], [False, True], 35, [30, 5]),
        ([50, 5], [False, True], 40, None),
        ([50], [False], 40, None),
    ],
)
def test_columns_that_fold_share_what_the_others_leave(natural, folds, room, expected):
    assert fit(natural, folds, room) == expected


COLUMNS = (Column("ID", "id"), Column("OPENED", "opened_at"), Column("NAME", "name", folds=True))


def rows(name="a name"):
    return [{"id": "id-1", "opened_at": "2026-03-01T12:00:00.123Z", "name": name}]


def test_a_plain_table_is_aligned_and_never_wrapped(capsys):
    screen.show_table(COLUMNS, [*rows("x" * 500), {"id": "longer-id", "opened_at": None, "name": ""}], empty="")
    assert capsys.readouterr().out.splitlines() == [
        "ID         OPENED                NAME",
        "id-1       2026-03-01T12:00:00Z  " + "x" * 500,
        "longer-id  -                     -",
    ]


def on_terminal(monkeypatch, columns):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "dumb")


@pytest.mark.parametrize("width", [30, 60, 100])
def test_a_terminal_shows_every_character(capsys, monkeypatch, width):
    on_terminal(monkeypatch, width)
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 100)))
    screen.show_table(COLUMNS, rows(name), empty="")
    out = capsys.readouterr().out
    assert [char for char in out if char in name] == list(name)
    assert "id-1  2026-03-01T12:00:00Z" in out


def test_a_terminal_reads_no_markup_in_names(capsys, monkeypatch):
    on_terminal(monkeypatch, 100)
    screen.show_table(COLUMNS, rows("[red]x[/] [/nonsense] :smile:"), empty="")
    assert "[red]x[/] [/nonsense] :smile:" in capsys.readouterr().out


def test_no_rows_are_a_sentence(capsys):
    screen.show_table(COLUMNS, [], empty="No things.")
    assert capsys.readouterr().out == "No things.\n"
