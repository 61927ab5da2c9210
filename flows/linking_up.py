"""Bringing links up to date: every listing that was ever listed is compared anew, and the tables follow.

Listings stand in the order of source and ref, whatever numbers the database gave them, so that the same listings,
decisions and credential ids give the same rows in whatever order they came in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flows.observatory import Observatory
from linking.counting import Counts, Overlap, counts, overlap
from linking.credentials import credentials
from linking.linkable import Linkable, linkable
from linking.links import link
from models.columns import storable
from models.link_queries import (
    StoredListing,
    credential_ids,
    every_listing,
    link_decisions,
    programme_number,
    stored_sources,
)
from models.linking import CountedAs, Credentials, CutLink, Decision, KeptLink, Link
from models.records import Source
from scrapers.source import discover


class NoSuchListing(ValueError):
    """No source ever listed something under that code. The message says how listings are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What linking made of the listings.

    ``ever`` counts all that were ever listed, ``now`` those listed now, ``by_kind`` those of each kind of source that
    lists something now (vocabulary ``source_kind``), ``overlap`` how much of what is listed now in one kind is listed
    in another. ``counts_once`` are the links that count once, ``review`` those that wait for a person, ``cut`` those
    that were not followed; ``contradictions`` say in words which decisions other decisions speak against. ``changed``
    is false if the tables said all this already.
    """

    ever: Counts
    now: Counts
    by_kind: Mapping[str, Counts]
    overlap: tuple[Overlap, ...]
    counts_once: int
    review: int
    cut: int
    contradictions: tuple[str, ...]
    changed: bool


def link_listings(observatory: Observatory, *, on_step: Callable[[int, str], None] | None = None) -> Linked:
    """Compare all listings by today's rules and decisions, and bring credentials and links in the database up to date.

    A credential keeps the id that it has, as long as the programme that gave it belongs to it. Nothing is written if
    nothing differs.

    Args:
        observatory: where they are.
        on_step: told of each listing that was read (1), and what is done now.
    """
    tell = on_step or (lambda _count, _doing: None)
    follow_decisions(observatory)
    numbers, listings, listed = _compared(observatory, tell)
    tell(0, "compares")
    links = link(listings, link_decisions(observatory.engine))
    before = credential_ids(observatory.engine)
    known = {place: before[number] for place, number in enumerate(numbers) if number in before}
    made = credentials(listings, links, known)
    changed = observatory.store.save_links(_counted(numbers, listings, made), _kept(numbers, links, made.cut))
    now = [each for each, is_listed in zip(listings, listed, strict=True) if is_listed]
    return Linked(
        ever=counts(listings, made),
        now=counts(now, made),
        by_kind={
            kind: counts((each for each in now if each.source_kind == kind), made)
            for kind in sorted({each.source_kind for each in now})
        },
        overlap=overlap(now, made),
        counts_once=sum(each.counts_once for each in links),
        review=sum(each.review for each in links),
        cut=len(made.cut),
        contradictions=tuple(_contradiction(listings, each) for each in made.contradictions),
        changed=changed,
    )


def sources_known(observatory: Observatory) -> Mapping[str, Source]:
    """Return the declarations of today, and of sources that are declared no more what the database keeps of them."""
    return {**stored_sources(observatory.engine), **discover()}


def comparable(stored: StoredListing, source: Source, item_id: int) -> Linkable:
    """Return what is compared of a listing that is stored."""
    return linkable(item_id, stored.programme, source, stored.organisations, stored.first_seen)


def _compared(
    observatory: Observatory, tell: Callable[[int, str], None]
) -> tuple[list[int], list[Linkable], list[bool]]:
    """Return the numbers of all programmes, what is compared of each, and whether it is listed now.

    The ``item_id`` of a listing is its place among all: a number that does not depend on the order in which they came.
    """
    sources = sources_known(observatory)
    numbers: list[int] = []
    listings: list[Linkable] = []
    listed: list[bool] = []
    for place, stored in enumerate(every_listing(observatory.engine)):
        numbers.append(stored.programme_id)
        listings.append(comparable(stored, sources[stored.source], place))
        listed.append(stored.is_listed)
        tell(1, "reads")
    return numbers, listings, listed


def _counted(numbers: Sequence[int], listings: Sequence[Linkable], made: Credentials) -> list[CountedAs]:
    return [
        CountedAs(
            programme_id=numbers[place],
            programme_key=listings[place].programme_key,
            credential_id=credential.credential_id,
        )
        for credential in made.credentials
        for place in credential.item_ids
    ]


def _kept(numbers: Sequence[int], links: Sequence[Link], cut: Sequence[CutLink]) -> list[KeptLink]:
    why = {each.link.pair: each.reason for each in cut}
    return [
        KeptLink(
            programme_id=numbers[each.item_id],
            other_programme_id=numbers[each.other_item_id],
            method=each.method,
            confidence=each.confidence,
            reasons=each.reasons,
            counts_once=each.counts_once,
            review=each.review,
            cut=why.get(each.pair),
        )
        for each in links
    ]


def _contradiction(listings: Sequence[Linkable], cut: CutLink) -> str:
    one, other = (listings[place] for place in cut.link.pair)
    names = f"{one.source}/{one.ref} and {other.source}/{other.ref}"
    return f"decisions contradict each other: {names} were decided to be the same, but {cut.reason}"


# --------------------------------------------------------------------------------------
# What people decide
# --------------------------------------------------------------------------------------


def follow_decisions(observatory: Observatory) -> int:
    """Take decisions of the archive that the database does not hold into it, and return how many there were."""
    stored = {(each.pair, each.decided_at) for each in link_decisions(observatory.engine)}
    missing = [each for each in observatory.decisions.links() if (each.pair, each.decided_at) not in stored]
    for each in missing:
        observatory.store.save_link_decision(each)
    return len(missing)


def decide(
    observatory: Observatory, one: tuple[str, str], other: tuple[str, str], *, same: bool, reason: str
) -> Decision:
    """Keep what a person decided of two listings: in the archive, then in the database. Links follow when next made.

    Args:
        observatory: where it is kept.
        one: source and ref of a listing that was ever listed.
        other: likewise.
        same: whether they are one credential.
        reason: why, in the person's words.

    Raises:
        NoSuchListing: if one of them was never listed; nothing is kept then.
        ValueError: if both are one listing, or there is no reason.
    """
    for slug, ref in (one, other):
        if programme_number(observatory.engine, slug, ref) is None:
            raise NoSuchListing(f"there is no listing {slug}/{ref}; name each as SOURCE/REF, as `microcred links` does")
    if one == other:
        raise ValueError(f"{'/'.join(one)} is one listing: name two")
    if not reason.strip():
        raise ValueError("a decision needs a reason")
    decision = Decision(
        source=one[0],
        ref=one[1],
        other_source=other[0],
        other_ref=other[1],
        same=same,
        reason=storable(reason.strip()),
        decided_at=datetime.now(UTC),
    ).in_order
    observatory.decisions.link(decision)
    observatory.store.save_link_decision(decision)
    return decision
