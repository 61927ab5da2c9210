"""Counts before and after linking, and how much of what is listed in one kind of catalogue is listed in another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from linking.linkable import Linkable
from models.linking import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many there are: ``listings``; ``programmes``, runs of one course at one source counted once; ``credentials``.

    ``shared`` counts the credentials that several sources list.
    """

    listings: int
    programmes: int
    credentials: int
    shared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Credentials listed in two kinds of source (vocabulary ``source_kind``, in alphabetical order).

    ``both`` counts those listed in both; of one and the same kind, those that several of its sources list.
    ``of_kind`` and ``of_other`` count all credentials listed in either.
    """

    kind: str
    other_kind: str
    both: int
    of_kind: int
    of_other: int


def counts(listings: Iterable[Linkable], made: Credentials) -> Counts:
    """Return the counts of some listings (those of a day, say), with the credentials made of all.

    Raises:
        KeyError: if a listing is in no credential.
    """
    counted = tuple(listings)
    sources = _sources(counted, made)
    return Counts(
        listings=len(counted),
        programmes=len({each.programme for each in counted}),
        credentials=len(sources),
        shared=sum(len(each) > 1 for each in sources.values()),
    )


def overlap(listings: Iterable[Linkable], made: Credentials) -> tuple[Overlap, ...]:
    """Return one row for each pair of kinds of source that list something, and for each kind with itself.

    Raises:
        KeyError: if a listing is in no credential.
    """
    counted = tuple(listings)
    kind_of = {each.source: each.source_kind for each in counted}
    shared, alone = Counter[tuple[str, str]](), Counter[str]()
    for sources in _sources(counted, made).values():
        kinds = Counter(kind_of[source] for source in sources)
        alone.update(kinds.keys())
        shared.update(combinations(sorted(kinds), 2))
        shared.update((kind, kind) for kind, count in kinds.items() if count > 1)
    pairs = sorted({*combinations(sorted(alone), 2), *((kind, kind) for kind in alone)})
    return tuple(
        Overlap(kind=one, other_kind=other, both=shared[one, other], of_kind=alone[one], of_other=alone[other])
        for one, other in pairs
    )


def _sources(listings: Iterable[Linkable], made: Credentials) -> dict[str, set[str]]:
    """Return which sources list each credential."""
    names = {item_id: each.credential_id for each in made.credentials for item_id in each.item_ids}
    sources: dict[str, set[str]] = defaultdict(set)
    for each in listings:
        sources[names[each.item_id]].add(each.source)
    return sources
