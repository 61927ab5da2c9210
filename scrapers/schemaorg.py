"""schema.org nodes as listings: courses, programmes, credentials, their instances and offers.

Types read: ``Course``, ``EducationalOccupationalProgram``, ``EducationalOccupationalCredential``, with
``CourseInstance`` and ``Offer`` inside them (https://schema.org/Course and its neighbours). Persons are never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from models.records import Listing, OfferingListing, OrganisationName, Page, Price, Problem, Quantity, Stage
from scrapers.decode import plain
from scrapers.fields import absolute
from scrapers.structured import Node, nodes, types, values, within

KINDS = {
    "Course": "course",
    "EducationalOccupationalProgram": "program",
    "EducationalOccupationalCredential": "qualification",
}
"""Listing kinds by type; the first that matches counts, because a course may also bear the type of its credential."""

_STATEMENTS = {
    "coursePrerequisites": "prerequisites",
    "programPrerequisites": "prerequisites",
    "teaches": "learning_outcomes",
    "competencyRequired": "learning_outcomes",
    "assesses": "assessment",
    "recognizedBy": "recognition",
}
_NODES_ASKED_MAX = 50
"""So many nodes are asked for the name of one; real pages nest names once or twice."""
_ROLES = {"provider": "taught_by", "creator": "developed_by", "author": "developed_by"}


def listings(page: Page) -> Iterator[Listing | Problem]:
    """Yield the listings a page embeds, words as printed.

    The ref is the page's own code (``identifier``, ``courseCode``), else the path of the address.

    Raises:
        PageUnreadable: if the page is no text.
    """
    found, problems = nodes(page)
    yield from problems
    inside_another: set[int] = set()
    for node in within(found):
        kind = next((KINDS[name] for name in types(node) if name in KINDS), None)
        if kind is None or id(node) in inside_another:
            continue
        # What was met inside another before need not be walked again: a page may point to one node from everywhere.
        for _ in within([node], met=inside_another):
            pass
        yield _listing(node, kind, page)


def _listing(node: Node, kind: str, page: Page) -> Listing | Problem:
    title = _text(node, "name")
    url = _url(node, page)
    ref = _ref(node, url)
    if title is None or ref is None:
        what = "name" if title is None else "identifier or address"
        return Problem(
            stage=Stage.PARSE, code="record_invalid", message=f"a {kind} without {what}", words=title, url=page.url
        )
    instances = [n for n in values(node, "hasCourseInstance") if not isinstance(n, str)]
    return Listing(
        ref=ref,
        kind=kind,
        title=title,
        url=url,
        kind_as_published=_text(node, "additionalType"),
        description=plain(_text(node, "description")),
        languages=tuple(_texts(node, "inLanguage") or _texts(node, "availableLanguage")),
        organisations=tuple(_organisations(node)),
        credential_label=_text(node, "educationalCredentialAwarded") or _text(node, "credentialCategory"),
        level=_text(node, "educationalLevel"),
        delivery=_text(node, "educationalProgramMode") or _text(node, "courseMode"),
        mode_of_study=_text(node, "timeOfDay"),
        duration=_quantity(node, "timeToComplete") or _quantity(node, "timeRequired"),
        workload=_quantity(node, "courseWorkload"),
        credits=_credits(node),
        prices=tuple(_prices(node)),
        subjects=tuple(dict.fromkeys([*_texts(node, "about"), *_texts(node, "keywords")])),
        statements=_statements(node),
        offerings=tuple(_offering(n, number, page) for number, n in enumerate(instances, start=1)),
    )


def _text(node: Node, name: str) -> str | None:
    return next(iter(_texts(node, name)), None)


def _texts(node: Node, name: str) -> Sequence[str]:
    """Return the texts of a property; of a node, its name."""
    found = [_word(value, set()) for value in values(node, name)]
    return [word for word in found if word]


def _word(value: str | Node, asked: set[int]) -> str | None:
    """Return a text, or the name of a node, which may be a node too.

    ``asked`` are the nodes that were asked for their name on the way here: pages may name nodes in circles.
    """
    if isinstance(value, str):
        return value.strip() or None
    if "Person" in types(value) or id(value) in asked or len(asked) >= _NODES_ASKED_MAX:
        return None
    asked.add(id(value))
    inner = (v for key in ("name", "value", "termCode", "alternateName") for v in values(value, key))
    return next((word for v in inner if (word := _word(v, asked))), None)


def _url(node: Node, page: Page) -> str | None:
    given = next((v for v in values(node, "url") if isinstance(v, str)), None) or node.get("@id")
    if given is None or given.startswith(("_:", "#", "urn:")):
        return page.final_url
    address = _absolute(page, given)
    return address if address and address.startswith(("http://", "https://")) else page.final_url


def _absolute(page: Page, given: str) -> str | None:
    try:
        return absolute(page.final_url, given)
    except ValueError:
        return None


def _ref(node: Node, url: str | None) -> str | None:
    return _text(node, "identifier") or _text(node, "courseCode") or (urlsplit(url).path if url else None) or None


def _organisations(node: Node) -> Iterator[OrganisationName]:
    for name, role in _ROLES.items():
        for value in values(node, name):
            word = _word(value, set())
            if word and not word.startswith(("http://", "https://")):
                yield OrganisationName(role=role, name=word, country=_country(value))
    for credential in values(node, "educationalCredentialAwarded"):
        if not isinstance(credential, str):
            for word in _texts(credential, "recognizedBy"):
                yield OrganisationName(role="awarded_by", name=word)


def _country(value: str | Node) -> str | None:
    if isinstance(value, str):
        return None
    addresses = [address for address in values(value, "address") if not isinstance(address, str)]
    return next((word for address in addresses for word in _texts(address, "addressCountry")), None)


def _quantity(node: Node, name: str) -> Quantity | None:
    words = _text(node, name)
    return Quantity(text=words) if words else None


def _credits(node: Node) -> Quantity | None:
    for value in values(node, "numberOfCredits"):
        if isinstance(value, str):
            return Quantity(text=value)
        number, unit = _text(value, "value"), _text(value, "creditType") or _text(value, "unitText")
        if number:
            return Quantity(text=f"{number} {unit}" if unit else number)
    return None


def _prices(node: Node) -> Iterator[Price]:
    for offer in [o for o in values(node, "offers") if not isinstance(o, str)]:
        parts = [o for o in values(offer, "priceSpecification") if not isinstance(o, str)] or [offer]
        for part in parts:
            amount = _text(part, "price") or _text(part, "lowPrice")
            kind = _text(offer, "category")
            if amount or kind:
                currency = _text(part, "priceCurrency") or _text(offer, "priceCurrency")
                yield Price(text=amount or "", currency=currency, kind=kind)


def _statements(node: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, statement in _STATEMENTS.items():
        words = plain("\n".join(_texts(node, name)))
        if words:
            found.setdefault(statement, words)
    return found


def _offering(node: Node, number: int, page: Page) -> OfferingListing:
    """Return an instance; one without a code or an address of its own is known by its place in the list."""
    schedules = [s for s in values(node, "courseSchedule") if not isinstance(s, str)]
    start = _text(node, "startDate") or next((w for s in schedules for w in _texts(s, "startDate")), None)
    end = _text(node, "endDate") or next((w for s in schedules for w in _texts(s, "endDate")), None)
    given = next((v for v in values(node, "url") if isinstance(v, str)), None)
    return OfferingListing(
        ref=_text(node, "identifier") or node.get("@id") or given or f"instance {number}",
        url=_absolute(page, given) if given else None,
        start=start,
        end=end,
        delivery=_text(node, "courseMode"),
        location=_text(node, "location"),
        language=_text(node, "inLanguage"),
        effort=_quantity(node, "courseWorkload"),
        prices=tuple(_prices(node)),
    )
