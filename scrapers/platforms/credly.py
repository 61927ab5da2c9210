"""Credly: the badge templates of one organisation (``/organizations/<slug>/badges``), in pages with ``metadata``.

A list of templates, or (as others keep them) an object of templates by id. ``image`` and holders are never read.
Options: ``organisations``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from models.records import Listing, OrganisationName, Page, Price, Problem
from scrapers.declared import organisations
from scrapers.decode import PageUnreadable, json_value, plain
from scrapers.fields import Record, each, stated
from scrapers.paging import Part, follow
from scrapers.scraper import Fetch, References, Scraper


class Catalogue(Scraper):
    """The badges that an organisation issues."""

    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        """Yield all pages."""
        for start in self.format.start:
            async for page in follow(fetch, start, _part, accept="application/json"):
                yield page

    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        """Yield the badges of a page."""
        del references
        return each(_templates(page), page, lambda template: [self._badge(template)])

    def _badge(self, badge: Record) -> Listing:
        cost = badge.text("cost")
        activities = [a.text("title") for a in badge.records("badge_template_activities")]
        return Listing(
            ref=badge.required("id"),
            kind="badge",
            kind_as_published=badge.text("type_category"),
            title=badge.text("name"),
            url=badge.text("url") or badge.text("global_activity_url"),
            description=plain(badge.text("description")),
            organisations=(*_issuers(badge), *organisations(self.format.options)),
            credential_label=badge.text("type_category"),
            level=badge.text("level"),
            prices=(Price(text="", kind=cost),) if cost else (),
            subjects=tuple(badge.names("skills")),
            statements=stated(
                {
                    "assessment": plain("\n".join(title for title in activities if title)),
                    "recognition": plain("\n".join(_endorsers(badge))),
                }
            ),
            # The time is a band without a number ("Hours", "Weeks").
            verbatim=stated({name: badge.text(name) for name in ("time_to_earn", "global_activity_url")}),
        )


def _issuers(badge: Record) -> Iterator[OrganisationName]:
    issuer = badge.record("issuer")
    for entry in issuer.records("entities") if issuer else ():
        body = entry.record("entity")
        name = body.text("name") if body else None
        if body is not None and name:
            yield OrganisationName(role="awarded_by", name=name, ref=body.text("id"), url=body.text("vanity_url"))


def _endorsers(badge: Record) -> Iterator[str]:
    for endorsement in badge.records("endorsements"):
        body = endorsement.record("issuer") or endorsement.record("entity")
        name = body.text("name") or body.text("summary") if body else None
        if name:
            yield name


def _templates(page: Page) -> tuple[Any, ...]:
    answer = json_value(page)
    if isinstance(answer, list):
        return tuple(answer)
    record = Record(answer, "the answer")
    if "data" in record.value:
        return tuple(record.entries("data"))
    if all(isinstance(value, dict) for value in record.value.values()):
        return tuple(record.value.values())
    raise PageUnreadable("expected badge templates, found no 'data'")


def _part(page: Page) -> Part:
    answer = json_value(page)
    metadata = Record(answer).record("metadata") if isinstance(answer, dict) else None
    return Part(
        entries=len(_templates(page)),
        next_url=metadata.text("next_page_url") if metadata else None,
        total=metadata.whole("total_count") if metadata else None,
    )
