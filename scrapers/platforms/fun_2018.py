"""FUN-MOOC's own API before it moved to Richie: one entry a session, in the envelope of the Django REST framework."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from models.records import Listing, OfferingListing, OrganisationName, Page, Problem
from scrapers.decode import plain
from scrapers.fields import Record, each, stated
from scrapers.platforms.drf import DrfCatalogue, results
from scrapers.scraper import References

_COURSES = "/fun/api/courses"
_SITE = "https://www.fun-mooc.fr"


class Catalogue(DrfCatalogue):
    """The list of sessions; the list of universities is read for the archive, its names stand in the sessions too."""

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the sessions."""
        del references
        return each(results(page), page, lambda record: [_session(record)]) if _COURSES in page.url else ()


def _session(record: Record) -> Listing:
    """Return a session; its key names the run, so it is a listing with one offering of the same key."""
    key = record.required("key")
    number = record.text("session_number")
    return Listing(
        ref=key,
        kind="course",
        title=record.text("title"),
        url=f"{_SITE}/courses/{quote(key, safe=':+@/', errors='replace')}/about",
        description=plain(record.text("short_description")),
        organisations=tuple(_organisations(record)),
        level=record.text("level"),
        subjects=record.names("subjects"),
        verbatim=stated({"session_number": number}),
        offerings=(
            OfferingListing(
                ref=key,
                start=record.text("start_date"),
                end=record.text("end_date"),
                enrolment_start=record.text("enrollment_start_date"),
                enrolment_end=record.text("enrollment_end_date"),
            ),
        ),
    )


def _organisations(record: Record) -> Iterable[OrganisationName]:
    for university in record.records("universities"):
        name = university.text("name")
        if name:
            yield OrganisationName(role="taught_by", name=name, ref=university.text("code"))
    yield OrganisationName(role="listed_on", name="FUN MOOC", kind="platform", country="FR")
