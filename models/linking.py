"""Which listings are one credential: links between listings with their reasons, what people decided, and what follows.

The room ``linking`` fills these records and the store keeps them. A link never merges anything: listings stay what they
are, and a change of rules or of a decision makes all links anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided of two listings, each known by its source and that source's code for it.

    ``same`` says whether they are one credential. ``decided_at`` is aware and in UTC; of two decisions on one pair the
    later one holds.
    """

    source: str
    ref: str
    other_source: str
    other_ref: str
    same: bool
    reason: str
    decided_at: datetime

    @property
    def pair(self) -> frozenset[tuple[str, str]]:
        """The two listings, in no order."""
        return frozenset({(self.source, self.ref), (self.other_source, self.other_ref)})

    @property
    def in_order(self) -> Decision:
        """The same decision with the listing first that is the first by source and ref."""
        if (self.source, self.ref) <= (self.other_source, self.other_ref):
            return self
        return replace(self, source=self.other_source, ref=self.other_ref, other_source=self.source, other_ref=self.ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two listings that are or may be one credential, and why.

    ``item_id`` is the smaller of the two ids. ``method`` is a word of the vocabulary ``link_method``; ``confidence``
    (0-1) the share of right links expected of links like it; ``reasons`` say in words what was compared, with the
    values on both sides. A link that ``counts_once`` makes one credential of both, as far as no other link or decision
    speaks against it; one for ``review`` waits for a person. A decision that two listings are *not* one credential is a
    link of method ``decision`` with neither.
    """

    item_id: int
    other_item_id: int
    method: str
    confidence: float
    reasons: tuple[str, ...]
    counts_once: bool
    review: bool

    @property
    def pair(self) -> tuple[int, int]:
        """The two ids, the smaller one first."""
        return self.item_id, self.other_item_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """Listings that count as one.

    ``credential_id`` is the key (``source/programme key``) of the programme that founded it: of all its programmes the
    one that was seen first. ``item_ids`` are its listings in order.
    """

    credential_id: str
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CutLink:
    """A link that counts once and was not followed, and why: what it would have joined must not be one credential."""

    link: Link
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedAs:
    """Which credential a programme of the database counts as; ``programme_key`` is what its runs have in common."""

    programme_id: int
    programme_key: str
    credential_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLink:
    """A link as the database keeps it: between programmes by their numbers, the first by source and ref first.

    ``cut`` says why a link that counts once was not followed, ``None`` if it was; for the rest see ``Link``.
    """

    programme_id: int
    other_programme_id: int
    method: str
    confidence: float
    reasons: tuple[str, ...]
    counts_once: bool
    review: bool
    cut: str | None = None

    @property
    def pair(self) -> tuple[int, int]:
        """The numbers of the two programmes."""
        return self.programme_id, self.other_programme_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """All listings as credentials: each listing is in one of them.

    ``cut`` are links that were not followed; those among them that people decided are contradictions between decisions.
    """

    credentials: tuple[Credential, ...]
    cut: tuple[CutLink, ...] = field(default=())

    @property
    def contradictions(self) -> tuple[CutLink, ...]:
        """Decisions that other decisions speak against."""
        return tuple(each for each in self.cut if each.link.method == "decision")
