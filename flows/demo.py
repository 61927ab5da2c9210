"""``microcred demo``: the main job from end to end over an imitated world, offline, its truth beside our figures."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import pandas as pd

from classify.organisation_table import DIRECTORY_VARIABLE as OWN_DIRECTORY
from classify.organisation_table import OWN_FILE
from flows import console
from flows.demo_truth import (
    COMPARED,
    beside,
    class_confusion,
    judgements,
    mode_figures,
    observable_truth,
    readable_class_confusion,
)
from flows.prefect_environment import quiet_prefect
from flows.settings import KEY_PREFIX

DATA_DIR = Path("data/demo")
ALL = "all"
"""Stands for every catalogue of the sandbox; without it the demo harvests one of each family."""
FIRST_DAY = date(2023, 1, 1)
RUN_COLUMNS = (
    "as_of",
    "source",
    "outcome",
    "listings",
    "offerings",
    "new",
    "changed",
    "missing",
    "withdrawn",
    "problems",
)
FIRST_TO_GO = ("offerings", "problems", "withdrawn", "missing")
NEXT = f"MICROCRED_DATA_DIR={DATA_DIR} .venv/bin/microcred trends, or status, query, snapshot"


@dataclass
class Series:
    """What the harvests of all dates gave: run records, trend rows, and the harvests that ended failed."""

    runs: list[dict[str, Any]] = field(default_factory=list)
    trends: list[pd.DataFrame] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def demo_days(dates: int) -> list[date]:
    """Return the days of the demo's harvests: the first of each quarter from 2023 on."""
    return [stamp.date() for stamp in pd.date_range(FIRST_DAY, periods=dates, freq="QS")]


def run_demo(*, seed: int, dates: int, slugs: Sequence[str] | None, as_json: bool) -> bool:
    """Harvest the sandbox over ``dates`` days through the Prefect flow, measure, print, and draw.

    Returns:
        Whether every harvest ended well.

    Raises:
        ValueError: if a slug is not one the sandbox serves.
    """
    from sandbox.all_catalogues import FAMILIES, KEYS
    from sandbox.world import SOURCES, World

    chosen = list(SOURCES if slugs == [ALL] else slugs or FAMILIES)
    unknown = sorted(set(chosen) - set(SOURCES))
    if unknown:
        raise ValueError(f"the sandbox does not serve {', '.join(unknown)}; it serves {', '.join(SOURCES)}")
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    DATA_DIR.mkdir(parents=True)
    began, world, days = time.monotonic(), World(seed=seed), demo_days(dates)
    console.say(f"An imitated world (seed {seed}): {len(chosen)} catalogues, {dates} dates, all on this machine.")
    with demo_environment(KEYS):
        series = asyncio.run(_harvest_all(world, days, chosen))
        judged = judgements(world, chosen, days[-1], _listed_now())
    trend = pd.concat(series.trends, ignore_index=True)
    truth = observable_truth(world, chosen, days)
    modes = mode_figures(judged)
    pictures = _draw(trend, truth, modes)
    seconds = time.monotonic() - began
    if as_json:
        console.print_json(
            {
                "seed": seed,
                "days": days,
                "seconds": round(seconds, 1),
                "runs": series.runs,
                "trend": console.records(beside(trend, truth)),
                "classes": console.records(class_confusion(judged)),
                "classes_readable": console.records(readable_class_confusion(judged)),
                "modes": console.records(modes),
                "files": [str(path) for path in [DATA_DIR / "observatory.sqlite", DATA_DIR / "archive", *pictures]],
            }
        )
    else:
        _print(series, beside(trend, truth))
        _print_judgements(judged, modes)
        _print_files(pictures, seconds)
    for message in series.failed:
        console.say(f"failed: {message}", style="bold red")
    return not series.failed


@contextmanager
def demo_environment(keys: Sequence[str] = ()) -> Iterator[None]:
    """Point settings and Prefect at the demo's own directory, whatever the person's environment says.

    ``keys`` names the keys that the sandbox asks for; it takes any.
    """
    before = dict(os.environ)
    os.environ.pop("PREFECT_API_URL", None)
    # Empty, not absent: an .env file says what the environment does not.
    os.environ |= {"MICROCRED_DATABASE_URL": "", "MICROCRED_ARCHIVE_URL": ""}
    os.environ["MICROCRED_DATA_DIR"] = str(DATA_DIR)
    os.environ[OWN_DIRECTORY] = str(_own_directory())
    os.environ.update({f"{KEY_PREFIX}{key.upper()}": "sandbox" for key in keys})
    os.environ["PREFECT_HOME"] = str((DATA_DIR / "prefect").resolve())
    os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
    quiet_prefect()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def _harvest_all(world: Any, days: Sequence[date], slugs: list[str]) -> Series:
    # Prefect reads its settings when it is imported, so it is imported only now.
    from prefect import flow

    from flows.harvest import HarvestFailed, harvest
    from flows.measuring import take_snapshot
    from flows.observatory import open_observatory
    from sandbox.server import serve

    series = Series()

    async def all_dates() -> None:
        """One flow around the harvests, so that they share one temporary server."""
        for number, day in enumerate(days):
            advance(0, str(day))
            site.set_day(day)
            try:
                rows = await harvest(slugs, datetime.combine(day, clock_time(), UTC), include_retired=True)
            except HarvestFailed as error:
                series.failed.append(f"{day}: {error}")
                rows = error.rows
            series.runs.extend(rows)
            with open_observatory() as observatory:
                _, trend = take_snapshot(observatory, day, days[number - 1] if number else None)
            series.trends.append(trend)
            advance()
            outcomes = pd.Series([row["outcome"] for row in rows]).value_counts()
            words = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
            listings = sum(row["listings"] for row in rows)
            console.say(f"[{number + 1}/{len(days)}] {day}: {listings:,} listings from {len(rows)} sources ({words})")

    with serve(world, day=days[0]) as site, console.progress("demo", "dates", len(days)) as advance:
        os.environ["MICROCRED_LOOPBACK_PORT"] = str(site.port)
        console.say("Starting a temporary Prefect server; the first harvest waits for it (about ten seconds).")
        await flow(name="demo", persist_result=False)(all_dates)()
    return series


def _own_directory() -> Path:
    """Write the table of invented organisations where a user would write one of theirs, and return its directory."""
    from sandbox.organisations import table_of_invented

    folder = (DATA_DIR / "own").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OWN_FILE).write_text(table_of_invented(), encoding="utf-8")
    return folder


def _listed_now() -> pd.DataFrame:
    from flows.observatory import open_observatory
    from models.queries import read_sql

    with open_observatory() as observatory:
        return read_sql(observatory.engine, "select source, ref, mc_class, development_modes from programme_current")


def _draw(trend: pd.DataFrame, truth: pd.DataFrame, modes: pd.DataFrame) -> list[Path]:
    from trends.pictures import development_picture, flow_picture, growth_picture, save, stock_picture
    from trends.truth_pictures import modes_picture, truth_picture

    folder = DATA_DIR / "pictures"
    folder.mkdir()
    # Without the baseline, beside which nothing else could be seen.
    after_baseline = trend[trend["as_of"] > trend["as_of"].min()]
    charts = {
        "stock-by-kind-of-source": stock_picture(trend, cut="source_kind"),
        "growth": growth_picture(after_baseline),
        "new-and-withdrawn": flow_picture(after_baseline),
        "development": development_picture(trend),
        "trend-beside-truth": truth_picture(trend, truth),
        "how-developed": modes_picture(modes),
    }
    paths = [folder / f"{name}.{suffix}" for name in charts for suffix in ("png", "svg")]
    for path in paths:
        save(charts[path.stem], path)
    return paths


def _print(series: Series, figures: pd.DataFrame) -> None:
    console.print_table(series.runs, RUN_COLUMNS, title="Runs", least=FIRST_TO_GO)
    console.out.print()
    console.print_table(
        console.records(figures),
        ["as_of", *(name for measure in COMPARED for name in (measure, f"{measure}_true"))],
        title="Listings: measured, beside what an observer on these days can know of the world",
    )
    equal = sum(int((figures[measure] == figures[f"{measure}_true"]).sum()) for measure in COMPARED)
    console.out.print(f"\n{equal} of {len(COMPARED) * len(figures)} figures are equal to the world's truth.")
    console.out.print("The first date is the baseline: what was there already counts as first seen, not as new.\n")


def _print_judgements(judged: pd.DataFrame, modes: pd.DataFrame) -> None:
    for title, table in (
        ("Class on the last date: true of the programme (down), and ours (across)", class_confusion(judged)),
        ("The same against what a careful reader can take from the listing", readable_class_confusion(judged)),
        ("How programmes were developed: true, readable in the listing, given by us, right", modes),
    ):
        console.print_table(console.records(table), [str(name) for name in table.columns], title=title)
        console.out.print()


def _print_files(pictures: Sequence[Path], seconds: float) -> None:
    console.out.print(f"Database  {DATA_DIR / 'observatory.sqlite'}")
    console.out.print(f"Pages     {DATA_DIR / 'archive'}")
    for path in pictures:
        console.out.print(f"Picture   {path}")
    console.out.print(f"\nTook {seconds:.0f} s. Next: {NEXT}")
