"""Catalogues on the openHPI software (openHPI, openSAP): a JSON:API whose resources are courses with dates.

Options: ``course_url`` (the address of a course with ``{slug}``), ``organisations``.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.records import Listing, OfferingListing, Problem
from scrapers.declared import organisations
from scrapers.decode import plain
from scrapers.fields import Record, RecordInvalid, stated
from scrapers.platforms.json_api import JsonApi

_SELF_PACED = "self-paced"


class Catalogue(JsonApi):
    """The list of courses. Hidden courses are not part of the public catalogue and are left out."""

    def resource(self, resource: Record) -> Iterator[Listing | Problem]:
        """Yield the course; each is one run with dates, so it has one offering of its own id."""
        ref = resource.required("id")
        course = resource.record("attributes")
        if course is None:
            raise RecordInvalid(f"course {ref} has no attributes")
        if course.flag("hidden"):
            return
        slug = course.text("slug")
        url = self.format.options["course_url"].format(slug=slug) if slug else None
        status = course.text("status")
        pacing = _SELF_PACED if status == _SELF_PACED or course.flag("on_demand") else None
        state = _state(course)
        yield Listing(
            ref=ref,
            kind="course",
            title=course.text("title"),
            url=course.text("external_url") or url,
            description=plain(course.text("abstract")),
            languages=course.texts("language"),
            organisations=organisations(self.format.options),
            pacing=pacing,
            offer_state=state,
            subjects=_subjects(course),
            statements=stated({"certificate": _certificates(course)}),
            verbatim=stated({"status": status}),
            offerings=(
                OfferingListing(
                    ref=ref,
                    url=url,
                    start=course.text("start_at"),
                    end=course.text("end_at"),
                    offer_state=state,
                    pacing=pacing,
                ),
            ),
        )


def _state(course: Record) -> str | None:
    enrollable = course.flag("enrollable")
    if enrollable is None:
        return None
    return "enrollable" if enrollable else "not enrollable"


def _subjects(course: Record) -> tuple[str, ...]:
    """Return categories and topics; keywords are free, and the reporting codes are the platform's own."""
    classifiers = course.record("classifiers")
    if classifiers is None:
        return ()
    return tuple(dict.fromkeys([*classifiers.texts("category"), *classifiers.texts("topic")]))


def _certificates(course: Record) -> str | None:
    """Return the names of the documents a learner can earn, as the API names them."""
    certificates = course.record("certificates")
    names = ("confirmation_of_participation", "record_of_achievement", "qualified_certificate")
    offered = [n for n in names if certificates and (kind := certificates.record(n)) and kind.flag("available")]
    return ", ".join(offered) or None
