"""One programme: facts beside the printed words, its history as a timeline, evidence, organisations, archived page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.queries import ProgrammeStory
from web import pictures
from web.history import Version, Window, page_address, value_text, versions, windows
from web.history import picture as picture_of
from web.words import (
    NOTHING,
    country_of,
    day,
    is_missing,
    label,
    moment,
    plain,
    programme_address,
    titled,
    web_address,
)

Row = Mapping[str, Any]

FACTS: Sequence[tuple[str, Sequence[str], Sequence[str]]] = (
    ("Kind of listing", ("kind", "kind_as_published"), ("kind",)),
    ("Credential", ("credential_label",), ("credential_label",)),
    ("Languages", ("languages",), ("languages", "language")),
    ("Level", ("eqf_level", "platform_level", "level_as_published"), ("level",)),
    ("Credits", ("credits_value", "credits_unit"), ("credits",)),
    ("ECTS", ("ects", "ects_basis"), ()),
    ("Workload, hours", ("workload_hours_min", "workload_hours_max", "workload_basis"), ("workload",)),
    ("Duration, weeks", ("duration_weeks_min", "duration_weeks_max"), ("duration",)),
    ("Effort, hours a week", ("effort_hours_per_week_min", "effort_hours_per_week_max"), ("effort",)),
    ("Delivery", ("delivery",), ("delivery",)),
    ("Pacing", ("pacing",), ("pacing",)),
    ("Mode of study", ("mode_of_study",), ("mode_of_study",)),
    ("Enrolment", ("offer_state",), ("offer_state",)),
    ("Type of price", ("price_type",), ()),
    ("Price", ("price_amount", "price_amount_max", "price_currency", "price_period"), ("price",)),
    ("Price of the certificate", ("certificate_price_amount", "certificate_price_amount_max", "price_currency"),
     ("certificate_price",)),
    ("Price, euro", ("price_eur", "price_eur_max", "price_problem"), ()),
    ("Price per ECTS, euro", ("price_eur_per_ects",), ()),
    ("Price per hour, euro", ("price_eur_per_hour",), ()),
    ("Subjects", ("subjects",), ("subjects",)),
)  # fmt: skip
"""Title -> the columns it shows, and the names of the verbatim words they were read from."""
ROLES = {
    "developed_by": "Developed by", "taught_by": "Taught by", "awarded_by": "Awarded by", "listed_on": "Listed on",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its value as typed, and the words as printed, if any."""

    title: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Offering:
    """One run with dates, and the words as printed."""

    ref: str
    start: str
    end: str
    enrolment: str
    place: str
    price: str
    words: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation in a role."""

    role: str
    printed: str
    known: str
    kind: str
    country: str
    ror: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Another listing of the same credential."""

    title: str
    source: str
    link: str
    why: str


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """What the page of a programme shows."""

    title: str
    source: str
    ref: str
    state: str
    url: str | None
    description: str
    statements: Sequence[tuple[str, str]]
    facts: Sequence[Fact]
    other_words: Sequence[tuple[str, str]]
    offerings: Sequence[Offering]
    windows: Sequence[Window]
    versions: Sequence[Version]
    picture: pictures.Picture
    organisations: Sequence[Organisation]
    same: Sequence[Listing]
    page: str | None
    page_url: str | None
    read_at: str


def programme_page(story: ProgrammeStory) -> ProgrammePage:
    """Return what is shown of a programme."""
    latest, last = story.latest, story.versions[-1]
    verbatim = _object(latest["verbatim"])
    used = {name for _, _, words in FACTS for name in words}
    return ProgrammePage(
        title=latest["title"] or "",
        source=latest["source"],
        ref=latest["ref"],
        state=_state(last),
        url=web_address(latest["url"]),
        description=latest["description"] or "",
        statements=[
            (label("statement", name).strip(), str(words)) for name, words in _object(latest["statements"]).items()
        ],
        facts=[
            Fact(title, _values(latest, columns) or NOTHING, _printed(verbatim, words))
            for title, columns, words in FACTS
        ],
        other_words=[(name, str(words)) for name, words in verbatim.items() if name not in used],
        offerings=[_offering(row) for row in story.offerings],
        windows=windows(story),
        versions=versions(story),
        picture=picture_of(story),
        organisations=[_organisation(row) for row in story.roles],
        same=[_listing(row) for row in story.same_credential],
        page=page_address(last),
        page_url=last["page_url"],
        read_at=moment(last["read_at"]),
    )


def _state(last: Row) -> str:
    if last["withdrawn_at"] is not None:
        return f"Withdrawn: last seen {day(last['last_seen_at'])}, confirmed gone {day(last['withdrawn_at'])}"
    if last["missed_at"] is not None:
        return f"Missed by the look of {day(last['missed_at'])}; counts as listed until a second look confirms it"
    return f"Listed: seen by the last complete look, {day(last['last_seen_at'])}"


def _values(row: Row, columns: Sequence[str]) -> str:
    """Return columns as one text: both ends of a range as one, further columns in brackets; empty without the first."""
    known = {name: row[name] for name in columns if not is_missing(row.get(name))}
    first = columns[0]
    if first not in known and not first.endswith("_min"):
        return "; ".join(f"{titled(name)}: {value_text(name, value)}" for name, value in known.items() if _tells(name))
    ends = [name for name in columns if name in known and (name == first or name.endswith("_max"))]
    amounts = list(dict.fromkeys(value_text(name, known[name]) for name in ends))
    others = [value_text(name, value).replace("_", " ") for name, value in known.items() if name not in ends]
    return " to ".join(amounts) + (f" ({', '.join(others)})" if others and amounts else "")


def _tells(name: str) -> bool:
    """Return whether a column says something without the one it goes with."""
    return not name.endswith(("_unit", "_currency", "_basis", "_max", "_period"))


def _object(text: Any) -> dict[str, Any]:
    found = json.loads(text) if isinstance(text, str) and text else {}
    return found if isinstance(found, dict) else {}


def _printed(verbatim: Mapping[str, Any], names: Sequence[str]) -> str:
    return " | ".join(str(verbatim[name]) for name in names if verbatim.get(name))


def _offering(row: Row) -> Offering:
    opens, closes = day(row["enrolment_start_date"]), day(row["enrolment_end_date"])
    words = "; ".join(f"{name}: {value}" for name, value in _object(row["verbatim"]).items())
    return Offering(
        ref=row["ref"],
        start="not scheduled" if row["start_is_unscheduled"] else day(row["start_date"]),
        end=day(row["end_date"]),
        enrolment=NOTHING if opens == closes == NOTHING else f"{opens} to {closes}",
        place=row["location"] or NOTHING,
        price=_values(row, ("price_amount", "price_amount_max", "price_currency", "price_type")) or NOTHING,
        words=words,
    )


def _organisation(row: Row) -> Organisation:
    sure = "" if row["confidence"] is None else f", confidence {row['confidence']:.2f}"
    return Organisation(
        role=ROLES.get(row["role"]) or str(row["role"]),
        printed=row["name_as_printed"],
        known=row["name"] or "",
        kind=titled(row["kind"]) if row["kind"] else NOTHING,
        country=country_of(row["country"]) if row["country"] else NOTHING,
        ror=web_address(row["ror"]),
        rule=f"{row['rule']}{sure}" if row["rule"] else "no rule knows the name",
    )


def _listing(row: Row) -> Listing:
    reasons = json.loads(row["reasons"]) if row["reasons"] else []
    why = (
        f"{titled(row['method'])}, confidence {row['confidence']:.2f}: " if row["method"] else "through another listing"
    )
    return Listing(
        title=row["title"] or row["ref"],
        source=row["source"],
        link=programme_address(row["source"], row["ref"]),
        why=why + "; ".join(str(reason) for reason in reasons),
    )


def heading(page: ProgrammePage) -> str:
    """Return the title for the window of the browser."""
    return plain(page.title) or f"{page.source}/{plain(page.ref)}"
