"""What is asked of an observatory, timed in a process of its own.

``python -m bench.two_years.asking DATA DATABASE DAY`` prints one JSON object: milliseconds by the clock by question,
the best of ``ROUNDS``, without the start of the process; and the rows of the largest tables. It takes a snapshot of the
day, as the deployed one does monthly.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from flows.measuring import take_snapshot
from flows.observatory import Observatory, open_observatory
from flows.publish import publish
from flows.settings import Settings
from flows.showing import status_of
from flows.stocks import stocks
from flows.trending import UNIT, headline, stored_series
from models.queries import read_sql

ROUNDS = 3
SQL = {
    "listings by source and state": "select source, listing_state, count(*) from programme_current group by 1, 2",
    "50 listings of a source": "select * from programme_current where source = 'edx' order by ref limit 50",
    "history of 50 listings": "select * from programme_history where source = 'edx' order by ref limit 50",
    "modes of development": "select mode, count(*) from development_evidence where is_current group by 1",
    "core credentials by country": "select c.source_country, count(*) from credential_current c join programme_current "
    "p on p.programme_id = c.programme_id where p.mc_class = 'core' group by 1",
    "source_health": "select * from source_health",
    "run_log of a source": "select * from run_log where source = 'edx' order by as_of",
}
TABLES = (
    "run", "capture", "programme", "programme_version", "offering_version", "programme_facts", "offering_facts",
    "problem", "trend_row",
)  # fmt: skip


def asked(data: Path, database_url: str, day: date) -> dict[str, Any]:
    """Ask in a process of its own, and return what ``main`` prints."""
    command = [sys.executable, "-m", "bench.two_years.asking", str(data), database_url, day.isoformat()]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def _answers(observatory: Observatory, day: date) -> Iterator[tuple[str, float]]:
    """Yield questions and the milliseconds they took."""
    engine, moment = observatory.engine, datetime.combine(day, datetime.min.time(), UTC)
    yield "status", _best(lambda: status_of(engine, observatory.settings, moment))
    for name, sql in SQL.items():
        yield name, _best(lambda sql=sql: read_sql(engine, sql))  # type: ignore[misc]  # a default binds it now
    yield "snapshot of the day", _best(lambda: take_snapshot(observatory, day), 1)
    yield "all figures of credentials", _best(lambda: headline(stored_series(observatory, unit=UNIT)))
    yield "stock of a day, first", _best(lambda: stocks(observatory, [day]), 1)
    yield "stock of another day", _best(lambda: stocks(observatory, [day - timedelta(days=100)]))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        yield (
            "export, listings as CSV",
            _best(lambda: publish(observatory, "csv", views=("programme_current",), out=out), 1),
        )


def _best(ask: Callable[[], object], rounds: int = ROUNDS) -> float:
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - began))
    return min(took)


def _rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(text(f"select count(*) from {name}")).scalar_one() for name in TABLES}


def main() -> None:
    """Ask, and print the answers' times."""
    data, database_url, day = sys.argv[1:]
    settings = Settings(data_dir=Path(data), database_url=database_url, archive_url=None)
    with open_observatory(settings) as observatory:
        found = dict(_answers(observatory, date.fromisoformat(day)))
        sys.stdout.write(json.dumps({"milliseconds": found, "rows": _rows(observatory.engine)}) + "\n")


if __name__ == "__main__":
    main()
