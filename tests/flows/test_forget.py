"""A source that is forgotten is nowhere: not in a table, not in a byte of a file, and nothing brings it back."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from archive_story import Teller, opened, unequal
from command_line import COMMAND, Run, in_this_process, without_ours
from databases import QUICKLY
from object_storage import Storage
from sqlalchemy import Engine, inspect, text

from flows.accept import accept
from flows.forget import allow, forget, held_of
from flows.forgotten import SourceForgotten, forgotten
from flows.linking_up import decide, link_listings
from flows.live import due_sources
from flows.measuring import take_snapshots
from flows.observatory import Observatory
from flows.rebuild import archived_sources, plan_of, rebuild
from flows.replay import replay
from flows.settings import Settings
from flows.stocks import stocks
from models.database import open_database
from models.forgetting import StillInTheFile, rows_of_source, tells_of_sources
from models.schema import METADATA
from models.store import Store
from sandbox.server import serve
from sandbox.world import World
from scrapers.archive import Archive

GONE, KEPT = "opensap", "nova_academy"
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
SECOND, SUSPECT = FIRST + timedelta(days=31), FIRST + timedelta(days=40)
ROOT = Path(__file__).parents[2]
DAYS = (date(2024, 2, 5), date(2024, 1, 5))


@pytest.fixture(scope="module")
def harvested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the archive of two sources over two looks, one accepted, and its database."""
    folder = tmp_path_factory.mktemp("harvested")
    with serve(World(seed=3), day=FIRST.date()) as site, opened(folder, port=site.port) as observatory:
        teller = Teller(observatory, site)
        teller.harvest(FIRST, GONE, KEPT)
        teller.harvest(SECOND, GONE, KEPT)
        teller.fault(GONE, kind="empty")
        teller.harvest(SUSPECT, GONE)
        accept(observatory, GONE, reason="they moved house", as_of=SUSPECT)
        used(observatory)
    return folder


def used(observatory: Observatory) -> None:
    """Do with a database what people do: link, decide, measure, draw."""
    with observatory.engine.connect() as connection:
        [(one, other)] = connection.execute(
            text(
                "select a.ref, b.ref from programme a, programme b where a.source = :gone and b.source = :kept "
                "order by a.ref, b.ref limit 1"
            ),
            {"gone": GONE, "kept": KEPT},
        ).all()
    decide(observatory, (GONE, one), (KEPT, other), same=True, reason="read both")
    link_listings(observatory)
    take_snapshots(observatory, *DAYS)
    stocks(observatory, DAYS)


@pytest.fixture
def observatory(harvested: Path, tmp_path: Path, database_url: str) -> Iterator[Observatory]:
    """The same in a directory of its own, on each kind of database."""
    folder = tmp_path / "data"
    shutil.copytree(harvested, folder)
    if database_url.startswith("sqlite"):
        with opened(folder) as observatory:
            yield observatory
        return
    (folder / "observatory.sqlite").unlink()
    with opened(folder, database_url) as observatory:
        acceptances = observatory.decisions.acceptances()
        rebuild(observatory, [plan_of(observatory.archive, slug, acceptances) for slug in (GONE, KEPT)])
        link_listings(observatory)
        take_snapshots(observatory, *DAYS)
        yield observatory


@pytest.fixture
def on_sqlite(harvested: Path, tmp_path: Path) -> Iterator[Observatory]:
    """The same in a directory of its own, on SQLite."""
    shutil.copytree(harvested, tmp_path / "data")
    with opened(tmp_path / "data") as observatory:
        yield observatory


def title_of(engine: Engine, slug: str) -> str:
    """The longest title that only one source lists."""
    with engine.connect() as connection:
        rows = connection.execute(text("select source, title from programme_history")).all()
    others = {title for source, title in rows if source != slug}
    return max({title for source, title in rows if source == slug} - others, key=len)


def rows_with(engine: Engine, *words: str) -> list[str]:
    """Every row of every table that is there in which one of some words stands, whatever the column."""
    unread = {"search_words"} if engine.dialect.name == "sqlite" else set()
    found = []
    with engine.connect() as connection:
        for table in sorted(set(inspect(engine).get_table_names()) - unread):
            rows = connection.execute(text(f"select * from {table}"))
            found += [f"{table}: {row}" for row in rows if any(word in str(row) for word in words)]
    return found


def orphans(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        astray = []
        if engine.dialect.name == "sqlite":
            astray = [str(row) for row in connection.exec_driver_sql("pragma foreign_key_check")]
            counted = "select 0"
        else:
            counted = "select count(*) - (select count(*) from programme_search) from search_words"
        for question in (
            "select count(*) from organisation_entry where id not in (select organisation_id from programme_role)",
            (
                "select count(*) from organisation_entity where id not in "
                "(select entity_id from programme_organisation where entity_id is not null)"
            ),
            "select count(*) from programme_search where facts_id not in (select id from programme_facts)",
            (
                "select count(*) from programme_credential where credential_id not in "
                "(select source || '/' || programme_key from programme_credential "
                "join programme on programme.id = programme_id)"
            ),
            counted,
        ):
            number = connection.execute(text(question)).scalar_one()
            astray += [f"{number}: {question}"] if number else []
    return astray


def said_of(engine: Engine, slug: str) -> list[str]:
    """What the views say of a source, but for credentials, which are named after their first listing."""
    with engine.connect() as connection:
        return sorted(
            str(row)
            for view in ("programme_history", "offering_current", "run_log", "role_current")
            for row in connection.execute(text(f"select * from {view} where source = :slug"), {"slug": slug})
        )


def test_every_table_is_reached_or_shared() -> None:
    """A new table that tells of a source in no way that is followed fails here."""
    assert {name for name in METADATA.tables if not tells_of_sources(name)} == {
        "organisation_entry",
        "organisation_entity",
    }


@QUICKLY
def test_nothing_is_left_of_a_forgotten_source(observatory: Observatory, tmp_path: Path) -> None:
    engine, data = observatory.engine, tmp_path / "data"
    title, others_title = title_of(engine, GONE), title_of(engine, KEPT)
    before, files = said_of(engine, KEPT), sorted(observatory.archive.files(KEPT))
    assert len(rows_with(engine, GONE)) > 100
    assert (data / "readings" / f"{GONE}.sqlite").exists()
    for folder in ("checks", "trials"):  # what `microcred sources` leaves
        shutil.copytree(observatory.archive.root / GONE, data / folder / GONE)
    counted = rows_of_source(engine, GONE)
    assert {"run", "capture", "programme_facts", "offering_span", "link_decision", "snapshot", "trend_row",
            "programme_search", "programme_listed", "organisation_listed"} <= counted.keys()  # fmt: skip

    held = forget(observatory, GONE, "the university asked for it")

    assert (held.rows, held.counts["files"]) == (counted, 9)
    assert held.counts["bytes"] > 1000
    assert rows_with(engine, GONE, title) == []
    assert rows_of_source(engine, GONE) == {}
    assert orphans(engine) == []
    assert said_of(engine, KEPT) == before
    assert rows_with(engine, others_title) != []
    assert sorted(observatory.archive.files()) == files
    left = [file for file in data.rglob("*") if file.is_file()]
    assert [file.name for file in left if title.encode() in file.read_bytes()] == []
    assert [file for file in left if GONE in str(file.relative_to(data)) and "-locks" not in file.parent.name] == []
    told = [json.loads(line) for line in observatory.decisions.path.read_text(encoding="utf-8").splitlines()]
    assert [(line["kind"], line["source"]) for line in told] == [("forget", GONE), ("forgotten", GONE)]
    assert told[0]["reason"] == "the university asked for it"
    assert told[0]["found"] == held.counts
    assert told[0]["by"]


def test_nothing_brings_it_back(on_sqlite: Observatory, harvested: Path, tmp_path: Path) -> None:
    observatory = on_sqlite
    forget(observatory, GONE, "asked for")
    # A backup of the archive is put back over it.
    shutil.copytree(harvested / "archive" / GONE, observatory.archive.root / GONE)
    slugs = archived_sources(observatory.archive)
    assert slugs == [KEPT, GONE]
    with opened(tmp_path / "data", f"sqlite:///{tmp_path / 'again.sqlite'}") as again:
        done = rebuild(again, [plan_of(again.archive, slug, ()) for slug in slugs])
        assert [(one.source, one.runs, one.failed) for one in done] == [(KEPT, 2, []), (GONE, 0, [])]
        assert "was forgotten on" in done[1].left_out[0]
        assert rows_of_source(again.engine, GONE) == {}
        assert unequal(observatory, again, KEPT) == []
    with pytest.raises(SourceForgotten, match=f"asked for; `microcred forget {GONE} --undo"):
        due_sources(observatory, [GONE], SUSPECT)
    assert GONE not in [source.slug for source in due_sources(observatory, [], SUSPECT)]
    with pytest.raises(SourceForgotten):
        replay(observatory, ROOT / "tests" / "sources" / GONE)
    assert rows_of_source(observatory.engine, GONE) == {}
    forget(observatory, GONE, "asked again")
    assert not (observatory.archive.root / GONE).exists()

    allow(observatory, GONE, "they signed")
    assert forgotten(observatory.decisions) == {}
    replay(observatory, ROOT / "tests" / "sources" / GONE, accept=True)
    assert rows_of_source(observatory.engine, GONE)["run"] >= 1


def test_the_command_says_first_what_would_go(
    harvested: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(harvested, data)
    (data / "copy.sqlite").write_bytes(b"")
    with in_this_process(tmp_path, monkeypatch, capsys) as run:
        _told_first(run, data)


def _told_first(run: Run, data: Path) -> None:
    before = {file: file.read_bytes() for file in data.rglob("*.gz")}
    dry = run("forget", GONE, "--json")
    told = json.loads(dry.stdout)
    assert (dry.returncode, told["done"], told["files"]) == (0, False, 3)
    assert told["rows"] == sum(told["rows_by_table"].values()) > 100
    assert "nothing was changed" in dry.said
    assert f"notreached:{data / 'copy.sqlite'}" in "".join(dry.said.split())  # however long lines are broken
    assert {file: file.read_bytes() for file in data.rglob("*.gz")} == before

    assert run("forget", GONE, "--yes").returncode == 2
    assert run("forget", "--yes").returncode == 2
    assert run("forget", "opensapp").returncode == 2
    assert run("forget", GONE, "--undo", "--reason", "x").returncode == 2

    done = run("forget", GONE, "--yes", "--reason", "asked for in writing")
    assert (done.returncode, f"{told['rows']:,} rows, 3 files" in done.said) == (0, True)
    [listed] = json.loads(run("forget", "--json").stdout)
    assert (listed["source"], listed["reason"], listed["is_done"]) == (GONE, "asked for in writing", True)
    assert json.loads(run("harvest", GONE, "--dry-run", "--json").stdout)[0]["would"].startswith(
        "not: opensap was forg"
    )
    refused = run("harvest", GONE)
    assert (refused.returncode, "asked for in writing" in refused.said) == (2, True)
    assert run("forget", GONE, "--undo", "--reason", "they signed").returncode == 0
    assert json.loads(run("forget", "--json").stdout) == []


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = without_ours() | {"MICROCRED_DATA_DIR": str(folder)}
    process = subprocess.Popen([COMMAND, *arguments], env=environment, stdout=subprocess.DEVNULL, cwd=folder.parent)
    yield process
    process.wait(timeout=120)


def killed_when(folder: Path, happened: Callable[[], bool]) -> bool:
    """Forget and be killed as soon as something has happened; whether that was in the middle."""
    with started(folder, "forget", GONE, "--reason", "asked for", "--yes") as process:
        while not happened() and process.poll() is None:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
    return process.returncode == -signal.SIGKILL


@pytest.mark.faults
def test_a_forgetting_that_was_killed_is_finished_by_the_next(harvested: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(harvested, data)
    archive = Archive(data / "archive")
    with opened(data) as observatory:
        title, decisions = title_of(observatory.engine, GONE), observatory.decisions
    file = data / "observatory.sqlite"
    assert title.encode() in file.read_bytes()

    assert killed_when(data, lambda: b'"kind": "forget"' in decisions.path.read_bytes())
    assert [one.is_done for one in forgotten(decisions).values()] == [False]
    with opened(data) as observatory, pytest.raises(SourceForgotten):
        due_sources(observatory, [GONE], SUSPECT)
    assert killed_when(data, lambda: len(archive.files(GONE)) < 3)
    assert [one.is_done for one in forgotten(decisions).values()] == [False]

    with started(data, "forget", GONE, "--yes") as process:
        pass
    assert process.returncode == 0
    [one] = forgotten(decisions).values()
    assert (one.is_done, one.reason, one.found["files"]) == (True, "asked for", 3)
    assert archive.files(GONE) == []
    with opened(data) as observatory:
        assert rows_with(observatory.engine, GONE, title) == []
        assert orphans(observatory.engine) == []
        assert held_of(observatory, GONE).counts == {"rows": 0, "files": 0, "bytes": 0}
    assert title.encode() not in file.read_bytes()


@pytest.mark.faults
def test_a_reader_that_keeps_the_log_is_told_of(harvested: Path, tmp_path: Path) -> None:
    """While another process reads what was, the bytes cannot go: the command says so, and is not done."""
    data = tmp_path / "data"
    shutil.copytree(harvested, data)
    file = data / "observatory.sqlite"
    engine = open_database(f"sqlite:///{file}", patience_seconds=0.1)
    observatory = Observatory(
        settings=Settings(data_dir=data, _env_file=None), engine=engine, store=Store(engine),
        archive=Archive(data / "archive"),
    )  # fmt: skip
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from programme").fetchone()
        with pytest.raises(StillInTheFile, match="another process reads it"):
            forget(observatory, GONE, "x")
    assert [one.is_done for one in forgotten(observatory.decisions).values()] == [False]
    forget(observatory, GONE, "x")
    assert [one.is_done for one in forgotten(observatory.decisions).values()] == [True]
    engine.dispose()


@pytest.mark.faults
def test_it_goes_from_a_bucket_too(tmp_path: Path, object_storage: Storage) -> None:
    url = object_storage.bucket()
    with serve(World(seed=3), day=FIRST.date()) as site, opened(tmp_path, port=site.port, archive=url) as observatory:
        teller = Teller(observatory, site)
        teller.harvest(FIRST, GONE, KEPT)
        teller.fault(GONE, kind="empty")
        teller.harvest(SECOND, GONE)
        accept(observatory, GONE, reason="they moved house", as_of=SECOND)
        assert sorted({name.split("/")[0] for name in object_storage.objects(url)}) == ["decisions", KEPT, GONE]
        forget(observatory, GONE, "asked for")
        kept = object_storage.objects(url)
        assert sorted({name.split("/")[0] for name in kept}) == ["forgotten", KEPT]
        assert sum(name.startswith("forgotten/") for name in kept) == 2
        assert list(observatory.archive.root.rglob("*.gz*")) == []
        with pytest.raises(SourceForgotten):
            teller.harvest(SUSPECT, GONE)
        with opened(tmp_path / "other", port=site.port, archive=url) as elsewhere, pytest.raises(SourceForgotten):
            due_sources(elsewhere, [GONE], SUSPECT)
