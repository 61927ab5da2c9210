"""Pages read elsewhere, by processes or on a Dask cluster, give the database that one process gives."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from archive_story import opened, unequal
from databases import runs_in

from flows import engines
from flows.engines import EngineUnavailable
from flows.observatory import Observatory, code_version
from flows.publish import publish
from flows.reading_ahead import OtherCodeThere, read_ahead, read_by_same_code, version_for
from flows.rebuild import Event, Plan, archived_sources, plan_of, rebuild
from flows.settings import Settings
from scrapers.source import DIRECTORY_VARIABLE

VIEWS = ("programme_current", "programme_history", "offering_current", "role_current")


@contextmanager
def to_rebuild(told: Path, into: Path, **engine: object) -> Iterator[Observatory]:
    """An empty database in a file, over the archive of the story, with an engine."""
    with opened(told, f"sqlite:///{into}") as observatory:
        object.__setattr__(observatory, "settings", observatory.settings.model_copy(update=engine))
        yield observatory


@pytest.fixture
def live(told: Path) -> Iterator[Observatory]:
    with opened(told) as observatory:
        yield observatory


def plans(observatory: Observatory) -> list[Plan]:
    slugs = archived_sources(observatory.archive)
    return [plan_of(observatory.archive, slug, observatory.decisions.acceptances()) for slug in slugs]


def workers_of_this_process() -> list[psutil.Process]:
    """The processes that read."""
    children = psutil.Process().children(recursive=True)
    begun = ("flows.processes", "multiprocessing.spawn")  # ours, and Dask's
    return [child for child in children if any(words in " ".join(child.cmdline()) for words in begun)]


@pytest.mark.faults
@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_a_worker_killed_while_it_reads_costs_what_it_was_reading(
    told: Path, live: Observatory, tmp_path: Path, engine: str
) -> None:
    events: list[Event] = []
    killed: list[int] = []

    def kill_one(event: Event) -> None:
        events.append(event)
        if len(events) == 5:
            worker = workers_of_this_process()[0]
            worker.send_signal(signal.SIGKILL)
            killed.append(worker.pid)

    with to_rebuild(told, tmp_path / "other.sqlite", engine=engine) as rebuilt:
        done = rebuild(rebuilt, plans(rebuilt), jobs=2, on_event=kill_one)
        assert len(killed) == 1
        assert [one.failed for one in done] == [[]] * 5
        assert sum(one.stored for one in done) == len(events)
        assert unequal(live, rebuilt) == []
    with to_rebuild(told, tmp_path / "alone.sqlite") as alone:
        rebuild(alone, plans(alone))
        assert exported(rebuilt, tmp_path / "several") == exported(alone, tmp_path / "one")


def exported(observatory: Observatory, folder: Path) -> dict[str, bytes]:
    """The files of an export; what it says of itself names the time at which it was made."""
    publish(observatory, "csv", views=VIEWS, out=folder)
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.startswith("manifest")}


@contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two workers without a nanny, each a process of its own; its address, and the workers."""
    dask, told = str(Path(sys.executable).parent / "dask"), folder / "scheduler.json"
    plain = ["--no-dashboard", "--scheduler-file", str(told)]
    worker = [dask, "worker", *plain, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
    commands = [[dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *plain], worker, worker]
    processes = []
    with ExitStack() as stack:
        log = stack.enter_context((folder / "dask.log").open("wb"))
        for command in commands:
            processes.append(subprocess.Popen(command, cwd=folder, stdout=log, stderr=log))
            stack.callback(processes[-1].wait, timeout=20)
            stack.callback(processes[-1].terminate)
        end = time.monotonic() + 60
        while not told.exists():
            assert time.monotonic() < end, (folder / "dask.log").read_text()
            time.sleep(0.1)
        yield json.loads(told.read_text())["address"], processes[1:]


@pytest.mark.faults
def test_the_command_line_reads_on_a_cluster_that_is_there_and_survives_its_workers(
    told: Path, live: Observatory, tmp_path: Path
) -> None:
    file = tmp_path / "other.sqlite"
    with cluster(tmp_path) as (address, workers):
        with engines.open_pool(Settings(engine="dask", dask_address=address, _env_file=None), 1) as pool:
            while pool.executor.submit(os.getpid).result() != workers[1].pid:
                pass  # until both have joined
        asked = {"MICROCRED_DATA_DIR": str(told), "MICROCRED_ENGINE": "dask", "MICROCRED_DASK_ADDRESS": address}
        command = [str(Path(sys.executable).parent / "microcred"), "rebuild", "--into", str(file), "--json"]
        running = subprocess.Popen(command, env=os.environ | asked, stdout=subprocess.PIPE)
        while not (file.exists() and runs_in(file) >= 3):
            assert running.poll() is None
            time.sleep(0.02)
        workers[0].kill()
        done, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    assert [row["failed"] for row in json.loads(done)["sources"]] == [[]] * 5
    with opened(told, f"sqlite:///{file}") as rebuilt:
        assert unequal(live, rebuilt) == []


def test_without_dask_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(EngineUnavailable, match=r"pip install 'microcred-observatory\[dask\]'"),
        engines.open_pool(Settings(engine="dask", _env_file=None), 2),
    ):
        pass


def test_a_scheduler_that_is_not_there_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "CONNECTED_WITHIN_SECONDS", 1)
    settings = Settings(engine="dask", dask_address="tcp://127.0.0.1:9", _env_file=None)
    with pytest.raises(EngineUnavailable, match="mend MICROCRED_DASK_ADDRESS"), engines.open_pool(settings, 2):
        pass


def test_a_worker_with_other_code_is_refused(live: Observatory) -> None:
    [plan, *_] = plans(live)
    with pytest.raises(OtherCodeThere, match="install the same everywhere"):
        read_by_same_code(live.archive, plan.events[0].run, "0.0.0+of-yesterday")


def test_the_version_of_the_code_is_that_of_the_sources_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = code_version()
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path))
    assert code_version() == before
    own = tmp_path / "own"
    (own / "tu_example").mkdir(parents=True)
    (own / "tu_example" / "source.toml").write_text("name = 'of one’s own'", encoding="utf-8")
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(own))
    assert code_version() != before
    monkeypatch.delenv(DIRECTORY_VARIABLE)
    assert code_version() == before


def test_a_worker_classifies_what_it_meets_once(live: Observatory) -> None:
    [plan] = [plan for plan in plans(live) if plan.source == "credly_ibm"]
    first, second = (event.run for event in plan.events[:2])
    brought = [read_by_same_code(live.archive, run, version_for("credly_ibm")) for run in (first, second)]
    assert brought[1].harvested.programmes == brought[0].harvested.programmes
    assert len(brought[0].made) >= len(brought[0].harvested.programmes) > 0
    assert brought[1].made == {}


@dataclass(frozen=True)
class Deadly:
    """A run whose reading ends the process that reads it."""

    run: Any = field(default_factory=lambda: Deadly(run=None))
    source: str = "opensap"

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (1,)


@pytest.mark.faults
def test_a_run_that_ends_every_worker_ends_the_reading_at_last(live: Observatory) -> None:
    with pytest.raises(BrokenExecutor):
        list(read_ahead(live.archive, [Deadly()], 2, live.settings))
