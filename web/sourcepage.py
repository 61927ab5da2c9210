"""The sources: their health, their runs, what is not understood, how sure we are of each, and their terms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.queries import problem_groups, runs_frame, sources_frame
from models.records import Source
from models.vocab import vocabulary
from web.asked import address
from web.memory import Memory
from web.reach import LiveCheck, Reach
from web.words import NOTHING, country_of, day, is_missing, languages_of, moment, number, titled, web_address

RUNS_SHOWN = 25
PROBLEMS_SHOWN = 50
NEVER = "never harvested"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source in the list."""

    slug: str
    name: str
    kind: str
    country: str
    outcome: str
    last_run: str
    last_good: str
    age: str
    live: str
    missing: str
    waiting: str
    problems: str
    checked: str


@dataclass(frozen=True, slots=True)
class SourcePage:
    """What the page of a source shows."""

    row: SourceRow
    reason: str
    facts: Sequence[tuple[str, str]]
    terms: str | None
    terms_note: str
    checks: Sequence[LiveCheck]
    runs: Sequence[Mapping[str, str]]
    older: str | None
    problems: Sequence[Mapping[str, str]]
    more_problems: bool
    is_harvested: bool


def source_rows(reach: Reach, memory: Memory) -> Sequence[SourceRow]:
    """Return all sources, harvested or only declared, by slug."""
    stored = _stored(reach, memory)
    return [
        _row(slug, stored.get(slug), reach.declared.get(slug), reach.live_checks.get(slug, ()))
        for slug in sorted({*stored, *reach.declared})
    ]


def _stored(reach: Reach, memory: Memory) -> Mapping[str, Mapping[Any, Any]]:
    def read() -> Mapping[str, Mapping[Any, Any]]:
        return {row["source"]: row for row in sources_frame(reach.engine).to_dict(orient="records")}

    return memory.answer("sources", read)


def _row(
    slug: str, stored: Mapping[Any, Any] | None, declared: Source | None, checks: Sequence[LiveCheck]
) -> SourceRow:
    checked = f"{checks[-1].on}: {checks[-1].result}" if checks else "never"
    if stored is None:
        assert declared is not None
        return SourceRow(
            slug=slug, name=declared.name, kind=titled(declared.kind), country=country_of(declared.country),
            outcome=NEVER, last_run=NOTHING, last_good=NOTHING, age=NOTHING, live=NOTHING, missing=NOTHING,
            waiting=NOTHING, problems=NOTHING, checked=checked,
        )  # fmt: skip
    return SourceRow(
        slug=slug,
        name=stored["name"],
        kind=titled(stored["kind"]),
        country=country_of(stored["country"]),
        outcome=stored["last_outcome"],
        last_run=moment(stored["last_run_at"]),
        last_good=day(stored["last_good_look_at"]),
        age=_age(stored["last_good_look_at"]),
        live=number(stored["live"]),
        missing=number(stored["missing"]),
        waiting=number(stored["waiting"]),
        problems=number(stored["problems"]),
        checked=checked,
    )


def _age(seen: Any) -> str:
    if is_missing(seen):
        return "no complete look yet"
    days = (datetime.now(UTC) - seen).days
    return "today" if days < 1 else f"{days:,} day{'s' if days > 1 else ''} ago"


def source_page(reach: Reach, memory: Memory, slug: str, before: datetime | None) -> SourcePage | None:
    """Return what is shown of a source, ``None`` if there is none; of its runs those before a time, if one is given."""
    stored, declared = _stored(reach, memory).get(slug), reach.declared.get(slug)
    if stored is None and declared is None:
        return None
    checks = tuple(reach.live_checks.get(slug, ()))
    runs = runs_frame(reach.engine, slug, before=before, most=RUNS_SHOWN + 1).to_dict(orient="records")
    groups = problem_groups(reach.engine, source=slug) if stored is not None else None
    problems = [] if groups is None else groups.head(PROBLEMS_SHOWN).to_dict(orient="records")
    last = runs[RUNS_SHOWN - 1]["as_of"] if len(runs) > RUNS_SHOWN else None
    return SourcePage(
        row=_row(slug, stored, declared, checks),
        reason=(stored or {}).get("reason") or "",
        facts=_facts(stored, declared),
        terms=web_address(declared.terms.url if declared else (stored or {})["terms_url"]),
        terms_note=_terms(stored, declared),
        checks=checks,
        runs=[_run(row) for row in runs[:RUNS_SHOWN]],
        older=None if last is None else address(f"/sources/{slug}", {"before": last.isoformat()}),
        problems=[
            {str(name): "" if is_missing(value) else str(value) for name, value in row.items()} for row in problems
        ],
        more_problems=groups is not None and len(groups) > PROBLEMS_SHOWN,
        is_harvested=stored is not None,
    )


def _facts(stored: Mapping[Any, Any] | None, declared: Source | None) -> list[tuple[str, str]]:
    if declared is not None:
        kind, cadence, language = declared.kind, declared.cadence, declared.language
        everything, evidence, note = declared.complete, declared.evidence, declared.evidence_note
        retired, hosts = declared.retired, ", ".join(declared.hosts)
        formats = ", ".join(form.platform or "own scraper" for form in declared.formats)
    else:
        assert stored is not None
        kind, cadence, language = stored["kind"], stored["cadence"], stored["language"]
        everything, evidence, note = stored["lists_everything"], stored["evidence"], stored["evidence_note"]
        retired, hosts, formats = stored["retired"], "", ""
    facts = [
        ("Kind", vocabulary("source_kind").words[kind]),
        ("Language", languages_of(language)),
        ("Looked at", cadence),
        ("One look lists everything", "yes, so absence can mean withdrawal" if everything else "no"),
        ("How the format is known", f"{evidence}. {note}".rstrip()),
        ("Format", formats),
        ("Hosts", hosts),
        ("Retired since", "" if is_missing(retired) else str(retired)),
    ]
    return [(name, value) for name, value in facts if value]


def _terms(stored: Mapping[Any, Any] | None, declared: Source | None) -> str:
    if declared is not None:
        return f"Looked for on {declared.terms.checked}: {declared.terms.note}"
    assert stored is not None
    return f"Looked for on {stored['terms_checked']}: {stored['terms_note']}"


def _run(row: Mapping[Any, Any]) -> dict[str, str]:
    counts = ("listings", "offerings", "new", "changed", "missing", "withdrawn", "problems")
    kinds = json.loads(row["by_kind"]) if isinstance(row["by_kind"], str) else row["by_kind"]
    return {
        "as_of": moment(row["as_of"]),
        "origin": row["origin"],
        "outcome": row["outcome"],
        **{name: number(row[name]) for name in counts},
        "by_kind": ", ".join(f"{count} {kind}" for kind, count in (kinds or {}).items()),
        "reason": " ".join(
            words for words in (row["reason"], row["accepted_reason"]) if not is_missing(words) and words
        ),
    }
