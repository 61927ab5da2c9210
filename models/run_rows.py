"""Rows of a run: its record, and the pages, failures and problems it met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from models.bulk import insert_rows
from models.columns import storable
from models.load_history import Effect
from models.records import Harvested, Outcome, Page, PageFailure, Problem, RunRecord, Source, Stage
from models.units import new_ids, table


def run_record_of(row: RowMapping) -> RunRecord:
    """Return the record of a stored run; ``row`` has the columns of the table ``run``."""
    return RunRecord(
        source=row["source"],
        as_of=row["as_of"],
        outcome=Outcome(row["outcome"]),
        listings=row["listings"],
        programmes=row["programmes"],
        offerings=row["offerings"],
        new=row["new"],
        changed=row["changed"],
        missing=row["missing"],
        withdrawn=row["withdrawn"],
        problems=row["problems"],
        reason=row["reason"],
        by_kind=dict(row["by_kind"]),
        vouched=sum(counts.get("vouched", 0) for counts in row["signals"].values()),
    )


def counts_of(harvested: Harvested) -> dict[str, Any]:
    """Return the columns of ``run`` that say where its pages come from and count what was brought home."""
    programmes = harvested.programmes
    return {
        "origin": harvested.origin.value,
        "listings": len(programmes),
        "programmes": len(set(map(attrgetter("ref"), programmes))),
        "offerings": sum(map(len, map(attrgetter("offerings"), programmes))),
        "problems": len(harvested.problems),
        "duplicates": harvested.duplicates,
        "rejected": harvested.rejected,
        "by_kind": dict(sorted(Counter(map(attrgetter("kind"), programmes)).items())),
        "robots": dict(harvested.robots),
        "incomplete": [harvested.crashed] if harvested.crashed else [],
        "signals": {kind: dict(counts) for kind, counts in harvested.signals.items()},
    }


def effect_of(effect: Effect) -> dict[str, Any]:
    """Return the columns of ``run`` that say what it did to the history of programmes."""
    return {
        "new": effect.new,
        "changed": effect.changed,
        "missing": effect.missing,
        "withdrawn": effect.withdrawn,
    }


def declare(connection: Connection, source: Source, declared_at: Any) -> None:
    """Keep the declaration of a source, unless that of a later run is kept already."""
    target = table("source")
    row = {
        "slug": source.slug,
        "name": source.name,
        "kind": source.kind,
        "country": source.country,
        "language": source.language,
        "cadence": source.cadence,
        "lists_everything": source.complete,
        "terms_url": source.terms.url,
        "terms_checked": source.terms.checked,
        "terms_note": source.terms.note,
        "evidence": source.evidence,
        "evidence_note": source.evidence_note,
        "retired": source.retired,
        "declared_at": declared_at,
    }
    known = connection.execute(select(target.c.declared_at).where(target.c.slug == source.slug)).scalar_one_or_none()
    if known is None:
        connection.execute(insert(target).values(row))
    elif known <= declared_at:
        connection.execute(update(target).where(target.c.slug == source.slug).values(row))


def pages_of(pages: Iterable[Page]) -> set[tuple[str, str]]:
    """Return what makes two runs the same: which addresses answered with which bodies."""
    return {(storable(page.url), page.digest) for page in pages}


def stored_pages(connection: Connection, run_id: int) -> set[tuple[str, str]]:
    """Return the same of a stored run."""
    capture = table("capture")
    rows = connection.execute(select(capture.c.url, capture.c.digest).where(capture.c.run_id == run_id))
    return {(row.url, row.digest) for row in rows}


def stored_run_row(connection: Connection, slug: str, as_of: Any) -> RowMapping | None:
    """Return the row of the run of a source at a time, if there is one."""
    run = table("run")
    return connection.execute(select(run).where(run.c.source == slug, run.c.as_of == as_of)).mappings().one_or_none()


def keep_pages(connection: Connection, run_id: int, harvested: Harvested) -> None:
    """Keep where each page lies, and each page that could not be had."""
    ids = new_ids(connection, table("capture"))
    insert_rows(
        connection,
        table("capture"),
        [_capture(page) | {"id": next(ids), "run_id": run_id, "position": n} for n, page in enumerate(harvested.pages)],
    )
    keep_failures(connection, run_id, harvested.failures)


def keep_failures(connection: Connection, run_id: int, failures: Iterable[PageFailure]) -> None:
    """Keep the pages that could not be had or read, in the place of those kept before."""
    failure = table("page_failure")
    connection.execute(delete(failure).where(failure.c.run_id == run_id))
    ids = new_ids(connection, failure)
    rows = [
        {"id": next(ids), "run_id": run_id, "url": f.url, "at": f.at, "status": f.status, "reason": f.reason}
        for f in failures
    ]
    insert_rows(connection, failure, rows)


def _capture(page: Page) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in page.headers.items()}
    return {
        "url": page.url,
        "final_url": page.final_url,
        "at": page.at,
        "status": page.status,
        "content_type": page.content_type,
        "digest": page.digest,
        "unchanged": page.unchanged,
        "warc_file": page.place.file if page.place else None,
        "warc_offset": page.place.offset if page.place else None,
        "warc_length": page.place.length if page.place else None,
        "etag": headers.get("etag"),
        "last_modified": headers.get("last-modified"),
        "signal": page.signal,
        "vouched": page.vouched,
    }


def keep_problems(connection: Connection, run_id: int, problems: Iterable[Problem]) -> None:
    """Keep the problems of a run."""
    target = table("problem")
    ids = new_ids(connection, target)
    insert_rows(
        connection,
        target,
        [
            {
                "id": next(ids),
                "run_id": run_id,
                "stage": p.stage.value,
                "code": p.code,
                "field": p.field,
                "words": p.words,
                "ref": p.ref,
                "url": p.url,
                "message": p.message,
            }
            for p in problems
        ],
    )


def replace_problems_of_reading(connection: Connection, run_id: int, problems: Iterable[Problem]) -> int:
    """Put the problems of reading archived pages anew in the place of the earlier ones; those of the walk stay.

    Returns:
        How many problems the run has now.
    """
    problem = table("problem")
    of_run = problem.c.run_id == run_id
    connection.execute(delete(problem).where(of_run, problem.c.stage != Stage.FETCH.value))
    keep_problems(connection, run_id, [p for p in problems if p.stage is not Stage.FETCH])
    return len(connection.execute(select(problem.c.id).where(of_run)).all())
