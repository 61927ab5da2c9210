"""Draws titles and names of course units, each title once a catalogue."""

from __future__ import annotations

import random

from sandbox.languages import FORMS, RENAMED, sentence_case
from sandbox.programme import Title
from sandbox.topics import TOPICS

_UNITS = (
    "Key Ideas", "Methods & Tools", "Case Work", "Field Project", "Law and Ethics", "Working with Data", "Final Paper",
)  # fmt: skip


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
        for attempt in range(2000):
            subject, words = self._chance.choice([topic for topic in TOPICS if language in topic[1]])
            form = self._chance.choice(FORMS[language])
            # A language of few topics may run out of titles: then courses get a second part.
            part = " II" if attempt >= 1000 else ""
            text = sentence_case(form.format(words[language])) + part + ending
            if text in self._given:
                continue
            self._given.add(text)
            english = None
            if in_english and language != "en":
                english = FORMS["en"][FORMS[language].index(form)].format(words["en"]) + part
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
