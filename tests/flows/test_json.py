"""Every command that prints data prints it as JSON too, also when there is nothing to print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from command_line import Run

from flows.cli import app

PRINT_NO_DATA = {"serve", "links decide", "sources lookup"}


def commands(command: Any, *names: str) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(names), command
        return
    for name, one in below.items():
        yield from commands(one, *names, name)


def test_every_command_that_prints_data_has_json() -> None:
    known = dict(commands(typer.main.get_command(app)))
    assert len(known) > 30
    without = {name for name, command in known.items() if not any("--json" in p.opts for p in command.params)}
    assert without == PRINT_NO_DATA


def test_it_is_valid_with_an_empty_database(run_here: Run, tmp_path: Path) -> None:
    for arguments, kind in [
        (("db", "url"), dict),
        (("db", "upgrade"), dict),
        (("sources", "list"), list),
        (("harvest", "--dry-run"), list),
        (("query", "--sql", "select * from run_log"), list),
        (("status",), dict),
        (("problems",), list),
        (("problems", "--group"), list),
        (("classify",), list),
        (("links",), dict),
        (("links", "--review"), list),
        (("reread",), dict),
        (("reference",), list),
        (("snapshot", "--as-of", "2026-01-31"), list),
        (("export", "--format", "csv", "--out", str(tmp_path / "files")), dict),
        (("sources", "signals"), list),
        (("sources", "test", "--into", str(tmp_path)), list),
    ]:
        done = run_here(*arguments, "--json")
        assert done.returncode == 0, (arguments, done.stderr)
        assert isinstance(json.loads(done.stdout, parse_constant=pytest.fail), kind), arguments
