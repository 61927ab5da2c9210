"""Open Onderwijs API 5 and Open Education API 6 (https://openonderwijsapi.nl): courses, programmes and their runs.

``items`` in pages with ``hasNextPage``. The versions differ in names (``programs``/``programmes``, ``studyLoad`` as one
object or a list, ``modeOfDelivery``/``modesOfDelivery``, plain dates or dates with times); each entry is read by what
it has. Offerings are read where they are expanded into an entry or listed at a start address of their own. Coordinators
and instructors are never read. Options: ``organisations``, ``language`` (texts are preferred in it), ``keep`` (formal
documents of the catalogue; all if left out).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from models.records import Listing, OfferingListing, OrganisationName, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import json_value, plain
from scrapers.fields import Record, each, stated
from scrapers.paging import Part, follow, with_query
from scrapers.scraper import Fetch, References, Scraper

_MICRO_CREDENTIALS = frozenset({"micro_credential_certificate", "micro-credential", "microcredential"})
_UNITS = {"ects": "ects", "hour": "hour", "sbu": "hour", "sp": "credit"}
_IDS = ("programmeId", "programId", "courseId")
_OFFERING_IDS = ("offeringId", "courseOfferingId", "programmeOfferingId", "programOfferingId")
_STATEMENTS = {
    "learningOutcomes": "learning_outcomes",
    "admissionRequirements": "admission",
    "qualificationRequirements": "prerequisites",
    "assessment": "assessment",
}
_SIZE = 250


class Catalogue(Scraper):
    """The entries of the start addresses; lists of offerings are joined to them."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages of all lists."""
        for start in self.format.start:
            first = with_query(start, pageNumber=1, pageSize=_SIZE)
            async for page in follow(fetch, first, _part, accept="application/json"):
                yield page

    def references(self, page: Page) -> References:
        """Return the runs of a list of offerings, by the entry they belong to, as JSON."""
        if "offering" not in page.url.rpartition("/")[2]:
            return {}
        found: dict[str, list[Any]] = {}
        for value in _items(page):
            if isinstance(value, dict):
                owner = next((value[name] for name in _IDS if isinstance(value.get(name), str)), None)
                if owner:
                    found.setdefault(owner, []).append(value)
        return {"offerings": {owner: json.dumps(values) for owner, values in found.items()}}

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield courses or programmes."""
        if "offering" in page.url.rpartition("/")[2]:
            return
        runs = references.get("offerings", {})
        yield from each(_items(page), page, lambda item: self._listings(item, runs))

    def _listings(self, item: Record, runs: Any) -> Iterable[Listing | Problem]:
        document = item.text("formalDocument") or item.text("qualificationAwarded")
        keep = self.format.options.get("keep")
        if keep and document not in keep:
            return
        ref = next((item.text(name) for name in _IDS if item.text(name)), None) or item.required("primaryCode")
        offered = [*_expanded(item), *(Record(value) for value in json.loads(runs.get(ref, "[]")))]
        listed_prices = tuple(_prices(item))
        yield Listing(
            ref=ref,
            kind=_kind(item, document),
            kind_as_published=document or item.text("programmeType") or item.text("programType"),
            title=self._text(item, "name"),
            url=item.text("link"),
            description=plain(self._text(item, "description")),
            languages=item.texts("teachingLanguages") or item.texts("teachingLanguage"),
            organisations=(*self._bodies(item), *organisations(self.format.options)),
            credential_label=document,
            level=item.text("levelOfQualification") or item.text("level"),
            delivery=", ".join(item.texts("modesOfDelivery") or item.texts("modeOfDelivery")) or None,
            mode_of_study=item.text("modeOfStudy"),
            duration=item.quantity("duration"),
            credits=next((load for load in _loads(item) if load.unit != "hour"), None),
            workload=next((load for load in _loads(item) if load.unit == "hour"), None),
            prices=listed_prices,
            subjects=tuple(f"ISCED-F {code}" for code in item.texts("fieldsOfStudy")),
            statements=stated({word: plain(self._text(item, name)) for name, word in _STATEMENTS.items()}),
            offerings=tuple(self._offering(run) for run in offered),
        )

    def _text(self, item: Record, name: str) -> str | None:
        """Return a text that is printed in several languages, in the preferred one if it is there."""
        value = item.value.get(name)
        if not isinstance(value, list):
            return item.text(name)
        # Version 5 prints a list of texts, each a list of its languages, where version 6 prints the languages.
        several = value if any(isinstance(entry, list) for entry in value) else [value]
        return "\n".join(words for entry in several if (words := self._in_language(entry, name))) or None

    def _in_language(self, texts: Any, name: str) -> str | None:
        entries = texts if isinstance(texts, list) else [texts]
        if all(isinstance(entry, str) for entry in entries):
            return "\n".join(entries) or None
        records = [Record(entry, f"an entry of {name!r}") for entry in entries]
        wanted = self.format.options.get("language", self.source.language)
        best = [record for record in records if (record.text("language") or "").lower().startswith(wanted)]
        return next((record.text("value") for record in [*best, *records]), None)

    def _bodies(self, item: Record) -> Iterator[OrganisationName]:
        body = item.value.get("organisation") or item.value.get("organization")
        if isinstance(body, dict):
            record = Record(body)
            name = self._text(record, "name")
            if name:
                yield OrganisationName(role="taught_by", name=name, url=record.text("link"))

    def _offering(self, run: Record) -> OfferingListing:
        periods = run.records("enrolmentPeriods")
        return OfferingListing(
            ref=next((run.text(name) for name in _OFFERING_IDS if run.text(name)), None) or run.required("primaryCode"),
            url=run.text("link"),
            start=run.text("startDateTime") or run.text("startDate"),
            end=run.text("endDateTime") or run.text("endDate"),
            enrolment_start=run.text("enrollStartDate") or (periods[0].text("startDateTime") if periods else None),
            enrolment_end=run.text("enrollEndDate") or (periods[0].text("endDateTime") if periods else None),
            offer_state=run.text("state") or run.text("offeringState"),
            delivery=", ".join(run.texts("modesOfDelivery") or run.texts("modeOfDelivery")) or None,
            language=next(iter(run.texts("teachingLanguages") or run.texts("teachingLanguage")), None),
            prices=tuple(_prices(run)),
        )


def _kind(item: Record, document: str | None) -> str:
    consumers = [c for c in item.value.get("consumers") or [] if isinstance(c, dict)]
    if document in _MICRO_CREDENTIALS or any(c.get("microcredential") for c in consumers):
        return "microcredential"
    return "course" if item.text("courseId") else "program"


def _loads(item: Record) -> Iterator[Quantity]:
    value = item.value.get("studyLoad")
    for load in [Record(entry) for entry in (value if isinstance(value, list) else [value]) if entry]:
        number, unit = load.text("value"), load.text("studyLoadUnit")
        if number and unit in _UNITS:
            yield Quantity(text=number, unit=_UNITS[unit])


def _prices(holder: Record) -> Iterator[Price]:
    for cost in holder.records("priceInformation"):
        amount = cost.text("amount")
        if amount and cost.text("costType") in {None, "total_costs", "total costs"}:
            yield Price(text=amount, currency=cost.text("currency"))


def _expanded(item: Record) -> Iterator[Record]:
    for name in ("offerings", "courseOfferings", "programmeOfferings"):
        yield from item.records(name)


def _items(page: Page) -> tuple[Any, ...]:
    return tuple(Record(json_value(page), "the answer").entries("items"))


def _part(page: Page) -> Part:
    answer = Record(json_value(page), "the answer")
    number = parse_qs(urlsplit(page.url).query).get("pageNumber", ["1"])[0]
    more = answer.flag("hasNextPage")
    return Part(
        entries=len(answer.entries("items")),
        next_url=with_query(page.url, pageNumber=int(number) + 1) if more else None,
    )
