"""One whole life of an observatory, from the first week to the last, with the tables of what was measured."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.store import a_database
from bench.two_years.asking import asked as answers_of
from bench.two_years.living import Life, Week, settings_for
from bench.two_years.measuring import released
from bench.two_years.remaking import different_when_remade
from bench.two_years.report import Marked, marks_of, tables
from bench.two_years.serving import served
from bench.two_years.world import moment_of, sizes_of
from flows import console

_MEBI = 1024**2


def live(kind: str, asked: argparse.Namespace) -> None:
    """Live with one database, and print what was measured."""
    sizes = sizes_of(asked.sources, asked.largest)
    with (
        TemporaryDirectory(prefix="microcred-years-") as name,
        _url(kind, asked.postgres) as url,
        served(sizes) as world,
    ):
        life = Life(settings_for(Path(name), url, world), tuple(sizes), world)
        weeks, marked = list[Week](), list[Marked]()
        marks = marks_of(asked.weeks)
        for week in life.weeks(asked.weeks, counted=marks):
            weeks.append(week)
            _tell(kind, week)
            if week.week in marks:
                again, grown = life.again(week.week)
                day = moment_of(week.week).date()
                answers = {} if asked.without_questions else answers_of(Path(name), url, day)
                marked.append(Marked(week=week, again=again, grown=grown, answers=answers))
                _write(asked.figures, kind, weeks)
        console.say(f"{kind}: resident, then after malloc_trim: {[f'{size / _MEBI:.1f} MiB' for size in released()]}")
        sys.stdout.write("\n".join(tables(kind, weeks, marked)) + "\n")
        sys.stdout.flush()
        if asked.rebuild:
            said = different_when_remade(life.settings, Path(name) / "remade.sqlite")
            console.say(f"{kind}: made anew from the archive, different: {said or 'nothing'}")


@contextmanager
def _url(kind: str, postgres: str | None) -> Iterator[str]:
    """The URL of a new, empty database that is open nowhere."""
    with a_database(kind, postgres) as engine:
        engine.dispose()
        yield engine.url.render_as_string(hide_password=False)


def _tell(kind: str, week: Week) -> None:
    looked = week.looked
    console.say(
        f"{kind}: week {week.week}: {looked.listings:,} listings, {looked.touched} touched, {looked.unchanged} looks "
        f"unchanged, {looked.failed} failed, {looked.accepted} accepted; {looked.seconds:.1f} s, processor "
        f"{looked.cpu_seconds:.1f} s; {week.held.resident_bytes / _MEBI:.0f} MiB, {week.held.descriptors} descriptors, "
        f"{week.held.threads} threads; database {week.stored.database_bytes / _MEBI:.1f} MiB, archive "
        f"{week.stored.archive_bytes / _MEBI:.1f} MiB"
    )


def _write(folder: Path | None, kind: str, weeks: list[Week]) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    rows = [week.as_row() for week in weeks]
    with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
