"""Several Prefect workers, and a Dask cluster under a flow, on one PostgreSQL database: equal to one process."""

from __future__ import annotations

import asyncio
import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest
from archive_story import opened
from crawl_site import exchange
from databases import administer
from prefect_here import BIN, ROOT, environment_of, free_port, prefect, start, stop, wait_for
from sqlalchemy import URL

from flows.backfill_flow import backfill
from flows.db_diff import differences
from flows.engines import EngineUnavailable
from flows.live import due_sources, harvest_sources
from flows.observatory import Observatory
from flows.publish import publish
from flows.rebuild_flow import rebuild, rebuild_shard
from flows.settings import Settings
from flows.sharding import of_shard
from flows.spreading import spread, task_runner
from models.queries import read_sql
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.archive import Archive
from scrapers.replay import load_recording

pytestmark = pytest.mark.farm

SOURCES = ("cornwall_college", "deakin", "fun_mooc", "nova_academy", "opensap", "tartu")
DAY = datetime(2024, 6, 1, tzinfo=UTC)
VIEWS = ("programme_current", "programme_history", "offering_current", "role_current")


@dataclass(frozen=True)
class Farm:
    """A Prefect server and two workers over one archive and one PostgreSQL database, and pages to harvest."""

    environment: dict[str, str]
    home: Path
    data: Path
    url: URL
    site: Site
    workers: list[subprocess.Popen[bytes]]

    def add_worker(self) -> None:
        log = self.home / f"worker-{len(self.workers)}.log"
        name = f"w{len(self.workers)}"
        self.workers.append(
            start(self.environment, log, "worker", "start", "--pool", "microcred", "--limit", "1", "--name", name)
        )

    def trigger(self, deployment: str, **parameters: object) -> str:
        """Ask for a run and return its id; a worker takes it."""
        given = [word for name, value in parameters.items() for word in ("-p", f"{name}={json.dumps(value)}")]
        done = prefect(self.environment, "deployment", "run", deployment, *given)
        assert done.returncode == 0, done.stdout + done.stderr
        [found] = [line.split()[-1] for line in done.stdout.splitlines() if "UUID" in line]
        return found

    def state(self, run: str) -> tuple[str, str]:
        answer = httpx.get(f"{self.environment['PREFECT_API_URL']}/flow_runs/{run}").raise_for_status().json()
        return answer["state_type"], str(answer["state"]["message"])

    def ended(self, run: str) -> tuple[str, str]:
        """Wait for the end of a run and return its state and the message."""
        until(lambda: self.state(run)[0] in {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}, 150)
        return self.state(run)

    def database(self, name: str | None = None) -> str:
        url = self.url if name is None else self.url.set(database=name)
        return url.render_as_string(hide_password=False)


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def with_a_schedule_a_part() -> str:
    """prefect.yaml with the lines that it keeps as a comment, in the place of none."""
    words = (ROOT / "prefect.yaml").read_text(encoding="utf-8")
    begin, end = words.index("    # schedules:"), words.index("    schedules: []")
    lines = words[begin:end].replace("    # ", "    ")
    return words[:begin] + lines + words[end:].replace("    schedules: []\n", "", 1)


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory, postgresql_server: URL) -> Iterator[Farm]:
    home, data = tmp_path_factory.mktemp("prefect"), tmp_path_factory.mktemp("data")
    names = [f"farm_{uuid4().hex[:12]}" for _ in range(2)]
    for name in names:
        administer(postgresql_server, f"create database {name}")
    port, url = free_port(), postgresql_server.set(database=names[0])
    with serve(World(seed=3), day=DAY.date()) as site:
        environment = environment_of(
            home,
            port,
            MICROCRED_HOME=str(data),
            MICROCRED_DATA_DIR=str(data),
            MICROCRED_DATABASE_URL=url.render_as_string(hide_password=False),
            MICROCRED_LOOPBACK_PORT=str(site.port),
            MICROCRED_ENGINE="dask",
        )
        farm = Farm(environment, home, data, url, site, [])
        server = start(environment, home / "server.log", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        try:
            wait_for(f"{environment['PREFECT_API_URL']}/health", home / "server.log")
            file = home / "prefect.yaml"
            file.write_text(with_a_schedule_a_part(), encoding="utf-8")
            deploy = ("deploy", "--all", "--prefect-file", str(file))
            for arguments in (("work-pool", "create", "microcred", "--type", "process"), deploy):
                done = prefect(environment, *arguments)
                assert done.returncode == 0, done.stdout + done.stderr
            farm.add_worker()
            farm.add_worker()
            yield farm
        finally:
            for worker in farm.workers:
                stop(worker)
            stop(server)
            for name in names:
                administer(postgresql_server, f"drop database {name} with (force)")


def exported(observatory: Observatory, folder: Path) -> dict[str, list[tuple[str, ...]]]:
    """What the exports say but for the numbers of rows, which follow the order in which sources were stored."""
    publish(observatory, "csv", views=VIEWS, out=folder)
    said = {}
    for file in sorted(folder.glob("*.csv")):
        head, *rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
        kept = [place for place, name in enumerate(head) if name not in {"programme_id", "offering_id"}]
        said[file.name] = sorted(tuple(row[place] for place in kept) for row in rows)
    return said


def test_each_part_has_a_schedule_of_its_own(farm: Farm) -> None:
    api = farm.environment["PREFECT_API_URL"]
    answer = httpx.get(f"{api}/deployments/name/harvest/part").raise_for_status().json()
    found = {(one["slug"], one["schedule"]["cron"], one["parameters"]["shard"]) for one in answer["schedules"]}
    assert found == {("part-1", "15 2 * * *", "1/2"), ("part-2", "15 2 * * *", "2/2")}


def test_two_workers_harvest_a_part_each_and_together_what_one_process_does(farm: Farm, tmp_path: Path) -> None:
    parts = [farm.trigger("harvest/part", sources=SOURCES, as_of=DAY.isoformat(), shard=f"{n}/2") for n in (1, 2)]
    assert [farm.ended(run)[0] for run in parts] == ["COMPLETED", "COMPLETED"]
    asked = dict(farm.site.requests)
    with opened(tmp_path, port=farm.site.port) as alone, opened(farm.data, farm.database()) as together:
        sources = due_sources(alone, SOURCES, DAY)
        divided = [[source.slug for source in of_shard(sources, f"{n}/2")] for n in (1, 2)]
        messages = [f"sources looked at: {len(part)} (shard {n}/2)" for n, part in enumerate(divided, 1)]
        assert [farm.state(run)[1] for run in parts] == messages
        assert all(divided)
        asyncio.run(harvest_sources(alone, sources, as_of=DAY))
        twice = {host: 2 * count for host, count in asked.items()}
        assert dict(farm.site.requests) == twice, "each host was asked as often by two workers as by one process"
        looks = "select source, outcome, listings from run_log order by source"
        assert read_sql(together.engine, looks).to_dict() == read_sql(alone.engine, looks).to_dict()
        assert exported(together, tmp_path / "together") == exported(alone, tmp_path / "alone")


def test_a_worker_that_is_killed_costs_its_part_and_the_next_run_makes_up_for_it(farm: Farm) -> None:
    later = datetime(2024, 9, 1, tzinfo=UTC)
    farm.site.set_day(later.date())
    slow = farm.site.hosts("opensap")[0]
    farm.site.fault(slow, "slow", seconds=60, times=2)
    run = farm.trigger("harvest/part", sources=["opensap", "tartu"], as_of=later.isoformat())
    until(lambda: "tartu" in stored(farm, later), 90)
    [worker] = [worker for worker in farm.workers if is_at_work(worker)]
    for process in (psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)):
        process.send_signal(signal.SIGKILL)
    worker.wait()
    farm.site.clear_faults()
    assert farm.state(run)[0] == "RUNNING", "nobody has told the server"
    assert stored(farm, later) == ["tartu"]

    again = farm.trigger("harvest/part", sources=["opensap", "tartu"], as_of=later.isoformat())
    assert farm.ended(again)[0] == "COMPLETED"
    assert stored(farm, later) == ["opensap", "tartu"]
    farm.add_worker()


def stored(farm: Farm, moment: datetime) -> list[str]:
    with opened(farm.data, farm.database()) as observatory:
        found = read_sql(observatory.engine, f"select source from run_log where as_of = '{moment}' order by source")
        return list(found["source"])


def is_at_work(worker: subprocess.Popen[bytes]) -> bool:
    return worker.poll() is None and bool(psutil.Process(worker.pid).children())


def test_a_rebuild_on_dask_loses_a_worker_and_is_equal(farm: Farm) -> None:
    into = f"{farm.url.database}_anew"
    administer(farm.url, f"create database {into}")
    try:
        run = farm.trigger("rebuild/anew", into=into, shards=4, jobs=2)
        with opened(farm.data, farm.database(into)) as anew:
            until(lambda: len(read_sql(anew.engine, "select 1 from run")) >= 1, 90)
            readers = [worker for worker in farm.workers if is_at_work(worker)]
            dask = [
                child
                for worker in readers
                for child in psutil.Process(worker.pid).children(recursive=True)
                if "spawn_main" in " ".join(child.cmdline())
            ]
            dask[0].send_signal(signal.SIGKILL)
            kind, message = farm.ended(run)
            assert kind == "COMPLETED", message
            with opened(farm.data, farm.database()) as live:
                assert [one for one in differences(live.engine, anew.engine) if not one.is_equal] == []
    finally:
        administer(farm.url, f"drop database {into} with (force)")


def test_a_backfill_from_files_is_spread_by_source_and_is_what_one_process_makes(farm: Farm, tmp_path: Path) -> None:
    slugs = ["imoox", "opensap"]
    recorded = [load_recording(ROOT / "tests" / "sources" / slug).runs[0] for slug in slugs]
    others = farm.data / "others"
    with Archive(others).run_writer("others", "0123456789abcdef", recorded[0].as_of) as writer:
        for run in recorded:
            for capture in run.captures[:1]:
                writer.response(exchange(capture.url, capture.at, capture.file.read_bytes()))
        writer.close({})
    days = {"since": "2019-01-01", "until": "2026-06-30"}
    run = farm.trigger("backfill/past", sources=slugs, files=[str(others)], jobs=2, **days)
    kind, message = farm.ended(run)
    assert kind == "COMPLETED", message
    for slug in slugs:
        environment = farm.environment | {"MICROCRED_DATA_DIR": str(tmp_path), "MICROCRED_DATABASE_URL": ""}
        command = [str(BIN / "microcred"), "backfill", slug, "--from", days["since"], "--to", days["until"]]
        subprocess.run([*command, "--files", str(others)], env=environment, check=True, capture_output=True)
    with opened(tmp_path) as alone, opened(farm.data, farm.database()) as together:
        said = "select source, origin, outcome, listings from run_log where origin = 'warc' order by source"
        found = read_sql(together.engine, said).to_dict("records")
        assert [(row["source"], row["outcome"]) for row in found] == [(slug, "partial") for slug in slugs]
        assert found == read_sql(alone.engine, said).to_dict("records")
        listed = "select ref, title, valid_from from programme_history where source = 'imoox' order by ref"
        assert read_sql(together.engine, listed).to_dict() == read_sql(alone.engine, listed).to_dict()


PIECES = """\
import os, signal
from pathlib import Path
from prefect import task

@task
def piece(folder, name):
    mark = Path(folder) / name
    if name == "deadly" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "bad":
        raise LookupError("nothing there")
    with mark.open("a") as file:
        file.write("done")
    return name.upper()
"""
"""A module of its own: processes that are begun do not load the program that began them."""

SPREAD = """\
import json, sys
from distributed import LocalCluster
from pieces import piece
from prefect import flow
from flows.engines import cluster_options
from flows.settings import Settings
from flows.spreading import spread

@flow
def both(folder, address):
    pieces = {name: {"folder": folder, "name": name} for name in ("one", "deadly", "two", "bad")}
    settings = Settings(engine="dask" if address else "processes", dask_address=address, database_url="postgresql://x/y")
    return {name: repr(value) for name, value in spread(settings, 2, piece, pieces).items()}

if __name__ == "__main__":
    here, there = sys.argv[1:]
    with LocalCluster(**cluster_options(2)) as cluster:
        print(json.dumps([both(here, None), both(there, cluster.scheduler_address)]))
"""


def test_a_piece_whose_worker_is_killed_is_begun_again_and_a_bad_one_costs_no_other(farm: Farm, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("processes", "dask")]
    for folder in folders:
        folder.mkdir()
    script = tmp_path / "spread.py"
    script.write_text(SPREAD, encoding="utf-8")
    (tmp_path / "pieces.py").write_text(PIECES, encoding="utf-8")
    command = [sys.executable, str(script), *map(str, folders)]
    done = subprocess.run(command, env=farm.environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    expected = {"one": "'ONE'", "deadly": "'DEADLY'", "two": "'TWO'", "bad": "LookupError('nothing there')"}
    assert json.loads(done.stdout.splitlines()[-1]) == [expected, expected]


def test_what_cannot_be_spread_is_refused_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROCRED_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MICROCRED_DATABASE_URL", raising=False)
    with pytest.raises(ValueError, match="with SQLite leave shards at 1"):
        rebuild.fn(shards=2)
    with pytest.raises(ValueError, match="that is the database in use"):
        rebuild.fn(into="observatory")
    with pytest.raises(ValueError, match="opensapp"):
        backfill.fn(["opensapp"], date(2020, 1, 1))
    elsewhere = Settings(engine="dask", dask_address="tcp://127.0.0.1:9", _env_file=None)
    with pytest.raises(EngineUnavailable, match="store into one PostgreSQL database"):
        spread(elsewhere, 2, rebuild_shard, {})
    assert list(tmp_path.iterdir()) == []


def test_the_settings_name_the_task_runner() -> None:
    begun = task_runner(Settings(engine="dask", _env_file=None), 3)
    assert (type(begun).__name__, begun.cluster_kwargs["n_workers"]) == ("DaskTaskRunner", 3)
    joined = task_runner(Settings(engine="dask", dask_address="tcp://127.0.0.1:8786", _env_file=None), 3)
    assert joined.address == "tcp://127.0.0.1:8786"
