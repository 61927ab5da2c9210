"""``microcred reread``: today's code reads the archived pages of a source again, and its history is corrected by it.

All runs of the source are stored anew in a database beside the one in use, where every reading that is not the one
stored before is marked; then, in one transaction, this takes the place of what was said of the source
(docs/decisions/0011). Until then nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from sqlalchemy import Engine

from flows.db_diff import TableDifference, differences
from flows.observatory import Observatory, code_version
from flows.rebuild import Event, plan_of, rebuild
from models.run_queries import stored_runs
from models.store import RunsMissing, Store, open_database

ATTEMPTS = 3
"""A run may be stored while the others are read; then it is read too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What reading a source again changed. ``failed`` says why it was left as it was, if it was."""

    source: str
    runs: int
    changed: tuple[TableDifference, ...] = ()
    failed: str | None = None


def reread(
    observatory: Observatory,
    slugs: Sequence[str],
    *,
    jobs: int = 1,
    on_event: Callable[[Event], None] | None = None,
) -> Iterator[Reread]:
    """Correct the history of sources and yield what changed; one that fails costs no other.

    A source whose runs were all read by today's code is left as it is.

    Args:
        observatory: the database to correct, and the archive.
        slugs: sources that it knows.
        jobs: how many processes read pages.
        on_event: told of every run and decision that was taken in anew.
    """
    for slug in slugs:
        runs = stored_runs(observatory.engine, slug)
        if all(run.code_version == code_version() for run in runs.values()):
            yield Reread(source=slug, runs=len(runs))
            continue
        with TemporaryDirectory(dir=observatory.settings.data_dir, prefix="reread-") as folder:
            engine = open_database(f"sqlite:///{Path(folder) / 'reread.sqlite'}")
            try:
                yield _corrected(observatory, engine, slug, jobs, on_event)
            finally:
                engine.dispose()


def _corrected(
    observatory: Observatory, engine: Engine, slug: str, jobs: int, on_event: Callable[[Event], None] | None
) -> Reread:
    beside = replace(observatory, engine=engine, store=Store(engine), writing=Lock())
    for attempt in range(1, ATTEMPTS + 1):
        plan = plan_of(observatory.archive, slug, observatory.decisions.acceptances())
        [rebuilt] = rebuild(beside, [plan], jobs=jobs, corrects=observatory.engine, on_event=on_event)
        if rebuilt.failed:
            return Reread(source=slug, runs=plan.runs, failed="; ".join(rebuilt.failed))
        changed = tuple(one for one in differences(observatory.engine, engine, [slug]) if not one.is_equal)
        try:
            with observatory.writing:
                observatory.store.replace_source(slug, engine)
        except RunsMissing as error:
            if attempt == ATTEMPTS:
                return Reread(source=slug, runs=plan.runs, failed=f"the archive does not hold all its runs: {error}")
            continue
        return Reread(source=slug, runs=plan.runs, changed=changed)
    raise AssertionError("the last attempt returns")
