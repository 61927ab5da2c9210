"""Invented descriptions, in our own words, in the language of the programme; they never change during its life."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar
from zlib import crc32

from babel import Locale

from sandbox.habits import HABITS
from sandbox.making import Organisation
from sandbox.phrases_award import ASSESSMENT, CREDENTIAL, Phrases
from sandbox.phrases_making import AND, FIELDS, GUESTS, LEAD, MAKING, PARTNERS
from sandbox.phrases_shared import ALSO, CODE
from sandbox.programme import Listed
from sandbox.telling import told

Item = TypeVar("Item")

_SENTENCES = {
    "en": "You work on {subject} with cases from the field & your own workplace.",
    "et": "Õpid valdkonda {subject} näidete ja oma töö põhjal.",
    "fr": "Vous travaillez le thème {subject} à partir de cas et de votre propre métier.",
    "de": "Sie arbeiten im Gebiet {subject} mit Fällen aus der Praxis.",
    "nl": "Je werkt rond {subject} met voorbeelden uit de praktijk.",
    "ja": "{subject}の分野を実例から学びます。",
    "es": "Trabajas el tema {subject} con casos reales.",
}
_CODES = {
    "Data & AI": "DSC", "Health": "HLT", "Education": "EDU", "Business": "BUS", "Engineering": "ENG",
    "Environment": "ENV", "Law & Society": "LAW", "Arts & Design": "ART",
}  # fmt: skip
_DEGREES = {4: "Higher National Certificate", 5: "Foundation Degree", 6: "Bachelor of Science (Honours) top-up degree"}


def sentence(listed: Listed) -> str:
    """Return one sentence about the programme."""
    return _SENTENCES[listed.programme.language].format(subject=", ".join(listed.programme.subjects))


def description(listed: Listed, *elsewhere: str) -> str:
    """Return what the programme is about and what the catalogue tells of its making.

    ``elsewhere`` are facts (words of ``TELLS``, or a mode) that the format prints in places of their own.
    """
    return _joined(listed, [sentence(listed), *_words(listed, elsewhere)])


def making(listed: Listed, *elsewhere: str) -> str:
    """Return what the catalogue tells of the making alone; may be empty."""
    return _joined(listed, _words(listed, elsewhere))


def credential(listed: Listed) -> str | None:
    """Return the sentence on what learners receive, if the catalogue tells; half of the time a flag says enough."""
    word = told(listed).credential
    flagged = HABITS[listed.entry.source].flagged and listed.programme.kind != "program"
    if flagged and _pick(listed, "flag", (True, False)):
        return None
    return _say(listed, word, CREDENTIAL[word], degree=degree(listed)) if word else None


def assessment(listed: Listed) -> str | None:
    """Return the sentence on how learning is assessed, if the catalogue tells."""
    word = told(listed).assessment
    return _say(listed, word, ASSESSMENT[word]) if word else None


def own(listed: Listed, mode: str) -> str | None:
    """Return the sentence on how the institution alone made it in the mode ``mode``, if the catalogue tells."""
    if mode not in told(listed).own:
        return None
    language, fields = listed.programme.language, listed.programme.making.fields
    names = [FIELDS[field][language] for field in fields]
    number = 2000 + crc32(listed.programme.key.encode()) % 900
    prefix = _CODES[fields[0]] if fields else ""
    codes = f"{prefix}{number}, {prefix}{number + 17}"
    return _say(listed, mode, MAKING[mode], field=names[0] if names else "", other=names[-1] if names else "",
                codes=codes)  # fmt: skip


def degree_level(listed: Listed) -> int:
    """Return the level (of the British framework) of the degree that a college course leads to."""
    return _pick(listed, "degree", tuple(_DEGREES))


def degree(listed: Listed) -> str:
    """Return the name of the degree that a college course leads to."""
    return _DEGREES[degree_level(listed)]


def _words(listed: Listed, elsewhere: Sequence[str]) -> list[str]:
    says = told(listed)
    found: dict[str, list[str | None]] = {
        "partners": [_partners(listed)],
        "lead": [_lead(listed)] if says.spelt and not says.partners else [],
        **{mode: [own(listed, mode)] for mode in says.own},
        "guests": [_guests(listed)],
        "credential": [credential(listed)],
        "assessment": [assessment(listed)],
        "elsewhere": _elsewhere(listed),
    }
    return [words for fact, several in found.items() if fact not in elsewhere for words in several if words]


def _elsewhere(listed: Listed) -> list[str | None]:
    """Return the code of the course and where else it is to be found, where the catalogue names them."""
    language, entry = listed.programme.language, listed.entry
    code = CODE[language].format(code=entry.code) if entry.code else None
    return [code, ALSO[language].format(address=entry.names) if entry.names else None]


def _joined(listed: Listed, parts: Sequence[str]) -> str:
    return ("" if listed.programme.language == "ja" else " ").join(parts)


def _partners(listed: Listed) -> str | None:
    """Return who made it together; institutions of which there are several stand with their countries."""
    partners, lead = told(listed).partners, listed.programme.organisation
    if not partners:
        return None
    several = sum(body.kind == "institution" for body in (lead, *partners)) > 1
    names = [_name(listed, body, with_country=several and body.kind == "institution") for body in (lead, *partners)]
    return _say(listed, "partners", PARTNERS, lead=names[0], partners=AND[listed.programme.language].join(names[1:]))


def _name(listed: Listed, body: Organisation, *, with_country: bool) -> str:
    if not with_country:
        return body.name
    country = _country(listed.programme.language, body.country)
    return f"{body.name}（{country}）" if listed.programme.language == "ja" else f"{body.name} ({country})"


@lru_cache
def _country(language: str, code: str) -> str:
    return str(Locale.parse(language).territories[code])


def _lead(listed: Listed) -> str:
    return _say(listed, "lead", LEAD, lead=listed.programme.organisation.name)


def _guests(listed: Listed) -> str | None:
    guests = told(listed).guests
    return _say(listed, "guests", GUESTS, partners=guests[0].name) if guests else None


def _say(listed: Listed, fact: str, phrases: Phrases, **names: str) -> str:
    words = _pick(listed, fact, phrases[listed.programme.language]).format(**names)
    return words.replace("..", ".")  # a sentence that ends with "Inc." has its full stop


def _pick(listed: Listed, fact: str, ways: Sequence[Item]) -> Item:
    """Return one of several ways of saying a fact: the same for a listing all its life, on every machine."""
    return ways[crc32(f"{listed.entry.source}:{listed.ref}:{fact}".encode()) % len(ways)]
