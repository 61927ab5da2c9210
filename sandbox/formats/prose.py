"""Invented descriptions, in our own words, in the language of the programme."""

from __future__ import annotations

from sandbox.programme import Listed

_SENTENCES = {
    "en": "You work on {subject} with cases from the field & your own workplace.",
    "et": "Õpid valdkonda {subject} näidete ja oma töö põhjal.",
    "fr": "Vous travaillez le thème {subject} à partir de cas et de votre propre métier.",
    "de": "Sie arbeiten im Gebiet {subject} mit Fällen aus der Praxis.",
    "nl": "Je werkt rond {subject} met voorbeelden uit de praktijk.",
    "ja": "{subject}の分野を実例から学びます。",
    "es": "Trabajas el tema {subject} con casos reales.",
}


def sentence(listed: Listed) -> str:
    """Return one sentence about the programme; it never changes during its life."""
    return _SENTENCES[listed.programme.language].format(subject=", ".join(listed.programme.subjects))


def description(listed: Listed) -> str:
    """Return one or two sentences about the programme; they never change during its life."""
    origin = listed.programme.origin
    return sentence(listed) if origin is None else f"{sentence(listed)} {origin}"
