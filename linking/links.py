"""Links between listings: by keys, by rules, and by what people decided. The public door of the room is ``link``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from linking.candidates import Pair, candidates
from linking.corpus import Corpus
from linking.credentials import credentials
from linking.evidence import Weighed, exact, weigh
from linking.linkable import Linkable
from linking.rules import rules
from models.linking import Decision, Link

Programme = tuple[str, str]


def link(listings: Sequence[Linkable], decisions: Sequence[Decision] = ()) -> tuple[Link, ...]:
    """Return all links between listings, in the order of their ids; a pair has one link at most.

    Runs of one course at one source are linked to the next of them, by the source's own key. Listings of different
    sources are weighed by the rules of ``rules.toml``. Where several listings of one source would be the same
    credential as a listing of another, only the one with the most points is; if two have as many, a person has to look.
    Nobody has to look at two listings that count as one through others. Decisions outweigh rules; one about a listing
    that is not among ``listings`` waits until it is.

    Args:
        listings: what is to be compared, each id once; their order plays no part.
        decisions: what people decided so far.
    """
    corpus = Corpus(sorted(listings, key=lambda each: each.item_id))
    by_ref = {(each.source, each.ref): each for each in listings}
    decided = {each.pair: each for each in _decided(decisions, by_ref)}
    found = {each.pair: each for each in (*_runs(listings), *_by_rules(corpus, decided), *decided.values())}
    made = credentials(listings, found.values()).credentials
    together = {item_id: each.credential_id for each in made for item_id in each.item_ids}
    return tuple(
        found[pair] for pair in sorted(found) if not found[pair].review or together[pair[0]] != together[pair[1]]
    )


def _runs(listings: Iterable[Linkable]) -> Iterator[Link]:
    programmes: dict[Programme, list[int]] = defaultdict(list)
    for each in listings:
        programmes[each.programme].append(each.item_id)
    for (source, key), ids in programmes.items():
        for one, other in pairwise(sorted(ids)):
            yield _sure(one, other, "programme_key", 1.0, f"runs of {key} at {source}")


def _decided(decisions: Iterable[Decision], by_ref: Mapping[tuple[str, str], Linkable]) -> Iterator[Link]:
    """Yield the latest decision of each pair that is there."""
    for each in sorted(decisions, key=lambda decision: decision.decided_at):
        one, other = by_ref.get((each.source, each.ref)), by_ref.get((each.other_source, each.other_ref))
        if one is None or other is None or one is other:
            continue
        words = f"decided on {each.decided_at:%Y-%m-%d}: {'the same' if each.same else 'not the same'}: {each.reason}"
        first, second = sorted((one.item_id, other.item_id))
        yield Link(
            item_id=first,
            other_item_id=second,
            method="decision",
            confidence=1.0 if each.same else 0.0,
            reasons=(words,),
            counts_once=each.same,
            review=False,
        )


def _sure(one: int, other: int, method: str, confidence: float, reason: str) -> Link:
    return Link(
        item_id=one, other_item_id=other, method=method, confidence=confidence, reasons=(reason,), counts_once=True,
        review=False,
    )  # fmt: skip


# --------------------------------------------------------------------------------------
# By rules
# --------------------------------------------------------------------------------------

_JOINED_BY_HAND = 1_000  # points: more than any evidence gives
_TIED = "another listing of the source fits as well: a person has to look"
_TRIANGLE = "speaks against another listing that one of the two is linked to: a person has to look"


def _by_rules(corpus: Corpus, decided: Mapping[tuple[int, int], Link]) -> Iterator[Link]:
    weighed: dict[Pair, Weighed] = {}
    for one, other in candidates(corpus):
        ours, theirs = corpus.read[one], corpus.read[other]
        if (ours.listing.item_id, theirs.listing.item_id) in decided:
            continue
        if sure := exact(ours.listing, theirs.listing, corpus):
            method, reason = sure
            yield _sure(ours.listing.item_id, theirs.listing.item_id, method, rules().exact[method], reason)
        elif (found := weigh(ours, theirs, corpus)) is not None:
            weighed[one, other] = found
    likely = {pair: found for pair, found in weighed.items() if found.points >= rules().review}
    best = _best(corpus, likely, [pair for pair, link in decided.items() if link.counts_once])
    doubts = {pair: _TIED for pair, is_tied in best.items() if is_tied}
    counted = [pair for pair in best if pair not in doubts and weighed[pair].counts]
    doubts |= dict.fromkeys(_in_triangles(counted, weighed), _TRIANGLE)
    for pair in best:
        yield _link(corpus, pair, weighed[pair], doubts.get(pair))


def _best(corpus: Corpus, weighed: Mapping[Pair, Weighed], sure: Iterable[tuple[int, int]]) -> dict[Pair, bool]:
    """Return the pairs that are the best of their source for both sides, and whether another is as good.

    ``sure`` are pairs of ids that a person joined: nothing is better.
    """
    rivals: dict[tuple[Programme, str], dict[Programme, int]] = defaultdict(dict)
    places = {each.listing.item_id: place for place, each in enumerate(corpus.read)}
    for one, other in sure:
        for ours, theirs in _both_ways(corpus, (places[one], places[other])):
            rivals[ours, theirs[0]][theirs] = _JOINED_BY_HAND
    for pair, found in weighed.items():
        for ours, theirs in _both_ways(corpus, pair):
            points = rivals[ours, theirs[0]]
            points[theirs] = max(points.get(theirs, 0), _strength(found))
    best: dict[Pair, bool] = {}
    for pair in weighed:
        ahead = min(_ahead(rivals[ours, theirs[0]], theirs) for ours, theirs in _both_ways(corpus, pair))
        if ahead >= 0:
            best[pair] = ahead == 0
    return best


def _ahead(points: Mapping[Programme, int], who: Programme) -> int:
    """Return by how many points a programme is ahead of the best other one of its source."""
    return points[who] - max((each for other, each in points.items() if other != who), default=-1)


def _both_ways(corpus: Corpus, pair: Pair) -> tuple[tuple[Programme, Programme], tuple[Programme, Programme]]:
    one, other = corpus.read[pair[0]].listing.programme, corpus.read[pair[1]].listing.programme
    return (one, other), (other, one)


def _strength(found: Weighed) -> int:
    return found.points if not found.capped else min(found.points, rules().counts_once - 1)


def _in_triangles(counted: Sequence[Pair], weighed: Mapping[Pair, Weighed]) -> Iterator[Pair]:
    """Yield the weaker of two links of one listing, if what they lead to has much that speaks against each other."""
    linked: dict[int, list[int]] = defaultdict(list)
    for one, other in counted:
        linked[one].append(other)
        linked[other].append(one)
    for middle, ends in linked.items():
        for one, other in combinations(sorted(ends), 2):
            between = weighed.get((one, other))
            if between is not None and not between.counts and between.against <= rules().triangle_against:
                sides = ((min(middle, end), max(middle, end)) for end in (one, other))
                yield min(sides, key=lambda pair: (weighed[pair].points, pair))


def _link(corpus: Corpus, pair: Pair, found: Weighed, doubt: str | None) -> Link:
    counts = found.counts and doubt is None
    return Link(
        item_id=corpus.read[pair[0]].listing.item_id,
        other_item_id=corpus.read[pair[1]].listing.item_id,
        method=found.method,
        confidence=rules().confidence_of(found.points if counts else min(found.points, rules().counts_once - 1)),
        reasons=found.reasons if doubt is None else (*found.reasons, doubt),
        counts_once=counts,
        review=not counts,
    )
