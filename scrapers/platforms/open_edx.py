"""Open edX: the courses API of the learning platform (``/api/courses/v1/courses/``, ``lms.djangoapps.course_api``).

Pages of at most 100 with ``pagination.next``; a host may answer 2 to 20 requests a minute, so its pace is declared. An
entry is one run of a course (``course-v1:ORG+NUMBER+RUN``); runs of one course are listings of their own, as the
catalogue shows them. There is no price, credit or level. Options: ``organisations``, ``course_url`` (with ``{id}``).

Left out by rule, with a ``left_out`` problem: rows marked as deleted in their title (``[delete]``, ``(deleted)``),
tests and demonstrations, and copies for coaches (``ccx-v1``). Hidden rows are none of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from urllib.parse import quote

from models.records import Listing, OfferingListing, OrganisationName, Page, Problem, Stage
from scrapers.declared import organisations
from scrapers.decode import PageUnreadable, json_value, plain
from scrapers.fields import Record, each, stated
from scrapers.paging import Part, follow, with_query
from scrapers.scraper import Fetch, References, Scraper

_PACING = {"instructor": "instructor-paced", "self": "self-paced"}
_DELETED = re.compile(r"[\[(]\s*(?:to be )?delete[d]?\s*[\])]", re.IGNORECASE)
_TEST = re.compile(
    r"^\s*(?:test(?:\s*course)?|demo(?:\s*course)?|demonstration course|curso de prueba|sandbox)\b[\s\d_.:-]*$"
    r"|\bdo not enrol",
    re.IGNORECASE,
)
_DEMO_KEY = re.compile(r"^course-v1:(?:edX|OpenedX)\+Demo\w*\+", re.IGNORECASE)
_COACH_COPY = re.compile(r"^ccx-v1:", re.IGNORECASE)
_SIZE = 100


class Catalogue(Scraper):
    """The courses of one host."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages, as long as the host makes them."""
        for start in self.format.start:
            async for page in follow(fetch, with_query(start, page_size=_SIZE), _part, accept="application/json"):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the runs of a page, and a problem for each that a rule leaves out."""
        del references
        yield from each(_answer(page).entries("results"), page, lambda run: self._run(run, page))

    def _run(self, run: Record, page: Page) -> Iterable[Listing | Problem]:
        ref = run.text("course_id") or run.required("id")
        if run.flag("hidden"):
            return
        reason = _why_left_out(ref, run.text("name") or "")
        if reason:
            yield Problem(
                stage=Stage.PARSE, code="left_out", message=reason, words=run.text("name"), ref=ref, url=page.url
            )
            return
        yield self._listing(run, ref)

    def _listing(self, run: Record, ref: str) -> Listing:
        pacing = run.text("pacing")
        body, invited = run.text("org"), run.flag("invitation_only")
        address = self.format.options.get("course_url")
        printed = _PACING.get(pacing, pacing) if pacing else None
        return Listing(
            ref=ref,
            kind="course",
            title=run.text("name"),
            url=address.format(id=quote(ref, safe=":+")) if address else None,
            description=plain(run.text("short_description")),
            organisations=(
                *([OrganisationName(role="taught_by", name=body, ref=body)] if body else []),
                *organisations(self.format.options),
            ),
            pacing=printed,
            effort=run.quantity("effort"),
            verbatim=stated({"invitation_only": "true" if invited else None}),
            offerings=(
                OfferingListing(
                    ref=ref,
                    start=run.text("start"),
                    end=run.text("end"),
                    enrolment_start=run.text("enrollment_start"),
                    enrolment_end=run.text("enrollment_end"),
                    pacing=printed,
                ),
            ),
        )


def _why_left_out(ref: str, title: str) -> str | None:
    if _DELETED.search(title):
        return "its title says that it is deleted"
    if _COACH_COPY.match(ref):
        return "a copy of a course for one coach's learners (ccx)"
    if _DEMO_KEY.match(ref) or _TEST.search(title):
        return "a test or a demonstration"
    return None


def _answer(page: Page) -> Record:
    answer = Record(json_value(page), "the answer")
    if "results" not in answer.value:
        raise PageUnreadable(f"expected pages of courses, found {str(answer.value)[:100]!r}")
    return answer


def _part(page: Page) -> Part:
    answer = _answer(page)
    # The envelope is nested in this API and flat in its older versions.
    paging = answer.record("pagination") or answer
    return Part(entries=len(answer.entries("results")), next_url=paging.text("next"), total=paging.whole("count"))
