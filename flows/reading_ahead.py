"""Reading archived pages elsewhere, ahead of the one process that stores what they say.

Results come in the order of the work, whoever was ready first: what is stored does not depend on who read it, and is
the same as when one process does all.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Protocol, TypeVar

from flows.archived import ArchivedRun, walked_again
from flows.classifying import Rules
from flows.engines import Pool, open_pool
from flows.look import read
from flows.observatory import code_version
from flows.packed import digest_of
from flows.reading_process import made_of
from flows.settings import Settings
from models.records import Harvested
from scrapers.archive import Archive
from scrapers.source import discover, scraper_for

RUNS_AHEAD = 2
"""How many runs each worker may be ahead: enough that none waits, and no more in memory."""
BREAKS_MAX = 3
"""So often in a row the workers are begun anew before it is given up: what ends them may be a run itself."""


class OtherCodeThere(ValueError):
    """A worker has other code, or other sources of one's own, than this process: it would read other facts."""


class OfRun(Protocol):
    """Something that has to do with an archived run."""

    @property
    def run(self) -> ArchivedRun:
        """The run."""


Work = TypeVar("Work", bound=OfRun)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a run brought home, and what the rules make of some of it (``flows.classifying.Rules``); any may lack."""

    harvested: Harvested
    made: Mapping[bytes, bytes]


def read_archived(archive: Archive, run: ArchivedRun) -> Harvested:
    """Return what a run brought home, read from its archived pages by today's code; pages are without their bodies.

    Raises:
        ArchiveDamaged: if its file is gone.
    """
    day = run.as_of.date()
    harvested = read(scraper_for(discover()[run.source], day), walked_again(archive, run), day)
    return replace(harvested, pages=tuple(replace(page, body=b"") for page in harvested.pages))


def version_for(slug: str) -> str:
    """Return what tells the code, rules and tables apart that read and classify pages of a source."""
    return f"{code_version()} {Rules(discover()[slug]).rules_version}"


def read_by_same_code(archive: Archive, run: ArchivedRun, version: str) -> Brought:
    """Return what ``read_archived`` does, on a worker, with the classifications that the one that stores will want.

    Raises:
        OtherCodeThere: if its code is not the version asked for.
    """
    if version_for(run.source) != version:
        raise OtherCodeThere(
            f"a worker has the code {version_for(run.source)}, and this is {version}: install the same everywhere, "
            "with the same MICROCRED_SOURCES_DIR, and start the workers again"
        )
    harvested = read_archived(archive, run)
    met, made = _met(run.source), dict[bytes, bytes]()
    for programme in harvested.programmes:
        key = digest_of(programme)
        if key is not None and key not in met:
            met.add(key)
            made.update(made_of(programme, discover()[run.source], run.as_of.date()))
    return Brought(harvested, made)


@lru_cache(maxsize=1)
def _met(slug: str) -> set[bytes]:
    """Return what this worker has classified of a source, until it reads another: it is stored once, at the first."""
    del slug
    return set()


def read_ahead(
    archive: Archive, work: Iterable[Work], jobs: int, settings: Settings
) -> Iterator[tuple[Work, Brought | Exception]]:
    """Yield each piece of work with what its run brought home, or with what went wrong, in the order given.

    A worker that is ended from outside costs what it was reading: that is read again.

    Args:
        archive: where the files are; workers on other machines must find it there too.
        work: what has to do with runs; the next is asked for only when there is room.
        jobs: how many workers read; with 1 and without a cluster it is this process.
        settings: name the engine.

    Raises:
        BrokenExecutor: if workers were ended from outside again and again.
        EngineUnavailable: if the engine cannot be used.
        OtherCodeThere: if a worker has other code.
    """
    if jobs <= 1 and settings.engine == "processes":
        for piece in work:
            try:
                yield piece, Brought(read_archived(archive, piece.run), {})
            except Exception as error:  # noqa: BLE001 - one bad run never costs the others
                yield piece, error
        return
    due, waiting, breaks = iter(work), deque[Work](), 0
    while True:
        try:
            with open_pool(settings, jobs) as pool:
                for piece, brought in _read_on(pool, archive, due, waiting):
                    breaks = 0
                    yield piece, brought
        except BrokenExecutor:
            breaks += 1
            if breaks > BREAKS_MAX:
                raise
        else:
            return


def _read_on(
    pool: Pool, archive: Archive, due: Iterator[Work], waiting: deque[Work]
) -> Iterator[tuple[Work, Brought | Exception]]:
    """Yield what workers read, in order; ``waiting`` holds what was begun and has not been yielded, also afterwards."""

    def submitted(piece: Work) -> Future[Brought]:
        return pool.executor.submit(read_by_same_code, archive, piece.run, version_for(piece.run.source))

    coming = deque(map(submitted, waiting))
    while True:
        for piece in islice(due, max(0, pool.size * RUNS_AHEAD - len(waiting))):
            waiting.append(piece)
            coming.append(submitted(piece))
        if not waiting:
            return
        brought = _come(coming.popleft())
        yield waiting.popleft(), brought


def _come(coming: Future[Brought]) -> Brought | Exception:
    try:
        return coming.result()
    except CancelledError as error:
        raise BrokenExecutor("the cluster that read is gone") from error
    except (BrokenExecutor, OtherCodeThere):
        raise
    except Exception as error:  # noqa: BLE001 - one bad run never costs the others
        return error
