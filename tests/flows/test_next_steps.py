"""Every error that is met in the ordinary course ends with what to do."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Run, in_this_process
from sqlalchemy.exc import OperationalError

from flows.errors import exit_code, told

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    with in_this_process(tmp_path, monkeypatch, capsys) as command:
        yield command


@pytest.mark.parametrize(
    ("arguments", "step", "code"),
    [
        (("query", "--sql", "select 1"), "`microcred harvest`", 2),
        (("status",), "`microcred harvest`", 2),
        (("harvest", "opensapp"), "did you mean opensap", 2),
        (("harvest", "opensap"), "set MICROCRED_CONTACT", 2),
        (("harvest", "kmooc"), "set MICROCRED_KEY_", 2),
        (("harvest", "udacity"), "`microcred replay DIR`", 2),
        (("backfill", "udasity", "--from", "2016-01-01"), "did you mean udacity", 2),
        (("problems", "corsera"), "did you mean coursera", 2),
        (("classify", "corsera"), "`microcred sources list`", 2),
        (("sources", "check", "corsera"), "did you mean coursera", 2),
        (("rebuild",), "`microcred harvest` makes one", 2),
        (("replay", "nowhere"), "a recording is a folder with a recording.toml", 2),
        (("snapshot", "--as-of", "31.10.2026"), "write 2026-11-24", 2),
        (("snapshot", "--definition", "eu_2020"), "did you mean eu_2022", 2),
        (("trends",), "`microcred snapshot --as-of DATE`", 2),
        (("export", "--format", "csv", "--view", "programmes_current"), "did you mean programme_current", 2),
        (("reference", "suny_campus"), "did you mean suny_campuses", 2),
        (("accept", "opensap", "--reason", "x"), "`microcred status`", 2),
        (("explain", "nothing at all"), "give SOURCE/REF", 2),
        (("db", "diff", "nowhere.sqlite", "nowhere.sqlite"), "`microcred db url`", 2),
        (("links", "show", "opensap/x"), "`microcred explain`", 2),
        (("nothing",), "microcred --help", 2),
    ],
)
def test_said(run: Run, arguments: tuple[str, ...], step: str, code: int) -> None:
    done = run(*arguments)
    assert step in done.said.replace(" -h'", " --help'")
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr


def test_a_question_with_a_mistake(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with in_this_process(tmp_path, monkeypatch, capsys, MICROCRED_DATABASE_URL=database_url) as run:
        for sql, step in [
            ("select * from programmes_current", "did you mean programme_current"),
            ("select * from nowhere", "The views are: programme_current, programme_history"),
            ("select titel from programme_current", "Did you mean title (in programme_current"),
            ("select from where", "docs/data-dictionary.md"),
            ("delete from run", "can only read"),
        ]:
            done = run("query", "--sql", sql)
            assert step in done.said
            assert (done.returncode, done.stdout) == (2, "")


def test_settings_that_lead_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.sqlite").write_text("this is text, and quite a lot of it" * 40, encoding="utf-8")
    for url, step, code in [
        ("postgresql://me:secret@127.0.0.1:1/x", "start it, or mend MICROCRED_DATABASE_URL", 1),
        ("sqlite:///text.sqlite", "`microcred rebuild`", 1),
        ("nonsense:secret", "write sqlite:///FILE", 2),
        ("oracle://x", "neither sqlite:///FILE nor postgresql://", 2),
    ]:
        with in_this_process(tmp_path, monkeypatch, capsys, MICROCRED_DATABASE_URL=url) as run:
            done = run("query", "--sql", "select 1")
        assert step in done.said, url
        assert done.returncode == code
        assert "secret" not in done.stderr
    with in_this_process(tmp_path, monkeypatch, capsys, MICROCRED_LOOPBACK_PORT="door") as run:
        assert "MICROCRED_LOOPBACK_PORT" in run("status").said


def test_a_port_that_is_taken(run: Run) -> None:
    assert run("db", "upgrade").returncode == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]))
    assert "choose another --port" in done.said
    assert done.returncode == 1


def test_a_database_that_another_command_writes_to(tmp_path: Path) -> None:
    file = tmp_path / "busy.sqlite"
    with sqlite3.connect(file, isolation_level=None) as one, sqlite3.connect(file, timeout=0) as other:
        one.execute("begin exclusive")
        with pytest.raises(sqlite3.OperationalError) as locked:
            other.execute("create table x (y)")
    error = OperationalError("create table", {}, locked.value)
    assert told(error) == "database is locked: another command writes: wait until that has ended"
    assert exit_code(error) == 1


def test_a_full_disk() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with pytest.raises(OSError, match="No space") as full, Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")
    assert full.value.errno == errno.ENOSPC
    assert told(full.value).endswith("make room on the disk, then start it again; what was stored before stays")
    assert os.strerror(errno.ENOSPC) in told(full.value)
