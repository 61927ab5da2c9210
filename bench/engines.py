"""``python -m bench.engines``: one archive rebuilt by one process, by several, on Dask, and by shards side by side.

Makes an archive of invented pages first (``bench.site``, two looks whose bytes all differ), then rebuilds it from
nothing in each way and compares the databases. Every way is its own process, started anew. ``seconds`` is the wall time
of the whole process, ``start`` that of the same for one source of two pages: a cluster takes seconds to begin, whatever
it is to do. ``ratio`` is how many times faster than the line it is compared with, ``working`` the same without start.
Figures of a busy machine do not compare, not even within a run: look at ``cpu_seconds`` too.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from bench.__main__ import FIRST, SOURCES, WEEK_LATER, served
from bench.environment import with_bytecode_kept
from bench.store import a_database
from flows import console
from flows.db_diff import differences

COLUMNS = (
    "way", "database", "workers", "seconds", "start", "cpu_seconds", "pages_per_second", "ratio", "working", "to",
    "equal",
)  # fmt: skip
TINY = "bench_tiny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to rebuild: commands that run at once, where they store, and the way that it is compared with."""

    name: str
    workers: int
    commands: Sequence[Sequence[str]]
    database: str = "sqlite"
    engine: str = "processes"
    to: str = "one process"


WAYS = (
    Way(name="one process", workers=1, commands=[["--jobs", "1"]]),
    Way(name="2 processes read", workers=2, commands=[["--jobs", "2"]]),
    Way(name="Dask, 1 worker", workers=1, commands=[["--jobs", "1"]], engine="dask"),
    Way(name="Dask, 2 workers", workers=2, commands=[["--jobs", "2"]], engine="dask"),
    Way(name="one shard", workers=1, commands=[["--shard", "1/1"]], database="postgresql", to="one shard"),
    Way(
        name="2 shards", workers=2, commands=[["--shard", "1/2"], ["--shard", "2/2"]], database="postgresql",
        to="one shard",
    ),
)  # fmt: skip


def make_archive(folder: Path, sources: int, pages: int) -> int:
    """Harvest invented sources twice into ``folder/data`` and return how many pages the archive holds of them."""
    slugs = [f"bench_{number}" for number in range(sources)]
    for slug in (*slugs, TINY):
        own = folder / "sources" / slug
        shutil.copytree(SOURCES / "bench_pages", own, ignore=shutil.ignore_patterns("__pycache__"))
        declared, host = (own / "source.toml").read_text(encoding="utf-8"), f"{slug.replace('_', '-')}.example"
        (own / "source.toml").write_text(declared.replace("bench.example", host), encoding="utf-8")
    for of_site, count in ((slugs, pages), ([TINY], 2)):
        with served(count, 0.5) as site:
            for as_of, noise in ((FIRST, ""), (WEEK_LATER, "another")):
                site.stand(noise=noise)
                for slug in of_site:
                    command = [sys.executable, "-m", "bench.harvest", slug, "--port", str(site.port)]
                    command += ["--data", str(folder / "data"), "--as-of", as_of]
                    subprocess.run(command, check=True, env=_environment(folder), stdout=subprocess.DEVNULL)
    return 2 * sources * pages


def _environment(folder: Path, **more: str) -> Mapping[str, str]:
    own = {"MICROCRED_SOURCES_DIR": str(folder / "sources"), "MICROCRED_DATA_DIR": str(folder / "data")}
    return with_bytecode_kept() | own | more


def cost_of(way: Way, folder: Path, url: str, *sources: str) -> dict[str, float]:
    """Rebuild once, all sources if none is named; return wall and processor seconds without the database server's."""
    for kept in ("readings", "spool"):  # what was read before would be read from there
        shutil.rmtree(folder / "data" / kept, ignore_errors=True)
    program = [sys.executable, "-m", "flows.cli", "rebuild", *sources, "--into", url, "--json"]
    used, began = _cpu_seconds(), time.perf_counter()
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                subprocess.Popen(
                    [*program, *options],
                    env=_environment(folder, MICROCRED_ENGINE=way.engine),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            for options in way.commands
        ]
        ended = [process.wait() for process in running]
    if any(ended):
        raise RuntimeError(f"{way.name}: the rebuild ended with {ended}")
    return {"seconds": time.perf_counter() - began, "cpu_seconds": _cpu_seconds() - used}


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _reference(folder: Path) -> Iterator[Engine]:
    """The database of the first way, with which all others are compared."""
    with a_database("sqlite", None) as engine:
        cost_of(WAYS[0], folder, engine.url.render_as_string(hide_password=False))
        yield engine


def rows(folder: Path, pages: int, rounds: int, postgres: str | None) -> Iterator[dict[str, Any]]:
    """Yield what each way costs, the fastest of its rounds."""
    best: dict[str, dict[str, float]] = {}

    def times_faster(way: Way, of_start: str = "") -> float:
        ours, theirs = (one["seconds"] - one.get(of_start, 0.0) for one in (best[way.name], best[way.to]))
        return theirs / ours

    with _reference(folder) as reference:
        for way in WAYS:
            found = []
            equal = True
            for _ in range(rounds):
                with a_database(way.database, postgres) as engine:
                    found.append(cost_of(way, folder, engine.url.render_as_string(hide_password=False)))
                    equal = equal and all(one.is_equal for one in differences(reference, engine))
            with a_database(way.database, postgres) as engine:
                began = cost_of(way, folder, engine.url.render_as_string(hide_password=False), TINY)
            best[way.name] = cost = min(found, key=lambda one: one["seconds"]) | {"start": began["seconds"]}
            yield {
                "way": way.name, "database": way.database, "workers": way.workers, **cost,
                "pages_per_second": pages / cost["seconds"], "ratio": times_faster(way),
                "working": times_faster(way, "start"), "to": way.to, "equal": equal,
            }  # fmt: skip


def main() -> None:
    """Make the archive, rebuild it in each way, and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sources", type=int, default=8)
    arguments.add_argument("--pages", type=int, default=1_000, help="of each source; each is archived twice")
    arguments.add_argument("--rounds", type=int, default=1, help="the fastest counts")
    arguments.add_argument("--postgres", help="URL of a server; one is started if none is named")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    asked = arguments.parse_args()
    with TemporaryDirectory(prefix="microcred-engines-") as name:
        console.say(f"archiving {asked.sources} sources of {asked.pages} pages, twice")
        pages = make_archive(Path(name), asked.sources, asked.pages)
        found = []
        for row in rows(Path(name), pages, asked.rounds, asked.postgres):
            console.say(
                f"{row['way']}: {row['seconds']:.1f} s, {row['working']:.2f} times {row['to']}, equal: {row['equal']}"
            )
            found.append(row)
    if asked.json:
        console.print_json(found)
        return
    shown = [{k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()} for row in found]
    console.print_table(shown, COLUMNS)


if __name__ == "__main__":
    main()
