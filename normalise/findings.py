"""Collects what normalising one listing finds: the problems, and the printed words beside the typed values."""

from __future__ import annotations

from collections.abc import Mapping

from models.records import Listing, Problem, Stage
from normalise.reading import Trouble
from normalise.text import bounded, one_line, reference, storable, verbatim

WORDS_MOST = 300
PROBLEMS_MOST = 200
VERBATIM_ENTRIES_MOST = 100


class Findings:
    """The problems of one listing, each once, in the order they were met."""

    def __init__(self, listing: Listing) -> None:
        self._ref = reference(listing.ref)
        self._url = bounded(one_line(listing.url or listing.page_url or ""), WORDS_MOST) or None
        self._problems: dict[Problem, None] = {}

    def note(self, field: str, words: str | None, trouble: Trouble) -> None:
        """Record that words of a field gave no value."""
        if len(self._problems) >= PROBLEMS_MOST:
            return
        problem = Problem(
            stage=Stage.NORMALISE,
            code=trouble.code,
            message=trouble.message,
            field=field,
            words=None if words is None else bounded(verbatim(words), WORDS_MOST),
            ref=self._ref,
            url=self._url,
        )
        self._problems[problem] = None

    def problems(self) -> tuple[Problem, ...]:
        """Return all problems recorded so far."""
        return tuple(self._problems)


class Words:
    """The printed words of one record under the names of its fields, fit to keep."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def keep(self, field: str, words: str | None) -> None:
        """Keep the words of a field; several for one field stand one after the other."""
        if not words or not (kept := verbatim(words)).strip():
            return
        before = self._words.get(field)
        self._words[field] = kept if before is None or before == kept else verbatim(f"{before} | {kept}")

    def with_entries(self, entries: Mapping[str, str]) -> dict[str, str]:
        """Return all words, with further ones the listing keeps under the source's own field names."""
        merged: dict[str, str] = {}
        for name, words in list(entries.items())[:VERBATIM_ENTRIES_MOST]:
            merged[bounded(storable(name), WORDS_MOST)] = verbatim(words)
        for field, words in self._words.items():
            if field in merged and merged[field] != words:
                merged[bounded(f"source:{field}", WORDS_MOST)] = merged[field]
            merged[field] = words
        return merged
