"""XCRI-CAP 1.1 and 1.2 (BS 8581; EN 15982 Metadata for Learning Opportunities): a catalogue as one XML document.

``catalog > provider > course > presentation``. Names are matched without their namespace, because the two versions and
the feeds in use differ in it; extensions are read only where named here. Persons, telephones and e-mails are not read.
Options: ``organisations``, and ``currency`` for feeds that print bare numbers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator

from lxml import etree

from models.records import Listing, OfferingListing, OrganisationName, Page, Price, Problem, Quantity, Stage
from scrapers.declared import organisations
from scrapers.decode import plain, xml_tree
from scrapers.fields import each_of, rejected, stated
from scrapers.scraper import Fetch, References, Scraper

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_CREDIT_UNITS = {"ECTS": "ects", "CATS": "uk_credit", "SCQF": "uk_credit", "CQFW": "uk_credit"}
_STATEMENTS = {
    "learningOutcome": "learning_outcomes",
    "objective": "purpose",
    "prerequisite": "prerequisites",
    "assessment": "assessment",
    "regulations": "admission",
    "indicativeResource": "target_group",
}


class Catalogue(Scraper):
    """The courses of one or more documents."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield the documents."""
        for start in self.format.start:
            yield await fetch.get(start, accept="application/xml")

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the courses of all providers."""
        del references
        decoded = xml_tree(page)
        yield from decoded.problems
        if decoded.truncated:
            message = "the document breaks off before its end: courses are missing"
            yield Problem(stage=Stage.PARSE, code="total_mismatch", message=message, url=page.url)
        yield from each_of(decoded.tree.iter("{*}course"), page, lambda course: [self._course(course, page)])

    def _course(self, course: etree._Element, page: Page) -> Listing | Problem:
        ref = _identifier(course) or _text(course, "url")
        if ref is None:
            return rejected("a course without an identifier", page, _text(course, "title"))
        qualification = _child(course, "qualification")
        return Listing(
            ref=ref,
            kind="course",
            kind_as_published=_text(course, "type"),
            title=_text(course, "title"),
            url=_text(course, "url"),
            description=plain(_description(course) or _text(course, "abstract")),
            organisations=(*_organisations(course, qualification), *organisations(self.format.options)),
            credential_label=_text(qualification, "title") or _text(qualification, "abbr"),
            level=_text(qualification, "educationLevel"),
            credits=_credits(course),
            subjects=tuple(dict.fromkeys(s for e in _children(course, "subject") if (s := _words(e)))),
            statements=stated({word: plain(_text(course, name)) for name, word in _STATEMENTS.items()}),
            offerings=tuple(
                _presentation(presentation, number, self.format.options.get("currency"))
                for number, presentation in enumerate(_children(course, "presentation"), start=1)
            ),
        )


def _presentation(presentation: etree._Element, number: int, currency: str | None) -> OfferingListing:
    url = _text(presentation, "url")
    duration = _child(presentation, "duration")
    return OfferingListing(
        ref=_identifier(presentation) or url or f"presentation {number}",
        url=url,
        start=_date(presentation, "start"),
        end=_date(presentation, "end"),
        enrolment_start=_date(presentation, "applyFrom"),
        enrolment_end=_date(presentation, "applyUntil"),
        delivery=_text(presentation, "attendanceMode"),
        mode_of_study=_text(presentation, "studyMode"),
        location=_venue(presentation),
        language=_text(presentation, "languageOfInstruction"),
        duration=_duration(duration),
        prices=tuple(_prices(presentation, currency)),
        verbatim=stated({"attendancePattern": _text(presentation, "attendancePattern")}),
    )


def _children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if element is None else element.findall(f"{{*}}{name}")


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return next(iter(_children(element, name)), None)


def _words(element: etree._Element | None) -> str | None:
    """Return the text of an element and of all inside it (descriptions may hold XHTML)."""
    if element is None:
        return None
    words = "".join(str(part) for part in element.itertext())
    return words if words.strip() else None


def _text(element: etree._Element | None, name: str) -> str | None:
    return next((words for child in _children(element, name) if (words := _words(child))), None)


def _untyped(element: etree._Element, name: str) -> Iterator[str]:
    """Yield the texts of children without ``xsi:type`` first: a type narrows what the text means."""
    children = sorted(_children(element, name), key=lambda child: child.get(_XSI_TYPE) is not None)
    yield from (words.strip() for child in children if (words := _words(child)))


def _identifier(element: etree._Element) -> str | None:
    return next(_untyped(element, "identifier"), None)


def _description(element: etree._Element) -> str | None:
    return next(_untyped(element, "description"), None)


def _date(element: etree._Element, name: str) -> str | None:
    """Return a date: the machine's form (``dtf``) where there is one, else the words."""
    child = _child(element, name)
    return (child.get("dtf") if child is not None else None) or _words(child)


def _duration(element: etree._Element | None) -> Quantity | None:
    words = _words(element) or (element.get("interval") if element is not None else None)
    return Quantity(text=words) if words else None


def _organisations(course: etree._Element, qualification: etree._Element | None) -> Iterator[OrganisationName]:
    provider = course.getparent()
    name = _text(provider, "title")
    if provider is not None and name:
        yield OrganisationName(role="taught_by", name=name, url=_text(provider, "url"))
    awarder = _text(qualification, "awardedBy")
    if awarder:
        yield OrganisationName(role="awarded_by", name=awarder)


def _credits(course: etree._Element) -> Quantity | None:
    """Return the credits with their scheme; the feed may nest them once more (``mlo:credit > cm:credit``)."""
    for outer in _children(course, "credit"):
        credit = _child(outer, "credit")
        holder = outer if credit is None else credit
        value, scheme = _text(holder, "value"), _text(holder, "scheme")
        if value:
            # A scheme is a word ("CATS") or the address of one (".../terms/ECTS").
            word = scheme.strip().rpartition("/")[2] if scheme else None
            if word in _CREDIT_UNITS:
                return Quantity(text=value, unit=_CREDIT_UNITS[word])
            return Quantity(text=f"{value} {word}" if word else value)
    return None


def _venue(presentation: etree._Element) -> str | None:
    venue = _child(presentation, "venue")
    return _text(_child(venue, "provider"), "title") or _text(venue, "title")


def _prices(presentation: etree._Element, currency: str | None) -> Iterator[Price]:
    for cost in presentation.iter("{*}cost"):
        amount, kind = cost.get("amount"), cost.get("type")
        if amount:
            # The extension's types name a fee scale, and "NoData" that none is known; neither is a type of offer.
            yield Price(text=amount, currency=currency, kind=None if kind in {"NoData", "FullFee"} else kind)
        elif words := _words(cost):
            yield Price(text=words, currency=cost.get("currency") or currency)
