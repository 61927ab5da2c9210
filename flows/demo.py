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

from flows import console
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
NEXT = f"MICROCRED_DATA_DIR={DATA_DIR} .venv/bin/microcred status, or query, trends, snapshot"
COMPARED = {
    "stock": "believed_live",
    "new": "observable_new",
    "relisted": "confirmable_relisted",
    "withdrawn": "confirmable_left",
    "changed": "observable_changed",
}
"""Our measures of the total, and what the world's truth calls the figure that an observer on these days can know."""


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
    trend = pd.concat(series.trends, ignore_index=True)
    truth = observable_truth(world, chosen, days)
    pictures = _draw(trend, truth)
    seconds = time.monotonic() - began
    if as_json:
        console.print_json(
            {
                "seed": seed,
                "days": days,
                "seconds": round(seconds, 1),
                "runs": series.runs,
                "trend": console.records(beside(trend, truth)),
                "files": [str(path) for path in [DATA_DIR / "observatory.sqlite", DATA_DIR / "archive", *pictures]],
            }
        )
    else:
        _print(series, beside(trend, truth), pictures, seconds)
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
    os.environ.pop("MICROCRED_DATABASE_URL", None)
    os.environ["MICROCRED_DATA_DIR"] = str(DATA_DIR)
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
            outcomes = pd.Series([row["outcome"] for row in rows]).value_counts()
            words = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
            listings = sum(row["listings"] for row in rows)
            console.say(f"[{number + 1}/{len(days)}] {day}: {listings:,} listings from {len(rows)} sources ({words})")

    with serve(world, day=days[0]) as site:
        os.environ["MICROCRED_LOOPBACK_PORT"] = str(site.port)
        console.say("Starting a temporary Prefect server; the first harvest waits for it (about ten seconds).")
        await flow(name="demo", persist_result=False)(all_dates)()
    return series


def observable_truth(world: Any, slugs: Sequence[str], days: Sequence[date]) -> pd.DataFrame:
    """Return what an observer on ``days`` can know of the world: columns ``as_of``, ``measure``, ``value``."""
    from sandbox import truth

    stock = truth.stock(world, slugs, days).groupby("day")["believed_live"].sum()
    flows = truth.flows(world, slugs, days).groupby("day").sum(numeric_only=True)
    wide = flows.assign(believed_live=stock)[list(COMPARED.values())].set_axis(list(COMPARED), axis="columns")
    long = wide.rename_axis("as_of").reset_index().melt("as_of", var_name="measure", value_name="value")
    return long.sort_values(["as_of", "measure"], ignore_index=True)


def beside(trend: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return our totals beside the truth: one row a day, ``<measure>`` and ``<measure>_true`` for each compared."""
    totals = trend[(trend["unit"] == "programme") & (trend["cut"] == "total") & trend["measure"].isin(COMPARED)]
    ours = totals.pivot_table(index="as_of", columns="measure", values="value", aggfunc="sum")
    true = truth.pivot_table(index="as_of", columns="measure", values="value", aggfunc="sum")
    columns = {name: values for m in COMPARED for name, values in ((m, ours[m]), (f"{m}_true", true[m]))}
    frame = pd.DataFrame(columns).rename_axis("as_of").reset_index()
    return frame.astype(dict.fromkeys(columns, "int64"))


def _draw(trend: pd.DataFrame, truth: pd.DataFrame) -> list[Path]:
    from trends.pictures import flow_picture, save, stock_picture, truth_picture

    folder = DATA_DIR / "pictures"
    folder.mkdir()
    charts = {
        "stock-by-kind-of-source": stock_picture(trend, cut="source_kind"),
        # Without the baseline, beside which nothing else could be seen.
        "new-and-withdrawn": flow_picture(trend[trend["as_of"] > trend["as_of"].min()]),
        "trend-beside-truth": truth_picture(trend, truth),
    }
    paths = [folder / f"{name}.{suffix}" for name in charts for suffix in ("png", "svg")]
    for path in paths:
        save(charts[path.stem], path)
    return paths


def _print(series: Series, figures: pd.DataFrame, pictures: Sequence[Path], seconds: float) -> None:
    console.print_table(series.runs, RUN_COLUMNS, title="Runs")
    console.out.print()
    console.print_table(
        console.records(figures),
        ["as_of", *(name for measure in COMPARED for name in (measure, f"{measure}_true"))],
        title="Programmes listed: measured, beside what an observer on these days can know of the world",
    )
    equal = sum(int((figures[measure] == figures[f"{measure}_true"]).sum()) for measure in COMPARED)
    console.out.print(f"\n{equal} of {len(COMPARED) * len(figures)} figures are equal to the world's truth.")
    console.out.print("The first date is the baseline: what was there already counts as first seen, not as new.")
    console.out.print(f"\nDatabase  {DATA_DIR / 'observatory.sqlite'}")
    console.out.print(f"Pages     {DATA_DIR / 'archive'}")
    for path in pictures:
        console.out.print(f"Picture   {path}")
    console.out.print(f"\nTook {seconds:.0f} s. Next: {NEXT}")
