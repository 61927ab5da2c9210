"""Stocks of listings on any days, from an extract of the history that the database itself keeps true.

The first time, all versions are read, some thousand at once, and kept as columns of integers under ``extracts/`` in the
data directory. From then on the log of changes (``models.change_log``) says which programmes may have changed since,
and only these are read: their episodes take the place of those in the extract. Without a log that fits, everything is
read again, so an extract that is out of date is never used. An extract can be thrown away at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from flows.extracts import Counted, Extract, Keeping, kept_extract
from flows.nearest import none_called
from flows.observatory import Observatory
from models.change_log import Mark, mark_of, since
from models.classification_tables import DEFAULT_DEFINITION
from models.stock_queries import (
    Catalogue,
    catalogues,
    episode_columns,
    last_read,
    packed_cuts,
    version_count,
)
from models.trend_queries import at_one_moment
from models.vocab import vocabulary
from scrapers.source import discover
from trends.stocks import (
    NO_EPISODES,
    Cut,
    Daily,
    Episodes,
    Shown,
    added,
    corrected,
    daily_changes,
    day_number,
    stock_table,
    together,
    with_retirements,
)

TOTAL, SOURCE = "total", "source"
MOST_CHANGED = 0.02
"""Of more changed programmes a new extract is made, of the old one and them; fewer are read each time."""
_SOURCE_BITS = 32


@dataclass(frozen=True, slots=True)
class Stocks:
    """The table of stocks (``trends.stocks.STOCK_COLUMNS``), and what was read from the database for it.

    ``read`` is ``everything``, or ``changes``: the versions of ``programmes_read`` programmes, which may be none.
    """

    table: pd.DataFrame
    read: str
    programmes_read: int = 0


def cut_names() -> tuple[str, ...]:
    """Return by what stocks can be divided."""
    return (TOTAL, SOURCE, "source_kind", "country", *(cut.name for cut in packed_cuts(DEFAULT_DEFINITION)))


def stocks(
    observatory: Observatory,
    days: Sequence[date],
    cuts: Sequence[str] = (TOTAL,),
    *,
    definition: str = DEFAULT_DEFINITION,
    say: Callable[[str], None] = lambda _: None,
) -> Stocks:
    """Return how many listings were listed at the end (UTC) of each day, by the categories of some cuts.

    Args:
        observatory: where the history is, and in whose data directory the extract is kept.
        days: the days.
        cuts: by what to divide (``cut_names``).
        definition: under which definition ``mc_class`` says what a listing is.
        say: what to do with a message for people (that the extract could not be kept).

    Raises:
        ValueError: if there is no such cut or definition; the message names those there are.
    """
    _refuse_unknown("definition", [definition], vocabulary("definition").words)
    _refuse_unknown("cut", cuts, cut_names())
    folder = observatory.settings.data_dir / "extracts" / f"stocks-{definition}"
    with at_one_moment(observatory.engine) as connection:
        reading = _Reading(connection, definition, folder, say)
        daily = reading.daily()
    table = stock_table(daily, [reading.shown(cut) for cut in cuts], days)
    return Stocks(table, "everything" if reading.changed is None else "changes", len(reading.changed or ()))


def _refuse_unknown(what: str, named: Sequence[str], known: Collection[str]) -> None:
    unknown = [name for name in named if name not in known]
    if unknown:
        raise ValueError(f"there is {none_called(what, unknown, known)}; there are: {', '.join(known)}")


@dataclass
class _Reading:
    """One reading of the database at one moment; ``changed`` are the programmes read, ``None`` for all."""

    connection: Connection
    definition: str
    folder: Path
    say: Callable[[str], None]
    catalogues: Mapping[str, Catalogue] = field(default_factory=dict)
    slugs: tuple[str, ...] = ()
    changed: frozenset[int] | None = None
    retired: Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        self.packed = packed_cuts(self.definition)
        self.layout = repr(self.packed)
        self.catalogues = {one.slug: one for one in catalogues(self.connection)}

    def daily(self) -> Daily:
        """Return the daily changes of the history as it is now."""
        kept = kept_extract(self.folder, self.layout)
        if kept is not None and self.catalogues.keys() >= set(kept.counted.slugs):
            self.changed = since(self.connection, kept.counted.mark)
        if kept is None or self.changed is None:
            self.slugs = tuple(self.catalogues)
            return self._counted(self._episodes(None), version_count(self.connection), mark_of(self.connection)).daily
        before = kept.counted
        self.slugs = (*before.slugs, *(slug for slug in self.catalogues if slug not in before.slugs))
        if (before.slugs, before.retired) != (self.slugs, self._retired()):
            kept = replace(kept, counted=self._counted([kept.episodes], len(kept.episodes.listing), before.mark))
        if not self.changed:
            return kept.counted.daily
        return self._with_changes(kept, self.changed)

    def _with_changes(self, kept: Extract, changed: frozenset[int]) -> Daily:
        outdated, fresh = kept.episodes.places_of(changed), together(self._episodes(changed))
        if len(changed) > MOST_CHANGED * kept.counted.listings:
            holds = np.ones(len(kept.episodes.listing), dtype=bool)
            holds[outdated] = False
            now = together((kept.episodes.of(holds), fresh))
            return self._counted([now], len(now.listing), mark_of(self.connection)).daily
        return corrected(kept.counted.daily, self._count(kept.episodes.of(outdated)), self._count(fresh))

    def shown(self, cut: str) -> Shown:
        """Return the cut of the table that has a name."""
        of_sources = {
            TOTAL: ["all" for _ in self.slugs],
            SOURCE: list(self.slugs),
            "source_kind": [self.catalogues[slug].kind for slug in self.slugs],
            "country": [self.catalogues[slug].country for slug in self.slugs],
        }
        if cut in of_sources:
            return Shown(cut, SOURCE, of_sources[cut])
        return Shown(cut, cut, next(each.words for each in self.packed if each.name == cut))

    def _episodes(self, programmes: Collection[int] | None) -> Iterator[Episodes]:
        parts = episode_columns(self.connection, self.packed, self.slugs, self._source.shift, programmes)
        return (Episodes(*columns) for columns in parts)

    def _count(self, episodes: Episodes) -> Daily:
        days = {self.slugs.index(slug): day for slug, day in self._retired().items()}
        stated = [Cut(cut.name, len(cut.words), cut.shift, cut.bits) for cut in self.packed]
        return daily_changes(with_retirements(episodes, self._source, days), [self._source, *stated])

    @property
    def _source(self) -> Cut:
        return Cut(SOURCE, len(self.slugs), self.packed[-1].shift + self.packed[-1].bits, _SOURCE_BITS)

    def _retired(self) -> Mapping[str, int]:
        if self.retired is None:
            self.retired = self._retirements()
        return self.retired

    def _retirements(self) -> Mapping[str, int]:
        """Return the days on which catalogues were retired: today's word on it, unless they were read since."""
        declared = discover()
        said = {
            slug: declared[slug].retired if slug in declared else one.retired for slug, one in self.catalogues.items()
        }
        retired = {slug: day for slug, day in said.items() if day is not None}
        if not retired:
            return {}
        read = last_read(self.connection, retired.keys())
        return {slug: day_number(day) for slug, day in retired.items() if read.get(slug, date.min) < day}

    def _counted(self, parts: Iterable[Episodes], size: int, mark: Mark | None) -> Counted:
        """Count episodes as they come, ``size`` of them, and keep them if changes of the database are logged.

        They come in the order of their listings, and no listing in two parts.
        """
        daily, listings = self._count(NO_EPISODES), 0
        with Keeping(self.folder, size) as keeping:
            for part in parts:
                daily, listings = added(daily, self._count(part)), listings + part.listings
                keeping.add(part)
            counted = Counted(
                mark=mark or Mark(-1, 0, 0), layout=self.layout, slugs=self.slugs, retired=self._retired(),
                listings=listings, daily=daily,
            )  # fmt: skip
            if mark is not None:
                try:
                    keeping.finish(counted)
                except OSError as error:
                    self.say(f"the extract cannot be kept, the next reading will be of everything again: {error}")
        return counted
