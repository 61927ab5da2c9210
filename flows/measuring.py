"""Taking a snapshot: history as of a day becomes rows of the trend table; the same twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from flows.linking_up import link_listings
from flows.nearest import none_called
from flows.observatory import Observatory, code_version
from models.classification_tables import DEFAULT_DEFINITION
from models.queries import TrendFrames, trend_frames
from models.vocab import vocabulary
from scrapers.source import discover
from trends.frames import Period, end_of
from trends.method import METHOD_VERSION, coverage, quarter_days, snapshot, source_statuses

MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of a day that are not stored.

    ``rows`` has the columns of ``trends.method.TREND_COLUMNS``; ``coverage`` one row a source: how far it was covered
    on the day, and in ``status`` what it was in the period.
    """

    period: Period
    known_at: date
    definition: str
    rows: pd.DataFrame
    coverage: pd.DataFrame


def quarter_before(day: date) -> date:
    """Return the day three calendar months before ``day`` (clipped to the end of a shorter month)."""
    return (pd.Timestamp(day) - pd.DateOffset(months=MONTHS_OF_A_QUARTER)).date()


def yesterday(now: datetime | None = None) -> date:
    """Return the last day that is wholly past in UTC: a snapshot of a day that still runs could not be repeated."""
    return ((now or datetime.now(UTC)) - timedelta(days=1)).date()


def take_snapshot(
    observatory: Observatory,
    as_of: date,
    period_start: date | None = None,
    *,
    known_at: date | None = None,
    definition: str = DEFAULT_DEFINITION,
) -> tuple[str, pd.DataFrame]:
    """Bring links up to date, measure the history as of the end of ``as_of`` (UTC), and store the snapshot.

    Args:
        observatory: where the history is.
        as_of: the day; any day of the past.
        period_start: flows (new, withdrawn ...) are counted after the end of this day; default three months before.
        known_at: the day up to whose end looks count; ``as_of`` itself ("as known then") if left out.
        definition: under which definition classes and populations are meant (vocabulary ``definition``).

    Returns:
        The id of the snapshot, and its rows (``trends.method.TREND_COLUMNS``).

    Raises:
        ValueError: if the period does not end after it starts, ``known_at`` is before ``as_of``, or there is no such
            definition.
    """
    ((snapshot_id, measured),) = take_snapshots(
        observatory, as_of, period_start, known_at=known_at, definitions=[definition]
    )
    return snapshot_id, measured.rows


def take_snapshots(
    observatory: Observatory,
    as_of: date,
    period_start: date | None = None,
    *,
    known_at: date | None = None,
    definitions: Sequence[str] = (DEFAULT_DEFINITION,),
    on_measured: Callable[[str], None] | None = None,
) -> list[tuple[str, Measured]]:
    """Take a snapshot under each of some definitions, as ``take_snapshot`` does.

    ``on_measured`` is told the name of each definition under which the day has been measured.

    Raises:
        ValueError: as ``take_snapshot``, before anything is stored.
    """
    _refuse_unknown(definitions)
    link_listings(observatory)
    measured = []
    for one in definitions:
        measured.append(measure(observatory, as_of, period_start, known_at=known_at, definition=one))
        if on_measured is not None:
            on_measured(one)
    return [(_keep(observatory, one), one) for one in measured]


def _refuse_unknown(definitions: Iterable[str]) -> None:
    unknown = [name for name in definitions if name not in vocabulary("definition")]
    if unknown:
        known = vocabulary("definition").words
        raise ValueError(f"there is {none_called('definition', unknown, known)}; there are: {', '.join(known)}")


def _keep(observatory: Observatory, measured: Measured) -> str:
    return observatory.store.save_snapshot(
        as_of=measured.period.as_of,
        known_at=measured.known_at,
        period_start=measured.period.period_start,
        definition=measured.definition,
        rows=measured.rows,
        coverage=measured.coverage,
        method_version=METHOD_VERSION,
        code_version=code_version(),
    )


def take_snapshots_of_days(
    observatory: Observatory,
    days: Sequence[date],
    *,
    definitions: Sequence[str] = (DEFAULT_DEFINITION,),
    on_measured: Callable[[str], None] | None = None,
) -> list[tuple[str, Measured]]:
    """Take the snapshot of each of some days as known then, each over the quarter before it.

    The history is read once a definition. ``on_measured`` is told each day that has been measured and stored.

    Raises:
        ValueError: if there is no such definition, before anything is stored.
    """
    _refuse_unknown(definitions)
    link_listings(observatory)
    taken = []
    for definition in definitions:
        history = history_of(observatory, definition)
        for day in days:
            measured = measured_of(history, day)
            taken.append((_keep(observatory, measured), measured))
            if on_measured is not None:
                on_measured(str(day))
    return taken


def measure(
    observatory: Observatory,
    as_of: date,
    period_start: date | None = None,
    *,
    known_at: date | None = None,
    definition: str = DEFAULT_DEFINITION,
) -> Measured:
    """Measure as ``take_snapshot`` does, and store nothing.

    Raises:
        ValueError: as ``take_snapshot``.
    """
    Period(period_start or quarter_before(as_of), as_of)  # refuses a period that is none before anything is read
    return measured_of(history_of(observatory, definition), as_of, period_start, known_at=known_at)


@dataclass(frozen=True, slots=True)
class History:
    """The whole history under a definition, read at one moment: any number of days can be measured from it."""

    definition: str
    frames: TrendFrames
    looks: pd.DataFrame


def history_of(observatory: Observatory, definition: str = DEFAULT_DEFINITION) -> History:
    """Read the history.

    Raises:
        ValueError: if there is no such definition.
    """
    frames = trend_frames(observatory.engine, definition=definition)
    return History(definition=definition, frames=frames, looks=_with_retirements(frames))


def measured_of(
    history: History, as_of: date, period_start: date | None = None, *, known_at: date | None = None
) -> Measured:
    """Measure a day of a history that was read, as ``measure`` does.

    Raises:
        ValueError: if the period does not end after it starts, or ``known_at`` is before ``as_of``.
    """
    period = Period(period_start or quarter_before(as_of), as_of)
    frames, looks, definition = history.frames, history.looks, history.definition
    rows = snapshot(
        frames.listings,
        frames.offerings,
        looks,
        frames.changes,
        as_of=as_of,
        period_start=period.period_start,
        definition=definition,
        known_at=known_at,
        absences=frames.absences,
        offering_absences=frames.offering_absences,
        chain_days=quarter_days(looks, as_of, known_at=known_at),
    )
    statuses = source_statuses(looks, period, until=end_of(known_at or as_of))[["source", "status"]]
    covered = coverage(looks, as_of).merge(statuses, on="source", how="left", validate="one_to_one")
    return Measured(period=period, known_at=known_at or as_of, definition=definition, rows=rows, coverage=covered)


def _with_retirements(frames: TrendFrames) -> pd.DataFrame:
    """Return the looks with today's word on when catalogues were retired.

    The database has a declaration as it was at the last run, and a catalogue that is retired is not run again.
    """
    declared = {slug: source.retired for slug, source in discover().items()}
    stored = zip(frames.looks["source"], frames.looks["retired"], strict=True)
    return frames.looks.assign(retired=pd.Series([declared.get(s, r) for s, r in stored], dtype="object"))
