"""Episodes of listings as columns of integers (``trends.stocks``): what stocks are summed from. A part of ``queries``.

A million versions as tuples of text cost more than the database takes to find them. So the database packs the
categories of a version into one integer, and hands over some thousand versions as texts of numbers, which numpy reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from models.classification_tables import class_column
from models.records import Outcome
from models.units import chunks, table
from models.vocab import vocabulary

PROGRAMMES_AT_ONCE = 3_000
UNKNOWN = "unknown"
NEVER = 2**31 - 1
"""The day on which a version ends that is in force."""
Column = npt.NDArray[np.int32]
Categories = npt.NDArray[np.int64]
EQF_LEVELS = tuple(str(level) for level in range(1, 9))


@dataclass(frozen=True, slots=True)
class Packed:
    """Where a category stands in the packed integer: ``bits`` from the bit ``shift`` on; the last word is unknown."""

    name: str
    words: tuple[str, ...]
    shift: int
    bits: int
    column: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A source as it is declared in the database."""

    slug: str
    kind: str
    country: str
    retired: date | None


def packed_cuts(definition: str) -> tuple[Packed, ...]:
    """Return how what a version states or is judged as is packed; ``mc_class`` is that under a definition."""
    stated = (
        ("kind", "f.kind", tuple(vocabulary("listing_kind"))),
        ("delivery", "f.delivery", tuple(vocabulary("delivery"))),
        ("price_type", "f.price_type", tuple(vocabulary("price_type"))),
        ("mc_class", f"c.{class_column(definition)}", tuple(vocabulary("mc_class"))),
        ("isced_broad", "c.isced_broad", tuple(vocabulary("isced_broad"))),
        ("eqf_level", "f.eqf_level", EQF_LEVELS),
        ("platform_level", "f.platform_level", tuple(vocabulary("platform_level"))),
    )
    cuts, shift = [], 0
    for name, column, known in stated:
        words = (*(word for word in known if word != UNKNOWN), UNKNOWN)
        bits = (len(words) - 1).bit_length()
        cuts.append(Packed(name, words, shift, bits, column))
        shift += bits
    return tuple(cuts)


def catalogues(connection: Connection) -> tuple[Catalogue, ...]:
    """Return all sources, by slug."""
    source = table("source")
    rows = connection.execute(select(source.c.slug, source.c.kind, source.c.country, source.c.retired)).all()
    return tuple(sorted((Catalogue(*row) for row in rows), key=lambda one: one.slug))


def last_read(connection: Connection, slugs: Collection[str]) -> Mapping[str, date]:
    """Return the day (UTC) of the last look at each of some sources that read anything of it."""
    run = table("run")
    read = [outcome.value for outcome in Outcome if outcome.counts_absences or outcome is Outcome.PARTIAL]
    rows = connection.execute(
        select(run.c.source, func.max(run.c.as_of))
        .where(run.c.source.in_(slugs), run.c.outcome.in_(read))
        .group_by(run.c.source)
    )
    return {slug: at.date() for slug, at in rows}


def version_count(connection: Connection) -> int:
    """Return how many versions there are."""
    found: int = connection.exec_driver_sql("select count(*) from programme_version").scalar_one()
    return found


def episode_columns(
    connection: Connection,
    cuts: Iterable[Packed],
    slugs: Sequence[str],
    source_shift: int,
    programmes: Iterable[int] | None = None,
) -> Iterator[tuple[Column, Column, Column, Categories]]:
    """Yield the versions of all programmes, or of some, as four columns, those of some thousand programmes at a time.

    Args:
        connection: in one transaction.
        cuts: how categories are packed (``packed_cuts``).
        slugs: the sources; the place of a programme's among them is packed too.
        source_shift: the bit from which it stands there.
        programmes: their numbers; all, in their order, if none are given.

    Yields:
        One element a version, in the order of the programmes: number of the programme, day it began, day it ended
        (days since 1970 in UTC; ``NEVER`` while in force), and its categories packed.
    """
    if _is_postgresql(connection):
        # As for any disk without moving parts: by its default it reads all facts, for each range of programmes anew.
        connection.exec_driver_sql("set local random_page_cost = 1.1")
    wheres = _ranges(connection) if programmes is None else map(_one_of, chunks(programmes))
    sql = _episodes(connection, cuts)
    for where in wheres:
        # All four are put together row by row, so their order is the same, whichever it is.
        texts = connection.exec_driver_sql(f"{sql} where {where.format('v.programme_id')}").one()
        if texts[0] is None:
            continue
        columns = [np.fromstring(text, dtype=np.int64, sep=",") for text in texts]
        # PostgreSQL gives them in no order of its own.
        order = np.argsort(columns[0], kind="stable")
        listing, begins, ends = (column[order].astype(np.int32) for column in columns[:3])
        # Of these programmes only: the sources of all would take room of their own.
        numbers, sources = _sources(connection, slugs, where.format("id"))
        yield listing, begins, ends, columns[3][order] | sources[np.searchsorted(numbers, listing)] << source_shift


def _sources(connection: Connection, slugs: Sequence[str], where: str) -> tuple[Categories, Categories]:
    """Return the numbers of programmes in ascending order, and the place of each one's source among ``slugs``."""
    aggregate = "string_agg(cast(id as text), ',')" if _is_postgresql(connection) else "group_concat(id)"
    rows = connection.exec_driver_sql(
        f"select source, {aggregate} from programme where {where} group by source"  # noqa: S608 - our words
    )
    by_source = [(slugs.index(slug), np.fromstring(text, dtype=np.int64, sep=",")) for slug, text in rows]
    numbers = np.concatenate([of_source for _, of_source in by_source])
    places = np.concatenate([np.full(len(of_source), place, dtype=np.int64) for place, of_source in by_source])
    order = np.argsort(numbers)
    return numbers[order], places[order]


def _ranges(connection: Connection) -> Iterator[str]:
    """Yield the ranges of numbers of programmes, as conditions of a column that is put in."""
    most = connection.exec_driver_sql("select max(id) from programme").scalar() or 0
    for first in range(0, most, PROGRAMMES_AT_ONCE):
        yield f"{{0}} > {first} and {{0}} <= {first + PROGRAMMES_AT_ONCE}"


def _one_of(numbers: Iterable[int]) -> str:
    return f"{{0}} in ({', '.join(f'{number:d}' for number in numbers)})"


def _episodes(connection: Connection, cuts: Iterable[Packed]) -> str:
    postgresql = _is_postgresql(connection)
    until = f"coalesce({_day('v.valid_to', postgresql=postgresql)}, {NEVER})"
    columns = ("v.programme_id", _day("v.valid_from", postgresql=postgresql), until, " + ".join(map(_code, cuts)))
    texts = (f"string_agg(cast({of} as text), ',')" if postgresql else f"group_concat({of})" for of in columns)
    return f"""\
select {", ".join(texts)}
from programme_version v
join programme_facts f on f.id = v.facts_id
left join programme_classification c on c.facts_id = f.id"""  # noqa: S608 - our words


def _day(column: str, *, postgresql: bool) -> str:
    """Return a time's day in UTC, as a number of days since 1970."""
    if postgresql:
        return f"(cast({column} at time zone 'UTC' as date) - date '1970-01-01')"
    # Of the day alone: SQLite rounds times to milliseconds, and the last of a day may fall into the next.
    return f"cast(julianday(substr({column}, 1, 10)) - 2440587.5 as integer)"


def _code(cut: Packed) -> str:
    """Return the place of a column's word where it stands in the packed integer; the last for any other, or none."""
    quote = "" if cut.name == "eqf_level" else "'"
    whens = " ".join(f"when {quote}{word}{quote} then {code << cut.shift}" for code, word in enumerate(cut.words[:-1]))
    unknown = (len(cut.words) - 1) << cut.shift
    return f"(case when {cut.column} is null then {unknown} else case {cut.column} {whens} else {unknown} end end)"


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
