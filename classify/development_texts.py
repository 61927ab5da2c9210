"""The printed words of a programme as its rules of development ask for them: by field, and by language."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from classify.development_rules import Rule, all_stems, groups, reads, rules
from classify.phrases import SHORT, Text
from classify.texts import texts_of
from models.records import Programme, Source

_RUNNING = ("description", "statements.")
_ENGLISH = (" the ", " this ", " are ")  # a short text that holds one of them is in no other language
_OF_OTHERS = frozenset({"statements.prerequisites", "statements.admission", "statements.target_group"})


class Texts:
    """The texts that speak of the programme itself: not of what comes before it, nor under the source's own names."""

    __slots__ = ("_stems", "_texts")

    def __init__(self, programme: Programme, others: Collection[str]) -> None:
        """Read the texts of a programme. ``others`` are names of organisations that are no institution."""
        self._texts = tuple(
            Text.of(field, words) for field, words in texts_of(programme) if _speaks_of_it(field, words, others)
        )
        self._stems = frozenset().union(*(text.stems or () for text in self._texts))

    def in_field(self, field: str) -> tuple[Text, ...]:
        """Return the texts of one field."""
        return tuple(text for text in self._texts if text.field == field)

    def asked(self, table: str, source: Source) -> Iterator[tuple[Rule, tuple[Text, ...]]]:
        """Yield each rule of a table that holds on a source, with the texts of its fields and languages, if any.

        Left out are rules of which no stem stands in any text.
        """
        if self._stems.isdisjoint(all_stems(table)):
            return
        for fields, by_language in groups(table):
            spoken = [(languages, stems) for languages, stems in by_language if not self._stems.isdisjoint(stems)]
            in_fields = [text for text in self._texts if reads(fields, text.field)] if spoken else []
            if not in_fields:
                continue
            for languages, _ in spoken:
                texts = tuple(text for text in in_fields if _may_be_in(text, languages))
                if texts:
                    yield from ((rule, texts) for rule in rules(table, fields, languages) if rule.holds_on(source))


def _speaks_of_it(field: str, words: str, others: Collection[str]) -> bool:
    if field.startswith("organisations."):
        return words not in others
    return field not in _OF_OTHERS and not field.startswith("verbatim.")


def _may_be_in(text: Text, languages: frozenset[str]) -> bool:
    """Whether a text may be in one of the languages (none: any). Labels need not hold small words that tell them."""
    if not languages or "en" in languages or not text.field.startswith(_RUNNING):
        return True
    if len(text.words) < SHORT and any(word in text.lowered for word in _ENGLISH):
        return False
    return text.may_be_in(languages)
