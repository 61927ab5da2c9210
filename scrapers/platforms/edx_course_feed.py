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
        ref = _text(item, "{*}id") or _text(item, "guid")
        if ref is None:
            raise RecordInvalid("an item without an id")
        length, effort = _text(item, "{*}length"), _text(item, "{*}effort")
        self_paced = _text(item, "{*}self_paced")
        pacing = _PACING.get(self_paced, self_paced) if self_paced else None
        return Listing(
            ref=ref,
            kind="course",
            title=_text(item, "title"),
            url=_text(item, "link"),
            description=plain_parts(_text(item, "{*}subtitle"), _text(item, "description")),
            organisations=(*_schools(item), *organisations(self.format.options)),
            pacing=pacing,
            duration=Quantity(text=length) if length else None,
            effort=Quantity(text=effort) if effort else None,
            subjects=tuple(s.strip() for s in (_text(item, "{*}subject") or "").split(",") if s.strip()),
            statements=stated({"prerequisites": plain(_text(item, "{*}prerequisites"))}),
            verbatim=stated({name: _text(item, f"{{*}}{name}") for name in ("code", "verified", "xseries", "profed")}),
            offerings=(
                OfferingListing(ref=ref, start=_text(item, "{*}start"), end=_text(item, "{*}end"), pacing=pacing),
            ),
        )


def _text(item: etree._Element, name: str) -> str | None:
    words = item.findtext(name)
    return words.strip() if words and words.strip() else None


def _schools(item: etree._Element) -> Iterator[OrganisationName]:
    """Yield the members of edX that offer the course, by the names of their brands there (``MITx``)."""
    for school in item.iterfind("{*}school"):
        if school.text and school.text.strip():
            yield OrganisationName(role="taught_by", name=school.text.strip())
