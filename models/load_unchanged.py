"""A complete look whose every page is what it was at the complete look before: what is on them need not be read again.

Pages that a trusted signal vouched for count as what they were (docs/decisions/0023).

Reading is pure: the same bytes read by the same code give the same listings. So the run takes its counts and its
problems from the run before, and the history gets a look that read everything alike (docs/decisions/0022).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, literal, select

from models.columns import storable
from models.load_facts import Look, SeenOf
from models.load_history import Effect, complete_looks, is_latest, load_history
from models.load_listed import listed_anew
from models.load_search import load_words
from models.load_summaries import load_summaries
from models.records import Harvested, Page, Stage
from models.run_rows import stored_run_row
from models.units import OFFERING, PROGRAMME, new_ids, table

_COUNTS = ("listings", "programmes", "offerings", "duplicates", "rejected", "by_kind")
_AS_BEFORE = SeenOf(readings={}, fresh=frozenset(), absent=frozenset())


def run_repeated(
    connection: Connection,
    slug: str,
    as_of: datetime,
    *,
    pages: Iterable[Page],
    code_version: str,
    reads_alike: Callable[[datetime], bool],
) -> RowMapping | None:
    """Return the run that a look at ``pages`` only repeats, or ``None`` if what it saw must be read.

    Args:
        connection: where the runs are.
        slug: the source.
        as_of: what the look speaks for.
        pages: all pages of its walk, on which nothing failed.
        code_version: version of the code that would read them.
        reads_alike: whether that code reads a page of another day as it would on this one.
    """
    earlier = [look for look in complete_looks(connection, slug) if look < as_of]
    if not earlier or not is_latest(connection, slug, as_of):
        return None
    before = stored_run_row(connection, slug, earlier[-1])
    if before is None or before["code_version"] != code_version or not reads_alike(earlier[-1]):
        return None
    capture = table("capture")
    rows = connection.execute(select(capture.c.url, capture.c.digest).where(capture.c.run_id == before["id"]))
    known = {row.url: row.digest for row in rows}
    return before if known == {storable(page.url): page.digest for page in pages} else None


def counts_as_before(before: RowMapping, harvested: Harvested, problems: int) -> dict[str, Any]:
    """Return the columns of ``run`` that count what was brought home; ``problems`` were met when it was read before."""
    return {name: before[name] for name in _COUNTS} | {
        "origin": harvested.origin.value,
        "problems": problems + len(harvested.problems),
        "robots": dict(harvested.robots),
        "incomplete": [],
        "signals": {kind: dict(counts) for kind, counts in harvested.signals.items()},
    }


def problems_of_reading(connection: Connection, run_id: int) -> int:
    """Return how many problems were met when the pages of a run were read."""
    problem = table("problem")
    is_of_reading = (problem.c.run_id == run_id) & (problem.c.stage != Stage.FETCH.value)
    return len(connection.execute(select(problem.c.id).where(is_of_reading)).all())


def keep_problems_of_reading(connection: Connection, run_id: int, before: RowMapping) -> None:
    """Let a run have the problems that the run before had when its pages were read."""
    problem = table("problem")
    ids = new_ids(connection, problem)
    others = [column for column in problem.c if column.name not in {"id", "run_id"}]
    is_of_reading = (problem.c.run_id == before["id"]) & (problem.c.stage != Stage.FETCH.value)
    told = select(literal(run_id).label("run_id"), *others).where(is_of_reading).order_by(problem.c.id)
    rows = [{"id": next(ids), **row} for row in connection.execute(told).mappings()]
    if rows:
        connection.execute(problem.insert(), rows)


def load_as_before(connection: Connection, slug: str, as_of: datetime) -> Effect:
    """Take a look that read everything as the latest complete look did into the history."""
    look = Look(connection, slug, as_of, is_latest=True)
    effect = load_history(look, PROGRAMME, _AS_BEFORE, complete=True)
    of_offerings = load_history(look, OFFERING, _AS_BEFORE, complete=True)
    load_summaries(connection, of_offerings.touched)
    load_words(connection, effect.touched)
    with listed_anew(connection, slug, effect.touched):
        pass
    return effect
