"""MOOChub (https://github.com/MOOChub/schema), versions 2 and 3: JSON:API whose attributes follow schema.org.

The versions differ in names and shapes (``languages`` or ``inLanguage``, a date or a list of dates, hours a week as a
number or as an object); hosts mix them, so each entry is read by what it has. Persons (``instructor``, and creators
of type Person) are never read. Options: ``organisations``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator

from models.records import Listing, OfferingListing, OrganisationName, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import plain
from scrapers.fields import Record, stated
from scrapers.paging import follow
from scrapers.platforms.json_api import JsonApi, part
from scrapers.scraper import Fetch

_ACCEPT = "application/vnd.api+json; moochub-version=3, application/vnd.api+json; moochub-version=2.1"
_UNITS = {"h/week": "hour_per_week", "h/day": "hour_per_day", "h/month": "hour_per_month"}
_TIMES = frozenset({"synchronous", "asynchronous"})
"""Words of ``courseMode`` that say when one learns, not where."""


class Catalogue(JsonApi):
    """The courses of one host."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages, asked for in the newest version the host speaks."""
        for start in self.format.start:
            async for page in follow(fetch, start, part, accept=_ACCEPT):
                yield page

    def resource(self, resource: Record) -> Iterable[Listing | Problem]:
        """Yield the course that a resource is."""
        about = resource.record("attributes") or Record({})
        modes = about.texts("courseMode")
        yield Listing(
            ref=resource.required("id"),
            kind="course",
            title=about.text("name"),
            url=about.text("url"),
            description=plain(about.text("description") or about.text("abstract")),
            languages=about.texts("inLanguage") or about.texts("languages"),
            organisations=tuple(dict.fromkeys([*_organisations(about), *organisations(self.format.options)])),
            credential_label=", ".join(about.texts("educationalCredentialsAwarded")) or None,
            level=next(iter(_names(about, "educationalLevel")), None),
            delivery=", ".join(mode for mode in modes if mode not in _TIMES) or None,
            duration=about.quantity("duration"),
            effort=_effort(about),
            credits=_credits(about),
            prices=tuple(_prices(about)),
            subjects=tuple(_subjects(about)),
            statements=stated(
                {
                    "learning_outcomes": "\n".join([*_names(about, "teaches"), *about.texts("learningObjectives")])
                    or None,
                    "prerequisites": "\n".join(_names(about, "competencyRequired")) or None,
                }
            ),
            verbatim=stated({"courseMode": ", ".join(modes) or None, "courseCode": about.text("courseCode")}),
            offerings=tuple(_offerings(about)),
        )


def _organisations(about: Record) -> Iterator[OrganisationName]:
    for name in ("creator", "partnerInstitutes"):
        for body in about.records(name):
            yield from _organisation(body, "developed_by" if name == "creator" else "taught_by")
    hosts = [about.record(name) for name in ("publisher", "moocProvider")]
    for host in hosts:
        if host is not None:
            yield from _organisation(host, "listed_on")


def _organisation(body: Record, role: str) -> Iterator[OrganisationName]:
    name = body.text("name")
    if name and body.text("type") != "Person":
        yield OrganisationName(role=role, name=name, url=body.text("url"))


def _names(about: Record, key: str) -> Iterator[str]:
    """Yield the names of frameworks' entries: texts by language, of which the first counts."""
    for entry in about.entries(key):
        if isinstance(entry, str):
            yield entry
            continue
        record = Record(entry, f"an entry of {key!r}")
        values = record.entries("name") if isinstance(record.value.get("name"), list) else [record.value.get("name")]
        names = [v if isinstance(v, str) else Record(v, "a name").text("name") for v in values if v]
        yield from [name for name in names if name][:1]


def _subjects(about: Record) -> Iterator[str]:
    for entry in about.records("educationalAlignment"):
        code = entry.text("shortCode")
        names = list(_names(Record({"one": [entry.value]}), "one"))
        yield " ".join([*([f"{entry.text('educationalFramework')} {code}"] if code else []), *names])
    yield from about.texts("keywords")


def _effort(about: Record) -> Quantity | None:
    if not isinstance(about.value.get("workload"), dict):
        return about.quantity("workload", "hour_per_week")
    workload = about.record("workload")
    value, unit = (workload.text("timeValue"), workload.text("timeUnit")) if workload else (None, None)
    if not value:
        return None
    return Quantity(text=value, unit=_UNITS[unit]) if unit in _UNITS else Quantity(text=f"{value} {unit or ''}".strip())


def _credits(about: Record) -> Quantity | None:
    words = about.text("numberOfCredits")
    return Quantity(text=words, unit="ects") if words and words != "0" else None


def _prices(about: Record) -> Iterator[Price]:
    """Yield the price of the course and that of its certificate; version 2 has only the word ``free``."""
    offers = about.records("offer")
    for offer in offers:
        price, category = offer.text("price"), offer.text("category")
        if price:
            yield Price(text=price, currency=offer.text("priceCurrency"), certificate=category == "certificate")
    if not offers:
        for word in about.texts("access"):
            if word in {"free", "paid"}:
                yield Price(text="", kind=word)


def _offerings(about: Record) -> Iterator[OfferingListing]:
    starts, ends = about.texts("startDate"), about.texts("endDate")
    expire = about.texts("expires") or about.texts("availableUntil")
    for number in range(max(len(starts), len(ends))):
        yield OfferingListing(
            ref=f"run {number + 1}",
            start=starts[number] if number < len(starts) else None,
            end=ends[number] if number < len(ends) else None,
            enrolment_start=about.text("applicationStartDate"),
            enrolment_end=about.text("applicationDeadline"),
            location=_place(about),
            verbatim=stated({"expires": expire[number] if number < len(expire) else None}),
        )


def _place(about: Record) -> str | None:
    place = about.record("contentLocation")
    return place.text("name") if place else None
