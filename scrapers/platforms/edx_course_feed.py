"""The course feed of edX: RSS 2.0 with elements of its own namespace, in pages linked by ``atom:link rel="next"``.

An item is a course run (``course:id``), so it is a listing with one offering of the same id. Options:
``organisations``.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from models.records import Listing, OfferingListing, OrganisationName, Page, Quantity
from scrapers.declared import organisations
from scrapers.decode import plain, plain_parts
from scrapers.fields import RecordInvalid, stated
from scrapers.platforms.feed import FeedCatalogue

_PACING = {"0": "instructor-paced", "1": "self-paced"}


class Catalogue(FeedCatalogue):
    """The feed from its first page to its last."""

    def item(self, item: etree._Element, page: Page) -> Listing:
        """Return the run of a course that an item is."""
        del page
        words = _words(item)
        ref = words.get("{*}id") or words.get("guid")
        if ref is None:
            raise RecordInvalid("an item without an id")
        length, effort = words.get("{*}length"), words.get("{*}effort")
        self_paced = words.get("{*}self_paced")
        pacing = _PACING.get(self_paced, self_paced) if self_paced else None
        return Listing(
            ref=ref,
            kind="course",
            title=words.get("title"),
            url=words.get("link"),
            description=plain_parts(words.get("{*}subtitle"), words.get("description")),
            organisations=(*_schools(item), *organisations(self.format.options)),
            pacing=pacing,
            duration=Quantity(text=length) if length else None,
            effort=Quantity(text=effort) if effort else None,
            subjects=tuple(s.strip() for s in (words.get("{*}subject") or "").split(",") if s.strip()),
            statements=stated({"prerequisites": plain(words.get("{*}prerequisites"))}),
            verbatim=stated({name: words.get(f"{{*}}{name}") for name in ("code", "verified", "xseries", "profed")}),
            offerings=(OfferingListing(ref=ref, start=words.get("{*}start"), end=words.get("{*}end"), pacing=pacing),),
        )


def _words(item: etree._Element) -> dict[str, str]:
    """Return the texts of an item by the names of their elements, also without a namespace (``{*}id``).

    Of several elements of one name the first counts; one without a text is left out. In one pass, which takes half
    of the time of looking for each name.
    """
    first: dict[str, str] = {}
    for child in item.iterchildren(etree.Element):
        name, words = str(child.tag), (child.text or "").strip()
        first.setdefault(name, words)
        first.setdefault("{*}" + name.rpartition("}")[2], words)
    return {name: words for name, words in first.items() if words}


def _schools(item: etree._Element) -> Iterator[OrganisationName]:
    """Yield the members of edX that offer the course, by the names of their brands there (``MITx``)."""
    for school in item.iterfind("{*}school"):
        if school.text and school.text.strip():
            yield OrganisationName(role="taught_by", name=school.text.strip())
