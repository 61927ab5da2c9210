"""All listings, with their titles read, and how usual among them is what one of them states."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from linking.linkable import Linkable
from linking.rules import rules
from linking.titles import Title, read_title, windows


@dataclass(frozen=True)
class Read:
    """A listing with its titles read: ``titles`` begins with its own, then those printed in other languages."""

    listing: Linkable
    titles: tuple[Title, ...]

    @property
    def owners(self) -> frozenset[str]:
        """Whose the title is: its organisations, or itself where none is printed."""
        return self.listing.organisations or frozenset({"/".join(self.listing.programme)})


class Corpus:
    """All listings, and how usual what they state is among them."""

    def __init__(self, listings: Iterable[Linkable]) -> None:
        self.read = tuple(
            Read(each, tuple(read_title(words) for words in (each.title, *each.titles))) for each in listings
        )
        self.codes = Counter(code for each in self.read for code in each.listing.codes)

    @cached_property
    def _starts(self) -> dict[str, Counter[date]]:
        starts: dict[str, Counter[date]] = defaultdict(Counter)
        for each in self.read:
            starts[each.listing.source].update(each.listing.starts)
        return starts

    @cached_property
    def _dated(self) -> Counter[str]:
        return Counter(each.listing.source for each in self.read if each.listing.starts)

    @cached_property
    def _wholes(self) -> dict[str, list[Read]]:
        """Listings by the words that are their title."""
        return self._by_words(lambda title: title.wholes)

    @cached_property
    def _mains(self) -> dict[str, list[Read]]:
        """Listings by the words that their title has before a subtitle."""
        return self._by_words(lambda title: title.mains)

    @cached_property
    def _owners(self) -> dict[str, set[frozenset[str]]]:
        """Whose listings have words for a title or before a subtitle: many listings of one owner are asked once."""
        found: dict[str, set[frozenset[str]]] = defaultdict(set)
        for by_words in (self._wholes, self._mains):
            for words, listings in by_words.items():
                found[words].update(each.owners for each in listings)
        return found

    def _by_words(self, words_of: Callable[[Title], tuple[str, ...]]) -> dict[str, list[Read]]:
        found: dict[str, list[Read]] = defaultdict(list)
        for each in self.read:
            for words in {words for title in each.titles for words in words_of(title)}:
                found[words].append(each)
        return found

    @cached_property
    def _bearers(self) -> Counter[tuple[str, str]]:
        """How many programmes of a source have an identifier or a page."""
        pairs = {
            (each.listing.programme, name)
            for each in self.read
            for name in (*each.listing.identifiers, each.listing.page)
        }
        return Counter((source, name) for (source, _), name in pairs)

    def is_of_one(self, listing: Linkable, name: str) -> bool:
        """Whether an identifier or a page is that of a listing alone, as far as its source goes."""
        return bool(name) and self._bearers[listing.source, name] == 1

    def is_usual_start(self, source: str, day: date) -> bool:
        """Whether many listings of a source begin on a day, as with terms."""
        count, table = self._starts[source][day], rules()
        return count >= table.usual_start_listings and count >= table.usual_start_share * self._dated[source]

    def is_their_own(self, words: str, one: Read, other: Read) -> bool:
        """Whether no other organisation has these words for a title, or at the beginning of one."""
        owners = one.owners | other.owners
        return all(each & owners for each in self._owners.get(words, ()))

    def is_distinctive(self, words: str, one: Read, other: Read) -> bool:
        """Whether nothing else is called so.

        No other organisation has these words, or half of them, for a title or at the beginning of one; and no other
        programme has half of them for a title.
        """
        programmes = {one.listing.programme, other.listing.programme}
        return all(
            self.is_their_own(part, one, other)
            and (part == words or all(each.listing.programme in programmes for each in self._wholes.get(part, ())))
            for part in windows(words)
        )
