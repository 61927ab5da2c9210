"""Tables at a terminal: nothing is cut, what is left out is named, and what cannot fit becomes records."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest
from command_line import Done, at_a_terminal, in_this_process
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from flows.tables import Fitted, as_records, as_table, fitted

NONE: frozenset[str] = frozenset()

ROOT = Path(__file__).parents[2]
ROWS = [
    {"source": "alpha", "listings": "12", "reason": "robots.txt forbids it", "url": "https://alpha.example/a/b/c/d"}
]


@pytest.mark.parametrize(
    ("width", "least", "shown"),
    [
        # 6 + 8 + 14 (prose folds) + 24 (an address may be broken) and four times 2 are 60.
        (60, (), Fitted(("source", "listings", "reason", "url"))),
        (59, ("url",), Fitted(("source", "listings", "reason"), ("url",))),
        (24, ("url", "listings"), Fitted(("source", "reason"), ("listings", "url"))),
        (59, (), Fitted(("source", "listings", "reason", "url"), as_records=True)),
        (10, ("url", "listings"), Fitted(("source", "listings", "reason", "url"), as_records=True)),
    ],
)
def test_what_fits(width: int, least: tuple[str, ...], shown: Fitted) -> None:
    assert fitted(ROWS, ("source", "listings", "reason", "url"), least, width) == shown


def test_wide_letters_count_twice() -> None:
    rows = [{"name": "情報科学" * 3}]
    assert fitted(rows, ("name",), (), 26) == Fitted(("name",))
    assert fitted(rows, ("name",), (), 25).as_records


WORDS = st.text("abc情é", min_size=1, max_size=40)
CELLS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@given(
    rows=st.lists(st.fixed_dictionaries({"a": CELLS, "number of b": CELLS, "c": CELLS}), min_size=1, max_size=3),
    width=st.integers(20, 150),
)
def test_no_letter_is_lost(rows: list[dict[str, str]], width: int) -> None:
    fit = fitted(rows, ("a", "number of b", "c"), ("c",), width)
    console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    shown = as_records(rows, fit.columns, None) if fit.as_records else [as_table(rows, fit.columns, NONE, None, width)]
    for part in shown:
        console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO above
    assert max(map(cell_len, text.splitlines())) <= width
    headings = list(fit.columns) * (len(rows) if fit.as_records else 1)
    wanted = "".join(headings) + "".join(row[column] for row in rows for column in fit.columns)
    assert Counter("".join(text.split())) == Counter("".join(wanted.split()))


def fits(done: Done, columns: int) -> list[str]:
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= columns
    return lines


def test_at_eighty_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    replayed = fits(at_a_terminal(tmp_path, 80, "replay", str(ROOT / "tests" / "sources" / "mit_xpro")), 80)
    assert replayed[0].split()[:3] == ["source", "as", "of"]
    assert replayed[1].split()[:3] == ["mit_xpro", "2025-01-10T00:00:00Z", "ok"]

    listed = at_a_terminal(tmp_path, 80, "sources", "list")
    assert fits(listed, 80)[0].split()[:2] == ["source", "name"]
    assert "left out, the terminal is too narrow:" in listed.said
    assert "(--json has all)" in listed.said

    sql = "select * from programme_current order by ref"
    records = fits(at_a_terminal(tmp_path, 80, "query", "--sql", sql), 80)
    assert [line.split(maxsplit=1)[1].rstrip() for line in records if line.startswith("title ")] == [
        "Leading a Laboratory", "Laboratory Leadership",
    ]  # fmt: skip
    with in_this_process(tmp_path, monkeypatch, capsys) as run:
        piped = run("query", "--sql", "select ref, title, url, source, listing_state, kind from programme_current")
    assert piped.stdout.splitlines()[0].split() == ["ref", "title", "url", "source", "listing", "state", "kind"]
    fits(at_a_terminal(tmp_path, 80, "problems"), 80)
    fits(at_a_terminal(tmp_path, 80, "links"), 80)
