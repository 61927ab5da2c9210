"""What a run brought home, and how it was judged and stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.records.pages import Page, PageFailure
from models.records.problems import Problem
from models.records.programmes import Programme


class Outcome(StrEnum):
    """The named end of a run. Only ``ok`` and ``unchanged`` may say that something has gone."""

    OK = "ok"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    SUSPECT = "suspect"
    BLOCKED = "blocked"
    FAILED = "failed"

    @property
    def writes_versions(self) -> bool:
        """Whether facts seen in such a run enter the history."""
        return self in {Outcome.OK, Outcome.PARTIAL}

    @property
    def counts_absences(self) -> bool:
        """Whether a programme not seen in such a run counts as missed."""
        return self in {Outcome.OK, Outcome.UNCHANGED}


class Origin(StrEnum):
    """Where the pages of a run come from: the live host, a recording, or a web archive."""

    LIVE = "live"
    REPLAY = "replay"
    WAYBACK = "wayback"
    COMMON_CRAWL = "common_crawl"
    WARC = "warc"


class Cause(StrEnum):
    """Why a version exists. Only ``look`` is a change at the source; trends see nothing else."""

    LOOK = "look"
    COMPLETION = "completion"
    REPARSE = "reparse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvested:
    """Everything one run brought home, before it is judged.

    ``duplicates`` counts listings that repeated a ref of the same run word for word and were dropped.
    ``blocked`` holds the reason if the host refused (403, challenge, robots); ``crashed`` the reason if the walk over
    the catalogue broke off. ``robots`` maps a host to the decision taken and why. ``origin`` says where the pages come
    from. ``signals`` counts by kind what signals said of pages, and how often they were right (``scrapers.vouching``).
    """

    pages: tuple[Page, ...] = ()
    failures: tuple[PageFailure, ...] = ()
    programmes: tuple[Programme, ...] = ()
    problems: tuple[Problem, ...] = ()
    duplicates: int = 0
    rejected: int = 0
    blocked: str | None = None
    crashed: str | None = None
    robots: Mapping[str, str] = field(default_factory=dict)
    origin: Origin = Origin.LIVE
    signals: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousLook:
    """The last complete look at a source before a run: what the gates compare with.

    ``refs`` are the programmes seen in it. ``page_digests`` maps the URL of each page to its digest.
    ``code_version`` is the version of the code that read it: the same bytes read by other code are not unchanged.
    ``duplicates`` counts listings that repeated another in it.

    The rest is beside what the run to be judged read. ``reworded`` are the refs of both whose words are other ones now.
    ``said`` is what some of them and some of those that are gone said then, by ref; all, unless they are many.
    ``older`` names the pages that are not what they were, and are byte for byte what a still earlier look got, with the
    time of that look.
    """

    as_of: datetime
    refs: frozenset[str]
    page_digests: Mapping[str, str]
    code_version: str
    duplicates: int = 0
    reworded: frozenset[str] = frozenset()
    said: Mapping[str, Programme] = field(default_factory=dict)
    older: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome of a run and, in words a person can act on, why."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What a run did, as every command prints it. ``as_of`` is the aware UTC time the look speaks for.

    ``new``, ``changed``, ``missing`` and ``withdrawn`` count programmes; ``by_kind`` counts listings by listing kind.
    ``vouched`` counts pages that were not asked for because a trusted signal said that they are what they were.
    """

    source: str
    as_of: datetime
    outcome: Outcome
    listings: int = 0
    programmes: int = 0
    offerings: int = 0
    new: int = 0
    changed: int = 0
    missing: int = 0
    withdrawn: int = 0
    problems: int = 0
    reason: str = ""
    by_kind: Mapping[str, int] = field(default_factory=dict)
    vouched: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON values; ``as_of`` as RFC 3339 in UTC."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return values | {
            "as_of": self.as_of.isoformat().replace("+00:00", "Z"),
            "outcome": self.outcome.value,
            "by_kind": dict(self.by_kind),
        }
