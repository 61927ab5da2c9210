"""An archive in object storage says what one in a folder says; out of reach, nothing is lost or half stored."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec.config
import pytest
from archive_story import Teller, opened, unequal
from command_line import COMMAND, without_ours
from object_storage import KEY, SECRET, Storage, serving
from pydantic import ValidationError

from flows.accept import accept
from flows.live import due_sources, harvest_source, open_fetcher, simulated_clock
from flows.observatory import Observatory, open_archive, open_observatory
from flows.rebuild import archived_sources, plan_of, rebuild
from flows.settings import Settings
from flows.showing import status_of
from models.records import Outcome
from models.run_queries import stored_runs
from sandbox.server import serve
from sandbox.world import World
from scrapers.archive import Archive
from scrapers.bucket import Bucket, StorageFailed
from scrapers.spool import Spool

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LATER = FIRST + timedelta(hours=12)
SUSPECT = datetime(2024, 2, 8, tzinfo=UTC)
SOURCES = ("opensap", "nova_academy")


class Witness(Spool):
    """Copies every file as it was written, before it is brought away: what an archive in a folder would hold."""

    copies: Path

    def deliver(self, name: str) -> None:
        (self.copies / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.root / name, self.copies / name)
        super().deliver(name)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, object_storage: Storage) -> tuple[Path, str]:
    """A data directory whose archive is in a bucket, and the address: all well, nothing new, one held back."""
    folder, url = tmp_path_factory.mktemp("story"), object_storage.bucket()
    with serve(World(seed=3), day=FIRST.date()) as site, opened(folder, port=site.port, archive=url) as observatory:
        witness = Witness(observatory.archive.root, Bucket(url))
        witness.copies = folder / "copies"
        observatory.archive.spool = witness
        teller = Teller(observatory, site)
        assert {run.outcome for run in teller.harvest(FIRST, *SOURCES).values()} == {Outcome.OK}
        object_storage.asked()
        assert {run.outcome for run in teller.harvest(LATER, *SOURCES).values()} == {Outcome.UNCHANGED}
        (folder / "asked").write_text(" ".join(object_storage.asked()))
        teller.fault("opensap", kind="empty")
        assert teller.harvest(SUSPECT, "opensap")["opensap"].outcome is Outcome.SUSPECT
        accept(observatory, "opensap", reason="they moved house", as_of=SUSPECT)
    return folder, url


def rebuilt(observatory: Observatory, jobs: int = 1) -> Observatory:
    acceptances = observatory.decisions.acceptances()
    slugs = archived_sources(observatory.archive)
    done = rebuild(observatory, [plan_of(observatory.archive, slug, acceptances) for slug in slugs], jobs=jobs)
    assert [one.failed for one in done] == [[]] * len(SOURCES)
    return observatory


def test_the_bucket_holds_the_bytes_that_a_folder_would(story: tuple[Path, str], object_storage: Storage) -> None:
    folder, url = story
    copies = folder / "copies"
    written = {file.relative_to(copies).as_posix(): file.read_bytes() for file in copies.rglob("*.gz")}
    assert len(written) == 5
    kept = object_storage.objects(url)
    assert {name: content for name, content in kept.items() if name.endswith(".gz")} == written
    assert [name.split("/")[0] for name in kept.keys() - written.keys()] == ["decisions"]
    assert [path for path in (folder / "spool").rglob("*") if path.is_file()] == []
    assert not (folder / "archive").exists()


def test_pages_that_are_not_modified_cost_few_requests(story: tuple[Path, str]) -> None:
    folder, url = story
    archive = Archive(folder / "spool", Bucket(url))
    later = [file for file in archive.files() if f"{LATER:%Y%m%dT%H%M%SZ}" in file]
    pages = [capture for file in later for capture in archive.read_run(file) if capture.purpose == "page"]
    assert sum(capture.status == 304 for capture in pages) >= 20
    # Whether one was forgotten: two listings and a look. A source: its files, a free name, one block of the first file,
    # an upload and a look at it.
    asked = (folder / "asked").read_text().split()
    assert {method: asked.count(method) for method in set(asked)} == {"LIST": 6, "HEAD": 3, "GET": 2, "PUT": 2}


def test_a_database_rebuilt_from_the_bucket_is_the_same(story: tuple[Path, str], tmp_path: Path) -> None:
    folder, url = story
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    with opened(folder) as live, opened(folder, other, archive=url) as again:
        assert unequal(live, rebuilt(again, jobs=2)) == []
        [run] = [run for at, run in stored_runs(again.engine, "opensap").items() if at == SUSPECT]
        assert run.outcome is Outcome.OK


def test_an_archive_moved_to_a_folder_and_back_is_the_same(
    story: tuple[Path, str], tmp_path: Path, object_storage: Storage
) -> None:
    folder, url = story
    for name, content in object_storage.objects(url).items():
        # What a folder keeps in one file.
        place = tmp_path / "archive" / ("decisions.jsonl" if name.startswith("decisions/") else name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    moved = object_storage.bucket()
    for file in (tmp_path / "archive").rglob("*"):
        if file.is_file():
            object_storage.put(moved, file.relative_to(tmp_path / "archive").as_posix(), file.read_bytes())
    with opened(folder) as live:
        with opened(tmp_path) as local:
            assert unequal(live, rebuilt(local)) == []
        with opened(tmp_path, f"sqlite:///{tmp_path / 'other.sqlite'}", archive=moved) as again:
            assert unequal(live, rebuilt(again)) == []


# ---- out of reach ----------------------------------------------------------------------------


@pytest.fixture
def mortal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """A server of the test's own, which it may stop; this process speaks to it instead of to that of the session."""
    with serving(tmp_path) as storage:
        for name, value in storage.environment.items():
            monkeypatch.setenv(name, value)
        options = {"endpoint_url": storage.endpoint, "config_kwargs": {"retries": {"max_attempts": 1}}}
        monkeypatch.setitem(fsspec.config.conf, "s3", options)
        yield storage


def settings_of(folder: Path, url: str, port: int) -> Settings:
    return Settings(data_dir=folder / "data", archive_url=url, loopback_port=port, _env_file=None)


async def harvest(observatory: Observatory, on_page: Callable[[object], None]) -> None:
    [source] = due_sources(observatory, ("opensap",), FIRST, retired=True)
    async with open_fetcher(observatory.settings, simulated_clock(observatory.settings, FIRST)) as fetcher:
        await harvest_source(observatory, source, fetcher, as_of=FIRST, on_page=on_page)


@pytest.mark.faults
def test_a_store_that_goes_away_costs_the_run_and_no_page(
    tmp_path: Path, mortal: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    url = mortal.bucket()
    with serve(World(seed=3), day=FIRST.date()) as site:
        settings = settings_of(tmp_path, url, site.port)
        with open_observatory(settings) as observatory:
            with pytest.raises(StorageFailed) as failed:
                asyncio.run(harvest(observatory, lambda _: mortal.stop()))
            assert stored_runs(observatory.engine, "opensap") == {}
            [waiting] = observatory.archive.spool.waiting() if observatory.archive.spool else []
            status = status_of(observatory.engine, settings, FIRST)
        assert f"{waiting.name} waits in {tmp_path / 'data' / 'spool'}" in str(failed.value)
        assert "see that the store answers, then `microcred harvest`" in str(failed.value)
        assert (status.archive_files, status.archive) == (None, url)
        [undelivered, unreachable] = [row for row in status.waiting if row["source"] is None]
        assert (undelivered["what"][:10], undelivered["command"]) == ("1 files in", "microcred harvest")
        assert f"{url} cannot be listed" in unreachable["what"]

        content = waiting.read_bytes()
        with open_observatory(settings):
            assert waiting.read_bytes() == content
        assert f"1 files wait in {waiting.parents[2]}" in caplog.text
        for secret in (SECRET, KEY):
            assert secret not in f"{caplog.text}{failed.value}{status.waiting}"
        port = int(mortal.endpoint.rpartition(":")[2])
        with serving(tmp_path, port=port) as again:
            again.client.create_bucket(Bucket=url.split("/")[2])
            with open_observatory(settings) as observatory:
                asyncio.run(harvest(observatory, lambda _: None))
                # The look of that time is brought away and stored as it is: its hosts are not asked again.
                assert list(stored_runs(observatory.engine, "opensap")) == [FIRST]
                [name] = observatory.archive.files("opensap")
            assert again.objects(url) == {name: content}
            assert not waiting.exists()


def test_a_rebuild_without_the_store_stores_nothing_in_the_wrong_order(
    story: tuple[Path, str], tmp_path: Path, object_storage: Storage, mortal: Storage
) -> None:
    url, kept = mortal.bucket(), object_storage.objects(story[1])
    for name, content in kept.items():
        mortal.put(url, name, content)
    with opened(story[0]) as live, opened(tmp_path, archive=url) as again:
        plan = plan_of(again.archive, "nova_academy", ())
        mortal.stop()
        again.archive.bucket = Bucket(url)
        with pytest.raises(StorageFailed, match=f"{url} does not say whether it has nova_academy"):
            rebuild(again, [plan])
        assert stored_runs(again.engine, "nova_academy") == {}
        with serving(tmp_path, port=int(mortal.endpoint.rpartition(":")[2])) as alive:
            alive.client.create_bucket(Bucket=url.split("/")[2])
            for name, content in kept.items():
                alive.put(url, name, content)
            rebuild(again, [plan])
        assert unequal(live, again, "nova_academy") == []


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.faults
def test_a_harvest_killed_in_its_upload_is_brought_to_its_end(tmp_path: Path, mortal: Storage) -> None:
    url, data = mortal.bucket(), tmp_path / "data"
    with serve(World(seed=3), day=FIRST.date()) as site:
        site.fault(site.hosts("opensap")[0], kind="slow", seconds=1.0)
        environment = {"MICROCRED_LOOPBACK_PORT": str(site.port), "MICROCRED_ARCHIVE_URL": url, **mortal.environment}
        command = [COMMAND, "harvest", "opensap", "--include-retired"]
        env = without_ours() | {"MICROCRED_DATA_DIR": str(data)} | environment
        process = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            until(lambda: any(site.requests.values()))  # the walk has begun
            mortal.process.send_signal(signal.SIGSTOP)
            until(lambda: list(data.rglob("*.warc.gz")))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            mortal.process.send_signal(signal.SIGCONT)
        [waiting] = data.rglob("*.warc.gz")
        name = waiting.relative_to(waiting.parents[2]).as_posix()
        content = waiting.read_bytes()
        site.clear_faults()
        with open_observatory(settings_of(tmp_path, url, site.port)) as observatory:
            assert mortal.objects(url) == {name: content}
            assert stored_runs(observatory.engine, "opensap") == {}
            asyncio.run(harvest(observatory, lambda _: None))
            # The look that was killed, which was made today, is stored as it is, and then that of the time asked for.
            [first, killed] = sorted(stored_runs(observatory.engine, "opensap"))
            assert first == FIRST < killed
    assert mortal.objects(url)[name] == content
    assert len(mortal.objects(url)) == 2
    assert list(data.rglob("*.warc.gz*")) == []


# ---- settings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("archive_url", "shown"),
    [
        (None, "{data}/archive"),
        ("", "{data}/archive"),
        ("{data}/pages", "{data}/pages"),
        ("file://{data}/pages", "{data}/pages"),
        ("s3://bucket/archive", "s3://bucket/archive"),
        ("sftp://me:s3cret@host/archive", "sftp://host/archive"),
    ],
)
def test_where_an_archive_lies(tmp_path: Path, archive_url: str | None, shown: str) -> None:
    url = archive_url and archive_url.format(data=tmp_path)
    settings = Settings(data_dir=tmp_path, archive_url=url, _env_file=None)
    archive = open_archive(settings)
    assert str(archive) == shown.format(data=tmp_path)
    assert archive.root == (tmp_path / "spool" / "sftp-host-archive" if "sftp" in shown else archive.root)
    assert "s3cret" not in f"{settings!r}{archive.bucket!r}{archive.root}"
    assert list(tmp_path.iterdir()) == []


def test_the_data_directory_is_of_this_machine() -> None:
    with pytest.raises(ValidationError, match=r"only the archive may lie elsewhere \(MICROCRED_ARCHIVE_URL\)"):
        Settings(data_dir=Path("s3://bucket/data"), _env_file=None)
