"""Adding and trying sources: a few pages of a live catalogue, as listings on the screen or as an example on disk."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.examples import replayed, write_expected
from flows.keys import key_of
from flows.live import UnknownSource, open_fetcher, select
from flows.look import Walked, walk
from flows.settings import Settings
from models.records import Format, Page, Problem, Programme, Source, Terms
from normalise.programme import normalise
from scrapers.archive import Archive
from scrapers.assemble import Parsed, parse
from scrapers.recognise import Proposal
from scrapers.recorder import declaration, write_recording
from scrapers.run_fetch import RunFetch
from scrapers.sampling import SampledFetch
from scrapers.scraper import PageFailed, SourceBlocked
from scrapers.source import DIRECTORY_VARIABLE, discover, load_source, own_directory, scraper_for
from scrapers.survey import Survey, survey

SOURCES = Path("scrapers") / "sources"
EXAMPLES = Path("tests") / "sources"
REQUESTS_OF_A_SURVEY = 40
LISTING_COLUMNS = ("ref", "kind", "title", "size", "price", "start", "offered_by", "problems")
FIRST_TO_GO = ("kind", "start", "ref", "offered_by", "size")
"""Columns that a narrow terminal does without, in this order."""


class NothingFound(ValueError):
    """A site that shows no catalogue we could read. The message says what was looked at and what can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A few pages of a source, read: typed programmes with the problems met, and what the walk had to say."""

    source: Source
    pages: tuple[Page, ...]
    programmes: tuple[Programme, ...]
    problems: tuple[Problem, ...]
    failures: tuple[str, ...]
    blocked: str | None = None

    def rows(self) -> list[dict[str, Any]]:
        """Return the programmes as rows of ``LISTING_COLUMNS``."""
        troubled: dict[str, list[str]] = {}
        for problem in self.problems:
            if problem.ref:
                troubled.setdefault(problem.ref, []).append(f"{problem.code} {problem.field or ''}".strip())
        return [_row(programme, troubled.get(programme.ref, [])) for programme in self.programmes]


def _row(programme: Programme, problems: Sequence[str]) -> dict[str, Any]:
    price, credit = programme.price, programme.credits_value
    weeks, hours = programme.duration_weeks_min, programme.workload_hours_min
    sizes = (
        f"{credit:g} {programme.credits_unit or 'credits'}" if credit is not None else None,
        f"{hours:g} h" if hours is not None and credit is None else None,
        f"{weeks:g} weeks" if weeks is not None else None,
    )
    amount = f"{price.price_amount:g} {price.price_currency or ''}".strip() if price.price_amount else price.price_type
    starts = [offering.start_date for offering in programme.offerings if offering.start_date]
    names = [o.name for o in programme.organisations if o.role in {"taught_by", "awarded_by", "developed_by"}]
    return {
        "ref": programme.ref,
        "kind": programme.kind,
        "title": programme.title,
        "size": ", ".join(size for size in sizes if size) or None,
        "price": amount,
        "start": min(starts, default=None),
        "offered_by": ", ".join(dict.fromkeys(names)) or None,
        "problems": ", ".join(problems) or None,
    }


def try_source(slug: str, settings: Settings, *, pages: int, retired: bool) -> Tried:
    """Read a few pages of a source as it is now; nothing enters the database.

    Raises:
        UnknownSource: if the source does not exist, is retired, or lacks its key.
    """
    [source] = select([slug], {}, datetime.now(UTC), retired=retired)
    return asyncio.run(_tried(source, settings, pages))


async def _tried(source: Source, settings: Settings, pages: int) -> Tried:
    day = datetime.now(UTC).date()
    scraper = scraper_for(source, day)
    async with _opened(source, settings) as run:
        fetch = SampledFetch(run, pages)
        walked = await walk(scraper, fetch)
    parsed = parse(scraper, walked.pages)
    return _read(source, walked, parsed, fetch.pages, day)


def _read(source: Source, walked: Walked, parsed: Parsed, pages: Sequence[Page], day: date) -> Tried:
    typed = [normalise(listing, source, day) for listing in parsed.listings]
    found = [problem for _, problems in typed for problem in problems]
    return Tried(
        source=source,
        pages=tuple(pages),
        programmes=tuple(programme for programme, _ in typed),
        problems=(*walked.problems, *parsed.problems, *found),
        failures=tuple(f"{failure.url}: {failure.reason}" for failure in (*walked.failures, *parsed.failures)),
        blocked=walked.blocked,
    )


@asynccontextmanager
async def _opened(source: Source, settings: Settings) -> AsyncIterator[RunFetch]:
    """Open a run of its own archive: pages of a trial are kept, but are no look at the source."""
    archive, now = Archive(settings.trial_dirs[1]), datetime.now(UTC)
    secret = key_of(source)
    async with open_fetcher(settings) as fetcher:
        with archive.run_writer(source.slug, f"{now.timestamp():.0f}", now, secret=secret) as writer:
            run = fetcher.run(source, writer=writer, archive=archive, secret=secret)
            yield run
            writer.close(run.summary())


# --------------------------------------------------------------------------------------
# Examples
# --------------------------------------------------------------------------------------


def example_folder(slug: str, root: Path) -> Path:
    """Return where the example of a source lies, below the directory that holds ``tests/``."""
    return root / EXAMPLES / slug


def record_source(slug: str, settings: Settings, root: Path, *, pages: int, retired: bool) -> tuple[Path, Tried]:
    """Record a few pages of a source as its example and write what they give, to be read by a person.

    Returns:
        The folder of the example, and what was read.

    Raises:
        UnknownSource: as ``try_source``; also if no page could be had.
    """
    tried = try_source(slug, settings, pages=pages, retired=retired)
    if not tried.pages:
        raise UnknownSource(f"{slug}: no page could be had: {tried.blocked or '; '.join(tried.failures)}")
    folder = example_folder(slug, root)
    for old in folder.glob("*"):
        if old.is_file():
            old.unlink()
    comment = f"Recorded on {datetime.now(UTC).date()} by `microcred sources record {slug}`."
    write_recording(folder, slug, tried.pages, comment=comment, sample_pages=pages)
    write_expected(folder, replayed(folder))
    return folder, tried


# --------------------------------------------------------------------------------------
# New sources
# --------------------------------------------------------------------------------------


def look_at(slug: str, url: str, settings: Settings, say: Callable[[str], None]) -> Survey:
    """Look at a site, with few requests, and return what it could be declared as.

    Raises:
        NothingFound: if the site refuses, does not answer, or shows no catalogue.
    """
    host = urlsplit(url).netloc
    if not url.startswith("https://") or not host:
        raise NothingFound(f"{url!r} is no https address")
    source = _unknown_source(slug, url, host)

    async def look() -> Survey:
        async with _opened(source, settings) as run:
            found = await survey(_Bounded(run), url, say)
        for name, decision in run.robots.items():
            say(f"robots.txt of {name}: {decision}")
        return found

    try:
        found = asyncio.run(look())
    except (PageFailed, SourceBlocked) as error:
        raise NothingFound(f"{error}") from error
    if not found.proposals:
        raise NothingFound(f"{url} shows no catalogue we know: {'; '.join(found.said)}")
    return found


class _Bounded(SampledFetch):
    """A sample large enough for a survey, which also tells the sitemaps that robots.txt names."""

    def __init__(self, inner: RunFetch) -> None:
        super().__init__(inner, REQUESTS_OF_A_SURVEY)
        self.sitemaps = inner.sitemaps


def _unknown_source(slug: str, url: str, host: str) -> Source:
    today = datetime.now(UTC).date()
    return Source(
        slug=slug,
        name=slug,
        kind="institution",
        country="XX",
        language="en",
        formats=(Format(platform=None, start=(url,)),),
        cadence="weekly",
        complete=False,
        terms=Terms(url="", checked=today, note="a survey"),
        evidence="assumed",
        hosts=(host,),
    )


def write_source(slug: str, found: Survey, proposal: Proposal, root: Path, facts: Mapping[str, str]) -> Path:
    """Write ``source.toml`` for a proposal and return its folder.

    Args:
        slug: name of the folder.
        found: the survey that made the proposal.
        proposal: how the source is declared.
        root: the directory that holds ``scrapers/``.
        facts: ``name``, ``kind``, ``country`` and ``language`` where a person has said them.

    Raises:
        NothingFound: if there is such a source already.
        SourceInvalid: if what is written is no valid declaration.
    """
    folder = root / SOURCES / slug
    if slug in discover() or folder.exists():
        raise NothingFound(f"there is a source {slug!r} already: `microcred sources record {slug}` records it anew")
    today = datetime.now(UTC).date()
    origin = "/".join(found.url.split("/")[:3])
    name = facts.get("name") or found.name or slug
    language = facts.get("language") or found.language or "en"
    country = facts.get("country") or _country(found.url)
    document = {
        "name": name,
        "kind": facts.get("kind") or "institution",
        "country": country,
        "language": language,
        "platform": proposal.platform,
        "start": list(proposal.start),
        "cadence": "weekly",
        "complete": True,
        "evidence": "recorded",
        "evidence_note": f"{proposal.why}, as read on {today}; what it stands for was proposed by a program",
        "terms": {"url": f"{origin}/", "checked": today, "note": "not read"},
    }
    listed_on = {"role": "listed_on", "name": name, "kind": "institution", "country": country}
    tables = {"options": {**_kind(found), **proposal.options, "organisations": [listed_on]}}
    folder.mkdir(parents=True)
    (folder / "source.toml").write_text(declaration(document, tables), encoding="utf-8")
    load_source(folder)
    return folder


def _kind(found: Survey) -> dict[str, str]:
    words = f"{found.url} {found.name or ''}".lower()
    return {"kind": "microcredential"} if re.search(r"micro-?cred|microdegree|micro-degree", words) else {}


def find_sources_below(root: Path) -> str | None:
    """Let this process find the sources below ``root``; return what to set for others, if anything."""
    written = (root / SOURCES).resolve()
    package = (Path(__file__).parent.parent / SOURCES).resolve()
    own = own_directory()
    if written == package or (own is not None and own.resolve() == written):
        discover.cache_clear()
        return None
    if written.is_dir():
        os.environ[DIRECTORY_VARIABLE] = str(written)
        discover.cache_clear()
    return f"export {DIRECTORY_VARIABLE}={written}"


def _country(url: str) -> str:
    """Return the country that the host's top-level domain stands for; else ``XX``, for a person to mend."""
    last = urlsplit(url).netloc.partition(":")[0].rpartition(".")[2].upper()
    known = {"UK": "GB", "EDU": "US", "GOV": "US"}
    return known.get(last, last if len(last) == len("NL") else "XX")
