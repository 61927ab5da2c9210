"""Udacity's public API as it was from 2015 to 2019: courses and nanodegrees in one answer.

``{"courses": [...], "degrees": [...], "tracks": [...]}``. A key may stand twice in one answer. Tracks are named lists
of course keys and become subjects of their courses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import suppress

from models.records import Listing, OrganisationName, Page, Problem, Quantity
from scrapers.decode import json_value, plain
from scrapers.fields import Record, RecordInvalid, each, stated
from scrapers.scraper import Fetch, References, Scraper

_UNITS = {"hours": "hour", "days": "day", "weeks": "week", "months": "month"}


class Catalogue(Scraper):
    """The one answer of the API."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the answers."""
        for start in self.format.start:
            yield await fetch.get(start, accept="application/json")

    def references(self, page: Page) -> References:
        """Return the names of the tracks a course belongs to, by course key, one a line."""
        tracks: dict[str, list[str]] = {}
        for entry in Record(json_value(page), "the answer").entries("tracks"):
            with suppress(RecordInvalid):  # a track that cannot be read costs subjects, never courses
                track = Record(entry)
                name = track.required("name")
                for key in track.texts("courses"):
                    tracks.setdefault(key, []).append(name)
        return {"tracks": {key: "\n".join(names) for key, names in tracks.items()}}

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield courses, then degrees."""
        answer = Record(json_value(page), "the answer")
        tracks = references.get("tracks", {})
        yield from each(answer.entries("courses"), page, lambda record: [_listing(record, "course", tracks)])
        yield from each(answer.entries("degrees"), page, lambda record: [_listing(record, "degree", tracks)])


def _listing(record: Record, kind: str, tracks: Mapping[str, str]) -> Listing:
    key = record.required("key")
    duration = record.text("expected_duration")
    unit = record.text("expected_duration_unit")
    subjects = [*record.texts("tracks"), *tracks.get(key, "").split("\n")]
    return Listing(
        ref=key,
        kind=kind,
        title=record.text("title"),
        url=record.text("homepage"),
        description=plain(record.text("summary") or record.text("short_summary")),
        organisations=(OrganisationName(role="listed_on", name="Udacity", kind="platform", country="US"),),
        level=record.text("level"),
        duration=_duration(duration, unit),
        subjects=tuple(dict.fromkeys(subject for subject in subjects if subject)),
        statements=stated(
            {
                "learning_outcomes": plain(record.text("expected_learning")),
                "prerequisites": plain(record.text("required_knowledge")),
                "course_units": plain(record.text("syllabus")),
                "partners": ", ".join(record.names("affiliates")) or None,
            }
        ),
        verbatim=stated({"faq": plain(record.text("faq"))}),
    )


def _duration(amount: str | None, unit: str | None) -> Quantity | None:
    """Return the duration; nought is what the API prints where none was set."""
    if amount is None or amount == "0":
        return None
    if unit in _UNITS:
        return Quantity(text=amount, unit=_UNITS[unit])
    return Quantity(text=f"{amount} {unit}" if unit else amount)
