"""Pairs that are worth weighing: within an organisation by rare words, codes and starts; and never all with all."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, combinations

from linking.corpus import Corpus, Read
from linking.rules import rules

Pair = tuple[int, int]
"""Places of two listings in ``Corpus.read``, the smaller one first."""

_LETTERS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2,}")


def candidates(corpus: Corpus) -> Iterator[Pair]:
    """Yield the pairs of listings of different sources that may be one credential, each once.

    Pairs share an identifier, a page, or an organisation and beside it a title, a rare word of the title, a code or a
    start; or, if one of them has no organisation that is known, a title or two rare words of it. A bucket of more
    listings than ``rules.toml`` allows is left out, so that the number of pairs grows with that of the listings.
    """
    seen: set[Pair] = set()
    lost = frozenset(place for place, each in enumerate(corpus.read) if not each.listing.named)
    closed = (pair for bucket in chain(_exact(corpus), _blocks(corpus)) for pair in _across(corpus, bucket))
    opened = (pair for bucket in _open(corpus, lost) for pair in _across(corpus, bucket) if not lost.isdisjoint(pair))
    for pair in chain(closed, opened):
        if pair not in seen:
            seen.add(pair)
            yield pair


def _across(corpus: Corpus, bucket: Sequence[int]) -> Iterator[Pair]:
    """Yield the pairs of a bucket (places in order) that are of different sources."""
    sources = [corpus.read[place].listing.source for place in bucket]
    for at, one in enumerate(bucket):
        for beyond in range(at + 1, len(bucket)):
            if sources[at] != sources[beyond]:
                yield one, bucket[beyond]


def _exact(corpus: Corpus) -> Iterator[list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(corpus.read):
        for name in {*each.listing.identifiers, each.listing.page, *each.listing.pages} - {""}:
            places[name].append(place)
    return _bounded(places.values(), rules().bucket_most)


def _blocks(corpus: Corpus) -> Iterator[list[int]]:
    """Yield buckets within each organisation that listings of two sources have."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(corpus.read):
        for organisation in each.listing.organisations:
            blocks[organisation].append(place)
    for block in blocks.values():
        if len({corpus.read[place].listing.source for place in block}) > 1:
            yield from _bounded(_within(corpus, block), rules().bucket_most)


def _within(corpus: Corpus, block: Sequence[int]) -> Iterable[list[int]]:
    counts = Counter(word for place in block for word in _words(corpus.read[place]))
    buckets: dict[Hashable, list[int]] = defaultdict(list)
    for place in block:
        each = corpus.read[place]
        rare = sorted((word for word in _words(each) if counts[word] > 1), key=lambda word: (counts[word], word))
        names: set[Hashable] = {*rare[: rules().words], *each.listing.codes, *each.listing.starts}
        names.update(("title", words) for title in each.titles for words in (*title.wholes, *title.mains))
        for name in names:
            buckets[name].append(place)
    return buckets.values()


def _open(corpus: Corpus, lost: frozenset[int]) -> Iterator[list[int]]:
    """Yield buckets of those without a known organisation and all that share a title or two rare words of it."""
    if not lost:
        return
    counts = Counter(word for each in corpus.read for word in _words(each))
    wanted = {name for place in lost for name in _open_names(corpus.read[place], counts)}
    buckets: dict[Hashable, list[int]] = defaultdict(list)
    for place, each in enumerate(corpus.read):
        for name in _open_names(each, counts) & wanted:
            buckets[name].append(place)
    yield from _bounded(buckets.values(), rules().open_bucket_most)


def _open_names(each: Read, counts: Counter[str]) -> set[Hashable]:
    rare = sorted((word for word in _words(each) if counts[word] > 1), key=lambda word: (counts[word], word))
    return {
        *combinations(sorted(rare[: rules().words]), 2),
        *(words for title in each.titles for words in title.wholes),
    }


def _words(each: Read) -> set[str]:
    """Return the words of the titles; of those in a script without spaces, every two letters that stand together."""
    words = {word for title in each.titles for word in title.words.split()}
    pairs = {run[at : at + 2] for word in words for run in _LETTERS.findall(word) for at in range(len(run) - 1)}
    return words | pairs


def _bounded(buckets: Iterable[list[int]], most: int) -> Iterator[list[int]]:
    return (bucket for bucket in buckets if 1 < len(bucket) <= most)
