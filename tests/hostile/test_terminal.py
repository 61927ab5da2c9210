"""What a terminal is shown of strangers' words: letters and lines, no command that it would obey."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import attacked
import pytest
from command_line import Run, at_a_terminal

from flows import console, tables
from flows.observatory import Observatory

OBEYED = "\x1b]0;owned\x07 \x9b31m \x08\x08 \r \u202e \x1b[2J \x05"
ALL = (
    "select ref, title, kind_as_published, statements, url from programme_current",
    "select ref, programme_ref, url, verbatim from offering_current",
    "select * from open_problem where code <> 'unknown_word'",
    "select * from run_log",
    "select name from organisation",
    "select * from source_health",
)
COMMANDS = (
    *(("query", "--sql", sql) for sql in ALL),
    ("status",),
    ("problems",),
    ("problems", "--group"),
    ("classify",),
    ("links",),
    ("search", "owned"),
    ("explain", f"attacked/{attacked.ref_of('sql')}"),
    ("links", "show", f"attacked/{attacked.ref_of('path')}"),
    ("snapshot", "--as-of", "2024-01-31"),
    ("trends",),
    ("stock", "--from", "2024-01-31"),
    ("harvest", "opensap", "--dry-run"),
    ("sources", "list"),
    ("sources", "signals"),
    ("export", "--format", "csv"),
)


def controls(text: str) -> set[str]:
    """The signs in a text that a terminal could obey, or that turn what is read."""
    return {c for c in text if not c.isprintable() and c != "\n"}


@pytest.mark.faults
def test_no_command_passes_a_control_code_on(run_here: Run):
    for arguments in COMMANDS:
        done = run_here(*arguments)
        assert done.returncode == 0 or arguments[0] != "query", done.stderr
        assert "Traceback" not in done.stderr, arguments
        assert controls(done.stdout + done.stderr) == set(), arguments
    for sql in ALL:
        done = run_here("query", "--json", "--sql", sql)
        assert done.returncode == 0
        assert controls(done.stdout) & set("\x1b\x07\x08\x7f\x85\x9b\x9d\u202e\u2067\ud800") == set(), sql


def test_a_real_terminal_is_not_renamed_or_cleared(beset: Observatory, tmp_path: Path):
    sql = "select ref, kind_as_published, description from programme_current"
    for arguments in (("query", "--sql", sql), ("problems",)):
        done = at_a_terminal(tmp_path, 120, *arguments, MICROCRED_DATABASE_URL=beset.settings.database)
        assert done.returncode == 0, done.stderr
        assert "owned" in done.stdout
        assert controls(done.stdout) == set()


def test_what_is_said_beside_the_data_is_cleaned(capsys: pytest.CaptureFixture[str]):
    console.say(f"attacked: failed: {OBEYED}", style="yellow")
    said = capsys.readouterr().err
    assert "attacked: failed:" in said
    assert controls(said) == set()


def test_log_lines_and_tracebacks_are_cleaned():
    script = (
        "import logging\nfrom flows import console\nconsole.set_up_logging(verbose=True)\n"
        f"try:\n    raise ValueError({OBEYED!r})\n"
        f"except ValueError as error:\n    logging.getLogger('flows').warning('page %s', {OBEYED!r}, exc_info=error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "ValueError" in done.stderr
    assert controls(done.stderr) == set()


def test_json_columns_of_either_database_are_cleaned():
    # PostgreSQL gives JSON columns as mappings, SQLite as texts.
    assert controls(tables.cell({OBEYED: OBEYED})) == set()
    assert controls(tables.cell([OBEYED])) == set()
    assert controls(tables.heading(OBEYED)) == set()


def test_json_says_the_same_with_the_codes_escaped(capsys: pytest.CaptureFixture[str]):
    console.print_json({"title": "\x9b31m\u202e é 🎓 \ud800"})
    assert capsys.readouterr().out == '{\n  "title": "\\u009b31m\\u202e é 🎓 \\ud800"\n}\n'


def test_markup_of_rich_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str]):
    console.print_table([{"title": "[red]x[/red] [/]"}], ["title"])
    console.say("[red]x[/red] [/]")
    told = capsys.readouterr()
    assert "[red]x[/red] [/]" in told.out
    assert "[red]x[/red] [/]" in told.err
