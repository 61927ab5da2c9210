"""The past from web archives: looks made of captures, by the source's own scraper (docs/decisions/0013).

A look goes the way of every look: its pages enter our own archive first, then it is read, judged and stored, with the
time of its captures and the archive as its origin. Looks that are stored already are left alone, and one that broke off
goes on with the pages it had fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flows.archived import closing, pages_kept, walked_again, whole_run
from flows.backfill_plan import BackfillPlan
from flows.forgotten import refuse_forgotten
from flows.look import Walked, finish, walk
from flows.observatory import Observatory
from models.locks import all_held
from models.records import Page, PageFailure, RunRecord, Source
from models.run_queries import run_record
from scrapers.scraper import SourceBlocked
from scrapers.source import scraper_for
from scrapers.webarchives.errors import ArchiveFailed
from scrapers.webarchives.holdings import Holdings, HostHoldings
from scrapers.webarchives.looks import PlannedLook
from scrapers.webarchives.walking import CaptureFetch, TakenFrom, whole_within

log = logging.getLogger(__name__)


class LookUnfinished(Exception):
    """Pages of a look were not had because the archive did not answer. Nothing is stored; the next attempt goes on."""


class ArchiveRefused(Exception):
    """The archive refuses us, or does not answer any more. What was stored before stays; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """The looks of a plan: all run records that are stored now, how many of them were before, and what is unfinished.

    ``unfinished`` holds times and reasons. ``ended`` says why the archive was not asked any further.
    """

    runs: tuple[RunRecord, ...]
    already: int = 0
    unfinished: tuple[tuple[datetime, str], ...] = ()
    ended: str | None = None


OnPage = Callable[[Page | PageFailure], None]


async def backfill(
    observatory: Observatory,
    source: Source,
    holdings: Holdings,
    plan: BackfillPlan,
    *,
    on_page: OnPage | None = None,
    on_record: Callable[[RunRecord], None] | None = None,
) -> Backfilled:
    """Make and store the looks of a plan, oldest first; one that cannot be finished costs no other.

    Raises:
        InUse: if another process brings in the past of this source, or asks the same web archive.
        Exception: only if our archive or the database cannot be written.
    """
    with all_held(observatory.engine, _held(source, holdings), f"a backfill of {source.slug}"):
        return await _all_looks(observatory, source, holdings, plan, on_page=on_page, on_record=on_record)


def _held(source: Source, holdings: Holdings) -> set[str]:
    """Return what others must leave alone: a web archive is one host, and files may be read by any number."""
    host = {f"web archive {holdings.origin}"} if isinstance(holdings, HostHoldings) else set[str]()
    return host | {f"past of {source.slug}"}


async def _all_looks(
    observatory: Observatory,
    source: Source,
    holdings: Holdings,
    plan: BackfillPlan,
    *,
    on_page: OnPage | None,
    on_record: Callable[[RunRecord], None] | None,
) -> Backfilled:
    refuse_forgotten([source.slug], observatory.forgotten())
    runs: list[RunRecord] = []
    unfinished: list[tuple[datetime, str]] = []
    already = 0
    for look in plan.looks:
        stored = run_record(observatory.engine, source.slug, look.as_of)
        if stored is not None:
            already += 1
            runs.append(stored)
            continue
        try:
            record = await backfill_look(observatory, source, holdings, look, on_page=on_page)
        except LookUnfinished as error:
            unfinished.append((look.as_of, str(error)))
            continue
        except ArchiveRefused as error:
            return Backfilled(runs=tuple(runs), already=already, unfinished=tuple(unfinished), ended=str(error))
        runs.append(record)
        if on_record is not None:
            on_record(record)
    return Backfilled(runs=tuple(runs), already=already, unfinished=tuple(unfinished))


async def backfill_look(
    observatory: Observatory,
    source: Source,
    holdings: Holdings,
    look: PlannedLook,
    *,
    on_page: OnPage | None = None,
) -> RunRecord:
    """Walk over the captures of one look, keep what was read, judge it and store it.

    Raises:
        LookUnfinished: if captures were not answered for; on the second attempt these are failed pages instead.
        ArchiveRefused: if the archive refuses us, or is down.
    """
    scraper = scraper_for(source, look.as_of.date())
    done = whole_run(observatory.archive, source.slug, look.as_of)
    if done is not None:
        # The file was closed, and storing it was broken off.
        walked = walked_again(observatory.archive, done)
        return await finish(observatory, scraper, walked, as_of=look.as_of, started_at=done.started_at)
    started_at = datetime.now(UTC)
    kept = pages_kept(observatory.archive, source.slug, look.as_of)
    with observatory.run_writer(source.slug, look.as_of, origin=holdings.origin) as writer:
        fetch = CaptureFetch(look, source, holdings=holdings, archive=writer.page, kept=kept or {}, on_page=on_page)
        walked = await walk(scraper, fetch)
        # Leaving here without closing the record leaves a file that broke off, from which the next attempt goes on.
        _check_finished(fetch, is_first_attempt=kept is None)
        walked = _within_bounds(walked, scraper.format.archive.whole_days)
        told = closing(walked, as_of=look.as_of, started_at=started_at)
        writer.close(told | {"taken_from": [_taken(one) for one in fetch.taken]})
    return await finish(observatory, scraper, walked, as_of=look.as_of, started_at=started_at)


def _check_finished(fetch: CaptureFetch, *, is_first_attempt: bool) -> None:
    """Raise if a walk could not be finished for a reason that lies with the archive.

    Raises:
        LookUnfinished, ArchiveRefused: see ``backfill_look``.
    """
    if isinstance(fetch.ended, SourceBlocked):
        raise ArchiveRefused(f"the archive refuses us: {fetch.ended}")
    if isinstance(fetch.ended, ArchiveFailed):
        raise ArchiveRefused(f"the archive does not answer: {fetch.ended}")
    if fetch.unanswered and is_first_attempt:
        raise LookUnfinished(f"no answer for {len(fetch.unanswered)} captures, such as {fetch.unanswered[0]}")


def _within_bounds(walked: Walked, whole_days: int | None) -> Walked:
    reason = whole_within(walked.pages, whole_days)
    return walked if reason is None else replace(walked, incomplete=(*walked.incomplete, reason))


def _taken(one: TakenFrom) -> dict[str, Any]:
    return asdict(one) | {"at": one.at.isoformat()}
