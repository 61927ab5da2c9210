"""The store: the only writer of the database. One run, or one snapshot, is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from models import run_rows
from models.bulk import garbage_left_alone
from models.classification import Classifier
from models.copying import RunsMissing, copy_content, refuse_to_lose, remove_content, runs_of
from models.database import open_database, writing
from models.fact_queries import offerings_of, stale_facts
from models.forgetting import overwrite_freed, remove_source
from models.history import Readings
from models.judge import accepted_outcome, unchanged_since
from models.linking import CountedAs, Decision, KeptLink
from models.load_classification import load_classifications
from models.load_facts import Look, load_facts
from models.load_history import Effect, complete_look_before, is_latest, load_history
from models.load_links import load_decision, load_links
from models.load_listed import facts_listed_anew, listed_anew, source_listed_anew
from models.load_search import load_words, load_words_of_source, rebuild_words
from models.load_summaries import load_summaries
from models.load_unchanged import (
    counts_as_before,
    keep_problems_of_reading,
    load_as_before,
    problems_of_reading,
    run_repeated,
)
from models.records import Harvested, Judgement, Outcome, RunRecord, Source
from models.units import OFFERING, PROGRAMME, new_ids, table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunExists", "RunsMissing", "Store", "open_database"]

CLASSIFIED_AT_ONCE = 2_000
"""Rows of facts that one transaction classifies anew: others may write in between, and what is done stays done."""


class RunExists(ValueError):
    """Another run of the source is stored at that time, with other pages. The message says which."""


@dataclass(frozen=True, slots=True)
class Store:
    """Writes runs and snapshots into the database behind ``engine``."""

    engine: Engine

    def record_run(
        self,
        source: Source,
        as_of: datetime,
        harvested: Harvested,
        judgement: Judgement,
        *,
        started_at: datetime,
        finished_at: datetime,
        code_version: str,
        accepted_reason: str | None = None,
        classifier: Classifier | None = None,
        corrected: Readings | None = None,
        reads_alike: Callable[[datetime], bool] = lambda _: False,
    ) -> RunRecord:
        """Store a run, and take what it saw into the history if its outcome allows. All or nothing.

        A run that is stored already (same source, time and pages) is left as it is and its record returned, unless it
        waits as suspect and ``accepted_reason`` says why to load it after all.

        Args:
            source: the declaration of the source.
            as_of: aware time the look speaks for.
            harvested: what the run brought home.
            judgement: the outcome and its reason.
            started_at: when the work began (aware).
            finished_at: when it ended (aware).
            code_version: version of the code that read the pages.
            accepted_reason: why a person vouches for a suspect run.
            classifier: the rules for this source; without them new facts stay unclassified until ``classify``.
            corrected: what the same look had read before, if its pages were read again (docs/decisions/0011).
            reads_alike: whether the code reads words of another day as it would on this one; the facts of a listing
                whose words are those of the look before need then not be compared (docs/decisions/0026).

        Raises:
            RunExists: if a run with other pages is stored at that time; nothing is changed.
        """
        work = {"started_at": started_at, "finished_at": finished_at, "code_version": code_version}
        verdict = _verdict(source, harvested, judgement, accepted_reason)
        with garbage_left_alone(), writing(self.engine, source.slug) as connection:
            stored = run_rows.stored_run_row(connection, source.slug, as_of)
            if stored is None:
                run_rows.declare(connection, source, as_of)
                run_id = _new_run(connection, source, as_of, harvested, work | verdict)
            else:
                _refuse_other_pages(connection, stored, harvested)
                if stored["outcome"] != Outcome.SUSPECT or accepted_reason is None:
                    return run_rows.run_record_of(stored)
                run_id = stored["id"]
                _accept(connection, source, stored, harvested, work | {"accepted_reason": accepted_reason})
            # A look that was read again is compared with itself, and not with the look before.
            latest = corrected is None and is_latest(connection, source.slug, as_of)
            look = Look(
                connection, source.slug, as_of, is_latest=latest, corrected=corrected,
                words_tell=latest and _is_read_alike(connection, source.slug, as_of, code_version, reads_alike),
            )  # fmt: skip
            return _load(look, run_id, harvested, classifier)

    def record_unchanged(
        self,
        source: Source,
        as_of: datetime,
        harvested: Harvested,
        *,
        reads_alike: Callable[[datetime], bool],
        started_at: datetime,
        code_version: str,
    ) -> RunRecord | None:
        """Store a complete look on whose pages nothing is new, without their being read. All or nothing.

        Args:
            source: the declaration of a source whose looks list everything.
            as_of: aware time the look speaks for.
            harvested: its pages, on which nothing failed, and what was met on the walk; no programmes.
            reads_alike: whether the code reads a page of another day as it would on this one.
            started_at: when the work began (aware).
            code_version: version of the code that would read the pages.

        Returns:
            The record of the run; ``None`` if something may be new, so that the pages must be read. Nothing is
            written then.
        """
        with writing(self.engine, source.slug) as connection:
            if run_rows.stored_run_row(connection, source.slug, as_of) is not None:
                return None
            before = run_repeated(
                connection, source.slug, as_of,
                pages=harvested.pages, code_version=code_version, reads_alike=reads_alike,
            )  # fmt: skip
            if before is None:
                return None
            run_rows.declare(connection, source, as_of)
            problems = problems_of_reading(connection, before["id"])
            facts = counts_as_before(before, harvested, problems) | {
                "outcome": Outcome.UNCHANGED.value,
                "reason": unchanged_since(before["as_of"], harvested.pages),
                "accepted_reason": None,
                "started_at": started_at,
                "finished_at": datetime.now(UTC),
                "code_version": code_version,
            }
            run_id = _new_run(connection, source, as_of, harvested, facts)
            keep_problems_of_reading(connection, run_id, before)
            return _with_effect(connection, run_id, load_as_before(connection, source.slug, as_of))

    def classify(self, slug: str, classifier: Classifier, *, most: int = CLASSIFIED_AT_ONCE) -> int:
        """Classify facts of a source that other rules, or none, have classified: at most ``most`` in one transaction.

        Returns:
            How many rows of facts were classified; 0 when all are of today's rules.
        """
        with writing(self.engine, slug) as connection:
            facts = stale_facts(connection, slug, classifier.rules_version, most)
            with facts_listed_anew(connection, slug, facts.programmes):
                load_classifications(connection, classifier, facts)
            load_summaries(connection, offerings_of(connection, facts.offerings))
        return len(facts.programmes) + len(facts.offerings)

    def copy_source(self, slug: str, other: Engine) -> None:
        """Take in all that another database holds of a source of which this one has no run. All or nothing.

        Raises:
            RunExists: if there is a run of it here.
        """
        with other.connect() as there, writing(self.engine) as here:
            if runs_of(here, slug):
                raise RunExists(f"there are runs of {slug} already")
            with source_listed_anew(here, slug):
                copy_content(there, here, slug)
            load_words_of_source(here, slug)

    def replace_source(self, slug: str, other: Engine) -> None:
        """Put what another database holds of a source in the place of what this one does. All or nothing.

        Items keep their numbers.

        Raises:
            RunsMissing: if the other does not know all runs of the source, or that one was accepted.
        """
        with other.connect() as there, writing(self.engine) as here:
            refuse_to_lose(here, there, slug)
            with source_listed_anew(here, slug):
                remove_content(here, slug)
                copy_content(there, here, slug)
            load_words_of_source(here, slug)

    def forget_source(self, slug: str) -> dict[str, int]:
        """Remove everything that tells of a source in one transaction, and return how many rows of which table.

        Their bytes may still lie in the files of the database: ``overwrite_freed``.
        """
        with writing(self.engine) as connection:
            return remove_source(connection, slug)

    def overwrite_freed(self) -> None:
        """Write the files of the database anew, so that nothing that was removed is left in them.

        Raises:
            StillInTheFile: if another process reads a SQLite file meanwhile.
        """
        overwrite_freed(self.engine)

    def rebuild_search(self) -> int:
        """Make the full-text index anew in one transaction, and return how many programmes it holds."""
        with writing(self.engine) as connection:
            return rebuild_words(connection)

    def save_links(self, counted: Iterable[CountedAs], links: Iterable[KeptLink]) -> bool:
        """Put credentials and links in the place of all that are stored, in one transaction.

        Args:
            counted: which credential each programme counts as.
            links: all links between programmes.

        Returns:
            Whether anything differed from what was stored; if not, nothing is written.
        """
        with writing(self.engine) as connection:
            return load_links(connection, counted, links)

    def save_link_decision(self, decision: Decision) -> None:
        """Keep what a person decided of two listings; the same decision again changes nothing."""
        with writing(self.engine) as connection:
            load_decision(connection, decision.in_order)

    def save_snapshot(
        self,
        *,
        as_of: date,
        known_at: date,
        period_start: date,
        definition: str,
        rows: pd.DataFrame,
        coverage: pd.DataFrame,
        method_version: str,
        code_version: str,
    ) -> str:
        """Store a snapshot and return its id, a digest of all that is given: the same again changes nothing.

        Args:
            as_of: the day measured.
            known_at: the day up to whose end looks were used.
            period_start: the day after which flows count.
            definition: under which definition classes are meant (vocabulary ``definition``).
            rows: figures with the columns of ``trend_row``, one row each.
            coverage: how far each source was covered, one row a source.
            method_version: version of the definitions.
            code_version: version of the code that measured.
        """
        from models.snapshots import snapshot_of, store_snapshot  # frames load slowly, and a harvest needs none

        facts = {
            "as_of": as_of,
            "known_at": known_at,
            "period_start": period_start,
            "definition": definition,
            "method_version": method_version,
            "code_version": code_version,
        }
        snapshot = snapshot_of(facts, rows, coverage)
        with writing(self.engine) as connection:
            store_snapshot(connection, snapshot)
        return snapshot.id


def _verdict(source: Source, harvested: Harvested, judgement: Judgement, accepted_reason: str | None) -> dict[str, Any]:
    """Return the columns of ``run`` that hold its judgement; a person's word outweighs a gate."""
    if judgement.outcome is not Outcome.SUSPECT or accepted_reason is None:
        return {"outcome": judgement.outcome.value, "reason": judgement.reason, "accepted_reason": None}
    return {
        "outcome": accepted_outcome(source, harvested).value,
        "reason": _accepted(accepted_reason, judgement.reason),
        "accepted_reason": accepted_reason,
    }


def _accepted(reason: str, was: str) -> str:
    return f"accepted: {reason}; was suspect: {was}"


def _new_run(
    connection: Connection, source: Source, as_of: datetime, harvested: Harvested, facts: Mapping[str, Any]
) -> int:
    run = table("run")
    run_id = next(new_ids(connection, run))
    row = run_rows.counts_of(harvested) | run_rows.effect_of(Effect()) | dict(facts)
    connection.execute(insert(run).values(id=run_id, source=source.slug, as_of=as_of, **row))
    run_rows.keep_pages(connection, run_id, harvested)
    run_rows.keep_problems(connection, run_id, harvested.problems)
    return run_id


def _refuse_other_pages(connection: Connection, stored: RowMapping, harvested: Harvested) -> None:
    known, given = run_rows.stored_pages(connection, stored["id"]), run_rows.pages_of(harvested.pages)
    if known != given:
        raise RunExists(
            f"a run of {stored['source']} at {stored['as_of']:%Y-%m-%dT%H:%M:%SZ} is stored with other pages "
            f"({len(known)} stored, {len(given)} given, {len(known & given)} the same): a run is never overwritten"
        )


def _accept(
    connection: Connection, source: Source, stored: RowMapping, harvested: Harvested, work: dict[str, Any]
) -> None:
    """Turn a stored suspect run into one that is loaded; its pages were read anew."""
    run_rows.keep_failures(connection, stored["id"], harvested.failures)
    problems = run_rows.replace_problems_of_reading(connection, stored["id"], harvested.problems)
    kept = {"robots": stored["robots"], "incomplete": stored["incomplete"], "problems": problems}
    verdict = {
        "outcome": accepted_outcome(source, harvested).value,
        "reason": _accepted(work["accepted_reason"], stored["reason"]),
    }
    run = table("run")
    row = run_rows.counts_of(harvested) | kept | work | verdict
    connection.execute(update(run).where(run.c.id == stored["id"]).values(row))


def _is_read_alike(
    connection: Connection, slug: str, as_of: datetime, code_version: str, reads_alike: Callable[[datetime], bool]
) -> bool:
    """Whether the complete look before a time was read by the same code, and as it would be read at that time."""
    before = complete_look_before(connection, slug, as_of)
    return before is not None and before.code_version == code_version and reads_alike(before.as_of)


def _load(look: Look, run_id: int, harvested: Harvested, classifier: Classifier | None) -> RunRecord:
    """Take a run into the history as far as its outcome allows, and return its record."""
    connection = look.connection
    run = table("run")
    this = run.c.id == run_id
    outcome = Outcome(connection.execute(select(run.c.outcome).where(this)).scalar_one())
    complete = outcome.counts_absences
    if complete or outcome.writes_versions:
        look = replace(look, is_latest=complete and look.is_latest)
        seen = load_facts(look, harvested.programmes)
        effect = load_history(look, PROGRAMME, seen.programmes, complete=complete)
        of_offerings = load_history(look, OFFERING, seen.offerings, complete=complete)
        with listed_anew(connection, look.slug, effect.touched | seen.programmes.readings.keys()):
            if classifier is not None:
                load_classifications(connection, classifier, seen.to_classify)
        load_summaries(connection, of_offerings.touched)
        just_read = {number: programme for number, (programme, _) in seen.to_classify.programmes.items()}
        load_words(connection, effect.touched, just_read)
        return _with_effect(connection, run_id, effect)
    return run_rows.run_record_of(connection.execute(select(run).where(this)).mappings().one())


def _with_effect(connection: Connection, run_id: int, effect: Effect) -> RunRecord:
    """Note what a run did to the history, and return its record."""
    run = table("run")
    this = run.c.id == run_id
    connection.execute(update(run).where(this).values(run_rows.effect_of(effect)))
    return run_rows.run_record_of(connection.execute(select(run).where(this)).mappings().one())
