"""MIT Sloan Executive Education: one list of courses, one of their runs, joined by ``Course_Id``."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from models.records import Listing, OfferingListing, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import json_list, plain
from scrapers.fields import Record, each, stated
from scrapers.scraper import Fetch, References, Scraper

_RUNS = "course-offerings"
_SELF_PACED = "Asynchronous (On-Demand)"


class Catalogue(Scraper):
    """The courses with their runs."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield both lists."""
        async for page in fetch.many(self.format.start, accept="application/json"):
            yield page

    def references(self, page: Page) -> References:
        """Return the runs by the course they belong to, as JSON."""
        if not page.url.endswith(_RUNS):
            return {}
        runs: dict[str, list[Any]] = {}
        for value in json_list(page):
            if isinstance(value, dict) and value.get("Course_Id"):
                runs.setdefault(str(value["Course_Id"]), []).append(value)
        return {"runs": {course: json.dumps(values) for course, values in runs.items()}}

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the courses."""
        runs = references.get("runs", {})
        if not page.url.endswith(_RUNS):
            yield from each(json_list(page), page, lambda course: [self._course(course, runs)])

    def _course(self, course: Record, runs: Any) -> Listing:
        ref, topic = course.required("Course_Id"), course.text("Topics")
        own = [Record(run, "a run") for run in json.loads(runs.get(ref, "[]"))]
        # Every run prints the same number of credits; where they differ, the course has none of its own.
        credit_texts = {text for run in own if (text := run.text("Continuing_Ed_Credits"))}
        return Listing(
            ref=ref,
            kind="course",
            title=course.text("Title"),
            url=course.text("URL"),
            description=plain(course.text("Description")),
            organisations=organisations(self.format.options),
            credits=Quantity(text=credit_texts.pop(), unit="ceu") if len(credit_texts) == 1 else None,
            subjects=tuple(part.strip() for part in topic.split(":")) if topic else (),
            statements=stated({"stackability": course.text("Certification_Type")}),
            offerings=tuple(_run(run) for run in own),
        )


def _run(run: Record) -> OfferingListing:
    return OfferingListing(
        ref=run.required("CO_Title"),
        start=run.text("Start_Date"),
        end=run.text("End_Date"),
        delivery=run.text("Delivery"),
        pacing="self-paced" if run.text("Format") == _SELF_PACED else None,
        location=run.text("Location"),
        duration=run.quantity("Duration"),
        effort=run.quantity("Time_Commitment"),
        prices=tuple(Price(text=price, currency="USD") for price in run.texts("Price")),
        verbatim=stated({name: run.text(name) for name in ("Format", "Tuition_Cost(non-USD)", "Currency")}),
    )
