"""Draws titles, names of course units and origins, each title once a catalogue."""

from __future__ import annotations

import random

from sandbox.languages import FORMS, RENAMED, sentence_case
from sandbox.programme import Title
from sandbox.topics import TOPICS

_UNITS = (
    "Key Ideas", "Methods & Tools", "Case Work", "Field Project", "Law and Ethics", "Working with Data", "Final Paper",
)  # fmt: skip
_ORIGINS = (
    "The course units are taken from the bachelor’s programme in {subject} and can be counted towards it.",
    "It combines courses of two master’s programmes in {subject}.",
    "Developed together with employers in the field of {subject}.",
    "Newly developed for people who work in {subject}.",
)


class Namer:
    """Draws names with one generator and gives no title twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._given: set[str] = set()

    def title(self, language: str, *, ending: str = "", in_english: bool = False) -> tuple[str, Title]:
        """Return a subject and a new title in ``language``, with an English one besides if asked for.

        Raises:
            RuntimeError: if all titles in ``language`` are given.
        """
        for _ in range(1000):
            subject, words = self._chance.choice([topic for topic in TOPICS if language in topic[1]])
            form = self._chance.choice(FORMS[language])
            text = sentence_case(form.format(words[language])) + ending
            if text in self._given:
                continue
            self._given.add(text)
            english = None
            if in_english and language != "en":
                english = FORMS["en"][FORMS[language].index(form)].format(words["en"])
            return subject, Title(text, english)
        raise RuntimeError(f"no title left in {language}: add topics or forms")

    def renamed(self, title: Title, language: str) -> Title:
        """Return another title of the same programme."""
        text = self._chance.choice(RENAMED[language]).format(title.text)
        english = None if title.english is None else RENAMED["en"][0].format(title.english)
        self._given.add(text)
        return Title(text, english)

    def units(self, count: int) -> tuple[str, ...]:
        """Return ``count`` names of course units."""
        return tuple(self._chance.sample(_UNITS, count))

    def origin(self, subject: str) -> str:
        """Return a sentence on how a programme came about."""
        return self._chance.choice(_ORIGINS).format(subject=subject)
