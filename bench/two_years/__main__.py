"""``python -m bench.two_years``: what an observatory grows by that looks at 45 sources every week for two years.

The time is accelerated, the code is real: catalogues of the sandbox over HTTP, archived, read, judged and stored with
history, as a deployed harvest does it. Each database is lived with by one process from the first week to the last, in
some weeks of which a host is down or a suspect look is accepted. Printed are tables of Markdown: sizes on the disk,
memory, open files, threads, processor seconds, how long questions take.

``--worker RUNS`` measures Prefect's own worker instead, over so many flow runs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from pathlib import Path

from bench.two_years.whole import live
from bench.two_years.worker import measure_worker


def main() -> None:
    """Live with one database or both, one after the other, each in a process of its own."""
    arguments = argparse.ArgumentParser(
        prog="python -m bench.two_years", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--weeks", type=int, default=104)
    arguments.add_argument("--sources", type=int, default=45)
    arguments.add_argument("--largest", type=int, default=1_000, help="programmes of the largest source")
    arguments.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    arguments.add_argument("--postgres", help="URL of a server; one is started if none is named")
    arguments.add_argument(
        "--figures", type=Path, metavar="DIR", help="write a row for every week into a CSV file there"
    )
    arguments.add_argument("--without-questions", action="store_true", help="ask nothing and take no snapshots")
    arguments.add_argument("--rebuild", action="store_true", help="at the end, make the database anew and compare")
    arguments.add_argument("--worker", type=int, metavar="RUNS", help="measure Prefect's worker over so many runs")
    asked = arguments.parse_args()
    if asked.worker:
        sys.stdout.write("\n".join(measure_worker(asked.worker, asked.sources, asked.largest)) + "\n")
        return
    for kind in ("sqlite", "postgresql") if asked.database == "both" else (asked.database,):
        process = multiprocessing.get_context("spawn").Process(target=live, args=(kind, asked))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(1)


if __name__ == "__main__":
    main()
