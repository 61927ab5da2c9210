"""Credentials from links: which listings count as one, and what each such credential is called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from linking.linkable import Linkable
from models.linking import Credential, Credentials, CutLink, Link

Programme = tuple[str, str]


def credentials(
    listings: Sequence[Linkable], links: Iterable[Link], known: Mapping[int, str] | None = None
) -> Credentials:
    """Return the credentials that the links which count once make of all listings.

    Links are followed from the surest to the weakest. One is cut where it would join what must not be one: two
    programmes of one source that are not runs of one course, unless a person joined these very two; or two listings of
    which a person decided that they are not the same. Decisions may contradict each other so: that two listings are not
    the same then outweighs that others are; which of the others is cut does not matter, since a person has to mend it.

    The id of a credential is the key of its founder, the programme that was seen first (``Linkable.first_seen``, else
    the smallest id): a listing that joins later does not change it. ``known`` are the ids that listings had before; as
    long as the founder named by one of them is among its programmes, a credential keeps that id. Where a person parted
    the runs of one programme, each part is called by the code of a run.

    Args:
        listings: all listings, linked or not.
        links: as ``linking.links.link`` returns them.
        known: credential ids by the id of the listing, as stored.
    """
    clusters = _Clusters(listings, links)
    names = _Names(listings, clusters.sets(), known or {})
    made = [Credential(credential_id=names.of(ids), item_ids=tuple(sorted(ids))) for ids in clusters.sets()]
    return Credentials(credentials=tuple(sorted(made, key=lambda each: each.item_ids)), cut=tuple(clusters.cut))


class _Clusters:
    """Sets of listings that grow as links are followed."""

    def __init__(self, listings: Sequence[Linkable], links: Iterable[Link]) -> None:
        self.cut: list[CutLink] = []
        self._by_id = {each.item_id: each for each in listings}
        self._set: dict[int, set[int]] = {each.item_id: {each.item_id} for each in listings}
        every = [each for each in links if each.item_id in self._set and each.other_item_id in self._set]
        self._apart: dict[int, set[int]] = defaultdict(set)
        for each in every:
            if each.method == "decision" and not each.counts_once:
                self._apart[each.item_id].add(each.other_item_id)
                self._apart[each.other_item_id].add(each.item_id)
        self._joined_by_hand: set[frozenset[Programme]] = set()
        for each in sorted((each for each in every if each.counts_once), key=_order):
            self._follow(each)

    def sets(self) -> list[set[int]]:
        """Return the sets, each once."""
        return list({id(each): each for each in self._set.values()}.values())

    def _follow(self, link: Link) -> None:
        ours, theirs = self._set[link.item_id], self._set[link.other_item_id]
        if ours is theirs:
            return
        if link.method == "decision":
            self._joined_by_hand.add(frozenset(self._by_id[each].programme for each in link.pair))
        if reason := self._against(ours, theirs):
            self.cut.append(CutLink(link=link, reason=reason))
            return
        small, large = sorted((ours, theirs), key=len)
        large |= small
        for each in small:
            self._set[each] = large

    def _against(self, ours: set[int], theirs: set[int]) -> str | None:
        """Return why two sets must not be one."""
        for each in ours:
            if apart := self._apart[each] & theirs:
                return f"a person decided that {self._name(each)} and {self._name(min(apart))} are not the same"
        here = {programme[0]: programme for programme in sorted(self._by_id[each].programme for each in ours)}
        for programme in sorted({self._by_id[each].programme for each in theirs}):
            own = here.get(programme[0], programme)
            if own != programme and frozenset({own, programme}) not in self._joined_by_hand:
                return f"{'/'.join(own)} and {'/'.join(programme)} are two programmes of one source"
        return None

    def _name(self, item_id: int) -> str:
        each = self._by_id[item_id]
        return f"{each.source}/{each.ref}"


def _order(link: Link) -> tuple[int, float, tuple[int, int]]:
    """Return the order in which links are followed: own keys, decisions, then rules, the surest first."""
    return {"programme_key": 0, "decision": 1}.get(link.method, 2), -link.confidence, link.pair


class _Names:
    """Ids for sets of listings."""

    def __init__(self, listings: Sequence[Linkable], sets: Iterable[set[int]], known: Mapping[int, str]) -> None:
        self._by_id = {each.item_id: each for each in listings}
        self._known = known
        places = Counter(programme for ids in sets for programme in {self._by_id[each].programme for each in ids})
        self._parted = {programme for programme, count in places.items() if count > 1}

    def of(self, ids: set[int]) -> str:
        members = sorted((self._by_id[each] for each in ids), key=_seniority)
        keys = [self._key(each) for each in members]
        kept = (self._known.get(each.item_id) for each in members)
        return next((name for name in kept if name in keys), keys[0])

    def _key(self, each: Linkable) -> str:
        return "/".join((each.source, each.ref) if each.programme in self._parted else each.programme)


def _seniority(each: Linkable) -> tuple[date, int]:
    return each.first_seen or date.max, each.item_id
