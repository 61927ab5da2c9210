"""``python -m bench.truth`` (``make truth``): how near our figures come to the truth of invented worlds.

Each world has 13 catalogues and 5 years: looks weekly, monthly and quarterly, outages, half catalogues, redesigns,
duplicates, late and retired sources, renamed programmes; every second world has a true wave of withdrawals. What the
observer sees passes the real judge, history, linking and snapshot; only fetching and parsing are left out. The same
worlds give the same figures. Errors are in percentage points: of growth and of price relatives; of the truth for
stocks and indices; of the stock at the start for flows.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import pandas as pd
from rich.progress import Progress

from bench.truth.measuring import Measured, measure_world
from bench.truth.picture import truth_picture
from bench.truth.report import ERROR_COLUMNS, WAVE_COLUMNS, all_figures, errors, share_waves, verdicts, waves
from flows import console
from trends.pictures import save

WORLDS = 20
PICTURE = Path("data/truth/truth.png")


def measure_worlds(count: int, jobs: int) -> list[Measured]:
    """Measure the worlds 0 to ``count`` - 1 in some processes."""
    found: dict[int, Measured] = {}
    with (
        ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool,
        Progress(console=console.err.console, transient=True, disable=not console.err.is_terminal) as bar,
    ):
        task = bar.add_task("worlds", total=count)
        work = {pool.submit(measure_world, number): number for number in range(count)}
        for done in as_completed(work):
            found[work[done]] = done.result()
            bar.advance(task)
            if not console.err.is_terminal:
                console.say(f"world {work[done]} measured, {len(found)} of {count}")
    return [found[number] for number in sorted(found)]


def main() -> None:
    """Measure, draw, and print tables or JSON."""
    arguments = argparse.ArgumentParser(
        prog="python -m bench.truth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--worlds", type=int, default=WORLDS, help=f"how many worlds (default {WORLDS})")
    arguments.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="how many processes")
    arguments.add_argument("--picture", type=Path, default=PICTURE, help=f"a .png or .svg file (default {PICTURE})")
    arguments.add_argument("--figures", type=Path, help="write every figure into this CSV file")
    arguments.add_argument("--json", action="store_true", help="print JSON instead of tables")
    asked = arguments.parse_args()
    if asked.worlds < 1 or asked.jobs < 1 or asked.picture.suffix not in {".png", ".svg"}:
        arguments.error("--worlds and --jobs are at least 1, and --picture ends in .png or .svg")
    measured = measure_worlds(asked.worlds, asked.jobs)
    figures = all_figures(measured)
    if asked.figures is not None:
        figures.to_csv(asked.figures, index=False)
    asked.picture.parent.mkdir(parents=True, exist_ok=True)
    save(truth_picture(figures, min(1, asked.worlds - 1)), asked.picture)
    _print(measured, figures, as_json=asked.json)
    console.say(f"the picture is {asked.picture}")


def _print(measured: list[Measured], figures: pd.DataFrame, *, as_json: bool) -> None:
    table, found = errors(figures), waves(measured)
    growth = figures[(figures["measure"] == "growth") & (figures["unit"] == "programme")]
    turnover = errors(growth, by=("leaving", "group", "method"))
    exceeding, met = share_waves(figures), verdicts(table, found)
    said = [{"aim": verdict.aim, "met": verdict.met, "measured": verdict.said} for verdict in met]
    if as_json:
        console.print_json(
            {
                "worlds": len(measured),
                "errors": console.records(table),
                "growth_by_turnover": console.records(turnover),
                "waves": console.records(found),
                "false_waves": [
                    {name: getattr(wave, name) for name in wave.__slots__}
                    for each in measured
                    for wave in each.false_waves
                ],
                "true_waves": [
                    {name: getattr(wave, name) for name in wave.__slots__}
                    for each in measured
                    for wave in each.true_waves
                ],
                "withdrawn_share_exceeds_by_5_points": console.records(exceeding),
                "aims": said,
            }
        )
        return
    console.print_table(console.records(table), ERROR_COLUMNS, title="Errors in points")
    columns = ("leaving", *ERROR_COLUMNS[2:])
    console.print_table(
        console.records(turnover), columns, title="\nGrowth of programmes, by the share that leaves in a quarter"
    )
    console.print_table(console.records(found), WAVE_COLUMNS, title="\nWaves of withdrawals")
    console.print_table(
        console.records(exceeding), ("unit", "method", "quarters", "exceeding"),
        title="\nQuarters of a world in which the share withdrawn exceeds the true one by more than 5 points",
    )  # fmt: skip
    rows = [row | {"met": "yes" if row["met"] else "NO"} for row in said]
    console.print_table(rows, ("aim", "met", "measured"), title="\nAims")


if __name__ == "__main__":
    main()
