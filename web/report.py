"""The report: one page of HTML that stands alone. The same stored figures give the same bytes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from models.queries import stored_snapshots
from models.vocab import vocabulary
from web.frontpage import MODES, POPULATION
from web.measures import PARTS
from web.memory import Memory
from web.reach import Reach
from web.report_change import NAMES, REVISION, growth_table, period_table
from web.report_cuts import CUTS, Cut, cut_table
from web.report_days import ReportDays
from web.report_figures import (
    organisations_table,
    over_time,
    overlap_table,
    price_table,
    stock_table,
    units_table,
    unknown_table,
)
from web.report_parts import Figures, Statement, Table, unbroken
from web.report_sources import coverage
from web.report_summary import cannot_say, statements
from web.series import Snapshot, figures_of
from web.showing import filled
from web.words import UNKNOWN, label, plain

TITLE = "Micro-credentials: what catalogues offer, and how it changes"


@dataclass(frozen=True, slots=True)
class Edition:
    """What a report says of itself. ``author`` may be empty; ``software`` is the version of the code that writes it."""

    software: str
    title: str = TITLE
    author: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report below a heading."""

    id: str
    title: str
    lead: str
    tables: Sequence[Table] = ()
    statements: Sequence[Statement] = ()
    meanings: Sequence[tuple[str, str]] = ()


def report(reach: Reach, days: ReportDays, edition: Edition) -> str:
    """Return a report as HTML that needs nothing else: no script, no style sheet, no picture, no font of elsewhere.

    Nothing in it depends on when it is written.

    Args:
        reach: the database, the declarations and the live checks.
        days: the snapshots it is made of.
        edition: its title and author, and the version of the software.

    Raises:
        DoesNotAddUp: if stored parts of a change do not add up to it.
    """
    latest = days.latest
    available = figures_of(reach, Memory(reach), latest)
    is_classified = ((available["population"] == POPULATION) & (available["unit"] == "credential")).any()
    figures = Figures(reach, days, POPULATION if is_classified else "all")
    stored = {one.id: one for one in stored_snapshots(reach.engine)}
    covered = coverage(figures, stored[latest.id].coverage)
    style = (files("web") / "static" / "report.css").read_text(encoding="utf-8")
    return filled(
        "report",
        plain(edition.title),
        unbroken=unbroken,
        style_digest=_digest_for_policy(style),
        report_style=style,
        author=plain(edition.author),
        software=edition.software,
        days=days,
        counted=figures.counted,
        definition=vocabulary("definition").words[latest.definition],
        statements=statements(figures, covered),
        cannot_say=cannot_say(figures, covered, {each.id: stored[each.id].coverage for each in days.used()}),
        sections=[
            *_sections(figures),
            Section(
                "coverage", "Coverage and trust",
                "How near the figures come to what the catalogues list depends on the looks at them.",
                _there([covered.table, overlap_table(figures), unknown_table(figures)]), covered.statements,
            ),
        ],
        words=_words(figures),
        snapshots=[(one, stored[one.id].code_version, _part_played(one, days)) for one in days.used()],
        citation=citation(days, edition),
        sources=covered.sources,
    )  # fmt: skip


def citation(days: ReportDays, edition: Edition) -> str:
    """Return how to cite a report, on one line."""
    latest = days.latest
    author = f"{plain(edition.author).rstrip('.')}. " if edition.author else ""
    return (
        f"{author}{plain(edition.title).rstrip('.')}. Microcred Observatory, figures as of {latest.as_of}, known at "
        f"{latest.known_at}, definition {latest.definition}, method {latest.method}, snapshot {latest.id}. Software "
        f"{edition.software}."
    )


def _sections(figures: Figures) -> list[Section]:
    counted = figures.counted
    stocks = [
        stock_table(
            figures, name="stock", title=f"{counted[0].upper()}{counted[1:]} listed", unit="credential",
            population=figures.population, with_core=figures.population == POPULATION,
        ),
        stock_table(figures, name="programmes", title="Programmes of any kind listed", unit="programme",
                    population="all", with_core=False),
        units_table(figures),
    ]  # fmt: skip
    developed = [
        over_time(figures, "development", name="partnership", title="Alone or in partnership, share of what is listed"),
        cut_table(figures, Cut(MODES, "How developed, each way",
                               "What shows several ways counts in each, so the shares add up to more than 100 %.")),
        organisations_table(figures),
    ]  # fmt: skip
    divided = [cut_table(figures, cut) for cut in CUTS]
    return [
        Section("how-many", "How many",
                "Listed at the end of each day, over all sources. The number also grows when a source is added, so it "
                "is no measure of growth.", stocks),
        Section("development", "How they are developed",
                f"Of the {counted} listed. Who made one is read from what is printed; the platform that lists it is "
                "not its maker.", _there(developed)),
        Section("what", "Who publishes, where, in which field, at what level and price",
                f"Of the {counted} listed. Growth is over the last period in sources looked at near both of its ends; "
                "below ten at its start none is given.", _there([*divided, price_table(figures)])),
        Section("change", "The change taken apart",
                "The stock of all sources changes for several reasons. Only what moved within matched sources, and "
                "growth measured in them, speaks of supply.",
                _there([period_table(figures), growth_table(figures)]), meanings=_part_meanings(figures)),
    ]  # fmt: skip


def _there(tables: Sequence[Table | None]) -> list[Table]:
    return [table for table in tables if table is not None]


def _part_meanings(figures: Figures) -> list[tuple[str, str]]:
    said = [(name, PARTS[part][1]) for part, name in NAMES.items()]
    if figures.days.before is not None:
        said.insert(
            0, (REVISION, "what later looks, links or rules changed of the first day’s number after it was published")
        )
    return said


def _words(figures: Figures) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the words used and what they mean, by what they are words of."""
    modes = [(label(MODES, word), said) for word, said in vocabulary("development_mode").words.items()]
    classes = [
        (label("mc_class", word), said) for word, said in vocabulary("mc_class").words.items() if word != UNKNOWN
    ]
    kinds = [(label("source_kind", word), said) for word, said in vocabulary("source_kind").words.items()]
    return {
        f"Class, under {figures.days.latest.definition}": classes,
        "How it was developed (OECD typology, 2022)": modes,
        "Kind of catalogue": kinds,
    }


def _part_played(snapshot: Snapshot, days: ReportDays) -> str:
    if snapshot == days.latest:
        return "the figures of this report"
    if snapshot == days.before:
        return "start of the period, and a day of the series"
    return "growth over a year" if snapshot == days.year else "a day of the series"


def _digest_for_policy(style: str) -> str:
    """Return what a Content-Security-Policy calls a style sheet inside the page by: only this very one applies."""
    return f"sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}"
