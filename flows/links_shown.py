"""Links for people: two listings side by side, and a credential with all that was said of its listings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flows.linking_up import Linked, comparable, sources_known
from flows.observatory import Observatory
from linking.linkable import Linkable, Span
from models.link_queries import StoredListing, credential_ids, links_for_review, links_of, listings_numbered
from models.link_queries import programmes_of_credential as members
from models.linking import KeptLink

COUNT_COLUMNS = ("source_kind", "listings", "programmes", "credentials", "shared")
OVERLAP_COLUMNS = ("kind", "other_kind", "both", "of_kind", "of_other")
LISTING_COLUMNS = ("listing", "title", "kind", "listed", "first_seen", "url")
LINK_COLUMNS = ("one", "other", "state", "method", "confidence", "reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two listings: as it is stored, and what is compared of it."""

    stored: StoredListing
    compared: Linkable

    @property
    def name(self) -> str:
        """Source and ref, as commands take them."""
        return f"{self.compared.source}/{self.compared.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A link with both its listings."""

    link: KeptLink
    one: Side
    other: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCredential:
    """A credential: its listings, and every link that one of them has, to each other and beyond.

    ``credential_id`` is ``None`` if links were not brought up to date since the listing came in.
    """

    credential_id: str | None
    listings: tuple[Side, ...]
    links: tuple[Shown, ...]


def review(observatory: Observatory) -> tuple[Shown, ...]:
    """Return what waits for a person, the likeliest first."""
    return _shown(observatory, links_for_review(observatory.engine))


def credential_of(observatory: Observatory, programme_id: int) -> ShownCredential:
    """Return the credential that a programme counts as."""
    engine = observatory.engine
    credential_id = credential_ids(engine).get(programme_id)
    numbers = members(engine, credential_id) if credential_id is not None else (programme_id,)
    sides = _sides(observatory, numbers)
    return ShownCredential(
        credential_id=credential_id,
        listings=tuple(sorted(sides.values(), key=lambda side: (side.compared.source, side.compared.ref))),
        links=tuple(sorted(_shown(observatory, links_of(engine, numbers)), key=_by_names)),
    )


def _by_names(shown: Shown) -> tuple[str, str, str, str]:
    one, other = shown.one.compared, shown.other.compared
    return one.source, one.ref, other.source, other.ref


def _shown(observatory: Observatory, links: Sequence[KeptLink]) -> tuple[Shown, ...]:
    sides = _sides(observatory, {number for each in links for number in each.pair})
    return tuple(Shown(link=each, one=sides[each.programme_id], other=sides[each.other_programme_id]) for each in links)


def _sides(observatory: Observatory, numbers: Sequence[int] | set[int]) -> dict[int, Side]:
    sources = sources_known(observatory)
    return {
        number: Side(stored=stored, compared=comparable(stored, sources[stored.source], number))
        for number, stored in listings_numbered(observatory.engine, numbers).items()
    }


# --------------------------------------------------------------------------------------
# Rows
# --------------------------------------------------------------------------------------


def compared_rows(shown: Shown) -> Iterator[dict[str, Any]]:
    """Yield what is compared of two listings, one row a field that one of them states, each under its name."""
    ours, theirs = _fields(shown.one), _fields(shown.other)
    for name in ours:
        if ours[name] or theirs[name]:
            yield {"field": name, shown.one.name: ours[name], shown.other.name: theirs[name]}


def _fields(side: Side) -> dict[str, str]:
    listing, programme = side.compared, side.stored.programme
    return {
        "title": listing.title,
        "titles": "; ".join(listing.titles),
        "kind": listing.kind,
        "organisations": "; ".join(f"{each.name} ({each.role})" for each in side.stored.organisations),
        "known as": _some(listing.organisations),
        "languages": _some(listing.languages),
        "delivery": listing.delivery or "",
        "EQF level": str(listing.eqf_level or ""),
        "ECTS": f"{listing.ects:g}" if listing.ects else "",
        "hours": _span(listing.hours),
        "weeks": _span(listing.weeks),
        "price": f"{listing.price[1]:g} {listing.price[0]}" if listing.price else "",
        "starts": _some(str(day) for day in listing.starts),
        "codes": _some(listing.codes),
        "identifiers": _some(listing.identifiers),
        "address": programme.url or "",
        "names pages": _some(listing.pages),
        "description": (programme.description or "")[:DESCRIPTION_MOST],
    }


DESCRIPTION_MOST = 400  # characters of a description that are shown


def _some(values: Any) -> str:
    return ", ".join(sorted(values))


def _span(span: Span | None) -> str:
    if span is None:
        return ""
    return f"{span.least:g}" if span.least == span.most else f"{span.least:g}-{span.most:g}"


def listing_row(side: Side) -> dict[str, Any]:
    """Return a listing as a row to print."""
    return {
        "listing": side.name,
        "title": side.compared.title,
        "kind": side.compared.kind,
        "listed": side.stored.is_listed,
        "first_seen": side.stored.first_seen,
        "url": side.stored.programme.url,
    }


def link_row(shown: Shown) -> dict[str, Any]:
    """Return a link as a row to print; the reason why it was cut stands behind the others."""
    link = shown.link
    cut = (f"not followed: {link.cut}",) if link.cut else ()
    return {
        "one": shown.one.name,
        "other": shown.other.name,
        "state": state_of(link),
        "method": link.method,
        "confidence": link.confidence,
        "reasons": "; ".join((*link.reasons, *cut)),
    }


def state_of(link: KeptLink) -> str:
    """Return what became of a link, in the words of the view ``credential_link_current``."""
    if link.cut is not None:
        return "cut"
    if link.counts_once:
        return "followed"
    return "review" if link.review else "apart"


def link_json(shown: Shown) -> dict[str, Any]:
    """Return a link with both its listings as JSON values."""
    link = shown.link
    return {
        "one": listing_row(shown.one),
        "other": listing_row(shown.other),
        "state": state_of(link),
        "method": link.method,
        "confidence": link.confidence,
        "reasons": list(link.reasons),
        "cut": link.cut,
    }


def count_rows(linked: Linked) -> list[dict[str, Any]]:
    """Return the counts of what is listed now, one row a kind of source, then all, then all that was ever listed."""
    rows: Mapping[str, Any] = {**linked.by_kind, "all": linked.now, "all ever listed": linked.ever}
    return [{"source_kind": kind, **asdict(each)} for kind, each in rows.items()]


def linked_json(linked: Linked) -> dict[str, Any]:
    """Return what linking made as JSON values."""
    return asdict(linked)
