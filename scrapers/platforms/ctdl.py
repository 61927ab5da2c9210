"""CTDL, the Credential Transparency Description Language (https://credreg.net/ctdl/terms): registry search and graphs.

Read are answers of the registry's search (posted; ``data`` and ``extra.TotalResults``), graphs (``@graph``), single
resources, and envelopes (``resource``: a JSON Web Token whose payload is a graph, or the graph itself, as
``decoded_resource`` also holds it). Entries are credentials and learning opportunities; texts come by language.
Options: ``query`` (the CTDL query to post to the start addresses; they are got if there is none), ``language``,
``organisations``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from models.records import Listing, OrganisationName, Page, Price, Problem, Quantity
from scrapers.declared import organisations
from scrapers.decode import PageUnreadable, json_text, json_value, plain
from scrapers.fields import Record, each, stated
from scrapers.paging import Part, follow
from scrapers.posting import posted, split, value_posted
from scrapers.scraper import Fetch, References, Scraper

_TAKE = 100
_PREFIX = "ceterms:"
_WHOLE, _TUITION = "costType:AggregateCost", "costType:Tuition"
"""https://credreg.net/ctdl/terms/CostType: what all of it costs, and tuition alone."""
_KINDS = {
    "MicroCredential": "microcredential",
    "Course": "course",
    "LearningProgram": "program",
    "LearningOpportunityProfile": "course",
    "Badge": "badge",
    "DigitalBadge": "badge",
    "OpenBadge": "badge",
    "Certificate": "qualification",
    "CertificateOfCompletion": "qualification",
    "Certification": "qualification",
    "License": "qualification",
    "Diploma": "qualification",
    "SecondarySchoolDiploma": "qualification",
    "AssociateDegree": "degree",
    "BachelorDegree": "degree",
    "Degree": "degree",
    "DoctoralDegree": "degree",
    "MasterDegree": "degree",
    "ProfessionalDoctorate": "degree",
    "ResearchDoctorate": "degree",
    "SpecialistDegree": "degree",
}
_ROLES = {"ownedBy": "awarded_by", "offeredBy": "taught_by"}
_ORGANISATIONS = frozenset(
    {"CredentialOrganization", "QACredentialOrganization", "Organization", "LearningOrganization"}
)


class Catalogue(Scraper):
    """The credentials and learning opportunities of a search, a graph or an envelope."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages of a search, or the documents at the start addresses."""
        query = self.format.options.get("query")
        for start in self.format.start:
            address = _search(start, query, 0) if query else start
            async for page in follow(fetch, address, self._part, accept="application/json"):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the entries of an answer; what else a graph holds (organisations, frameworks) only names things."""
        del references
        resources = _resources(json_value(page))
        known = {str(r.get("@id")): r for r in resources if isinstance(r, Mapping) and r.get("@id")}
        return each(resources, page, lambda resource: self._listings(resource, known))

    def _listings(self, resource: Record, known: Mapping[str, Any]) -> Iterable[Listing | Problem]:
        kind = next((_KINDS[name] for name in _types(resource) if name in _KINDS), None)
        if kind is None:
            return
        address = self._text(resource, "subjectWebpage")
        yield Listing(
            ref=self._text(resource, "ctid") or resource.required("@id"),
            kind=kind,
            kind_as_published=next(iter(_types(resource)), None),
            title=self._text(resource, "name"),
            url=address or resource.text("@id"),
            description=plain(self._text(resource, "description")),
            languages=tuple(_strings(_of(resource, "inLanguage"))),
            organisations=(*self._bodies(resource, known), *organisations(self.format.options)),
            credential_label=self._text(resource, "credentialType") or next(iter(_types(resource)), None),
            level=self._alignment(resource, "audienceLevelType"),
            delivery=self._alignment(resource, "deliveryType") or self._alignment(resource, "learningDeliveryType"),
            duration=self._duration(resource),
            credits=self._credits(resource),
            prices=tuple(self._prices(resource)),
            offer_state=self._alignment(resource, "lifeCycleStatusType")
            or self._alignment(resource, "credentialStatusType"),
            subjects=tuple(self._subjects(resource)),
            statements=stated(
                {
                    "prerequisites": self._conditions(resource, "entryCondition")
                    or self._conditions(resource, "requires"),
                    "assessment": self._text(resource, "assessmentMethodDescription"),
                    "learning_outcomes": plain("\n".join(self._teaches(resource))),
                }
            ),
        )

    def _text(self, resource: Record, name: str) -> str | None:
        return self._words(_of(resource, name))

    def _words(self, value: Any) -> str | None:
        """Return a text that is plain, or by language, or the first of several."""
        if isinstance(value, Mapping):
            wanted = self.format.options.get("language", self.source.language)
            texts = {str(key).lower(): words for key, words in value.items() if not str(key).startswith("@")}
            best = next((words for key, words in texts.items() if key.startswith(wanted)), None)
            return self._words(best if best is not None else next(iter(texts.values()), None))
        if isinstance(value, list):
            return self._words(value[0]) if value else None
        return str(value).strip() or None if isinstance(value, str | int | float) else None

    def _alignment(self, resource: Record, name: str) -> str | None:
        words = [self._words(_of(Record(v), "targetNodeName")) for v in _objects(_of(resource, name))]
        return ", ".join(word for word in words if word) or None

    def _subjects(self, resource: Record) -> Iterator[str]:
        for name in ("subject", "instructionalProgramType", "industryType"):
            for value in _objects(_of(resource, name)):
                words, code = (self._words(_of(Record(value), key)) for key in ("targetNodeName", "codedNotation"))
                if words:
                    yield f"{code} {words}" if code and name == "instructionalProgramType" else words

    def _bodies(self, resource: Record, known: Mapping[str, Any]) -> Iterator[OrganisationName]:
        for name, role in _ROLES.items():
            for value in _list(_of(resource, name)):
                body = known.get(value) if isinstance(value, str) else value
                title = self._text(Record(body), "name") if isinstance(body, Mapping) else None
                if title:
                    yield OrganisationName(role=role, name=title, ref=self._text(Record(body), "ctid"))

    def _duration(self, resource: Record) -> Quantity | None:
        for profile in _objects(_of(resource, "estimatedDuration")):
            record = Record(profile)
            words = self._text(record, "exactDuration") or self._text(record, "timeRequired")
            if words:
                return Quantity(text=words)
        return None

    def _credits(self, resource: Record) -> Quantity | None:
        for value in _objects(_of(resource, "creditValue")):
            record = Record(value)
            number = self._words(record.value.get("schema:value") or record.value.get("qdata:median"))
            unit = self._alignment(record, "creditUnitType")
            if number:
                return Quantity(text=f"{number} {unit}" if unit else number)
        return None

    def _prices(self, resource: Record) -> Iterator[Price]:
        """Yield what the whole costs if that is stated, else tuition, else whatever costs are."""
        costs = [(_cost_type(record), record) for record in map(Record, _objects(_of(resource, "estimatedCost")))]
        for wanted in ((_WHOLE,), (_TUITION, None), {kind for kind, _ in costs}):
            amounts = [(cost, self._text(cost, "price")) for kind, cost in costs if kind in wanted]
            prices = [Price(text=text, currency=self._text(cost, "currency")) for cost, text in amounts if text]
            if prices:
                yield from prices
                return

    def _conditions(self, resource: Record, name: str) -> str | None:
        words = [self._text(Record(value), "description") for value in _objects(_of(resource, name))]
        return plain("\n".join(word for word in words if word))

    def _teaches(self, resource: Record) -> Iterator[str]:
        for value in _objects(_of(resource, "teaches")):
            words = self._words(_of(Record(value), "targetNodeName"))
            if words:
                yield words

    def _part(self, page: Page) -> Part:
        answer = json_value(page)
        entries = len(_resources(answer))
        asked = value_posted(page.url)
        if asked is None:
            return Part(entries=entries)
        extra = Record(answer, "the answer").record("extra")
        total = extra.whole("TotalResults") if extra else None
        read = asked["Skip"] + len(Record(answer).entries("data"))
        more = total is not None and read < total and entries > 0
        return Part(
            entries=len(Record(answer).entries("data")),
            next_url=_search(split(page.url)[0], asked["Query"], read) if more else None,
            total=total,
        )


def _search(url: str, query: Any, skip: int) -> str:
    return posted(url, {"Query": query, "Skip": skip, "Take": _TAKE, "Sort": "ceterms:ctid"})


def _of(resource: Record, name: str) -> Any:
    return resource.value.get(_PREFIX + name, resource.value.get(name))


def _cost_type(cost: Record) -> str | None:
    """Return the type of a cost; ``None`` if none is stated, or none that the vocabulary names."""
    types = (_of(Record(value), "targetNode") for value in _objects(_of(cost, "directCostType")))
    return next((name for name in types if isinstance(name, str)), None)


def _types(resource: Record) -> list[str]:
    return [name.removeprefix(_PREFIX) for name in resource.texts("@type")]


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _objects(value: Any) -> list[Any]:
    return [entry for entry in _list(value) if isinstance(entry, Mapping)]


def _strings(value: Any) -> list[str]:
    return [entry for entry in _list(value) if isinstance(entry, str)]


def _resources(answer: Any) -> list[Any]:
    """Return the resources of a document, whatever holds them.

    Raises:
        PageUnreadable: if it is no CTDL document, or the search answers with an error.
    """
    if isinstance(answer, list):
        return [resource for entry in answer for resource in _resources(entry)]
    record = Record(answer, "the answer")
    if "valid" in record.value and not record.flag("valid"):
        raise PageUnreadable(f"the registry refuses the query: {str(record.value.get('status'))[:200]}")
    if "data" in record.value:
        return [resource for entry in record.entries("data") for resource in _resources(entry)]
    if "@graph" in record.value:
        return list(record.entries("@graph"))
    held = record.value.get("decoded_resource") or record.value.get("resource")
    if held is not None:
        return _resources(held if isinstance(held, Mapping) else _payload(held))
    if "@type" in record.value:
        return [answer]
    raise PageUnreadable("no CTDL: neither @graph nor @type, no envelope and no result of a search")


def _payload(token: Any) -> Any:
    """Return what a JSON Web Token says. Its signature vouches for the registry, which we read over TLS anyway."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != 3:
        raise PageUnreadable("the resource of the envelope is no JSON Web Token")
    try:
        document = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise PageUnreadable(f"the resource of the envelope cannot be read: {error}") from error
    return json_text(document)
