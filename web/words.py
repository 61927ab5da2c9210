"""Values as people read them: names of categories, numbers, days; and text of strangers, shown as text only."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from models.vocab import names, vocabulary

UNKNOWN = "unknown"
NOTHING = "–"
MINUS = "−"
_VOCABULARY_OF = {
    "mc_class": "mc_class", "class": "mc_class", "mode": "development_mode", "development_modes": "development_mode",
    "field": "isced_broad", "isced_broad": "isced_broad", "delivery": "delivery", "price_type": "price_type",
    "source_kind": "source_kind", "kind": "listing_kind", "platform_level": "platform_level",
    "awarder_kind": "organisation_kind", "definition": "definition", "statement": "statement",
}  # fmt: skip
"""Facet or cut -> the vocabulary that says what its words mean."""
_SHORT_MODES = {
    "own_unbundled": "Alone: unbundled from a degree",
    "own_within_degree": "Alone: counts towards a degree",
    "own_combined": "Alone: units of several degrees",
    "own_mixed": "Alone: existing and new content",
    "own_new_nondegree": "Alone: new, non-degree",
    "partner_gov_platform": "With a government platform",
    "partner_commercial_platform": "With a commercial platform",
    "partner_employer": "With an employer",
    "partner_hei_domestic": "With institutions at home",
    "partner_hei_foreign": "With institutions abroad",
    "non_hei": "No higher education institution",
}
_SHORT = {
    "core": "Core micro-credential", "broad": "Broad: some things not stated", "course_only": "Course only",
    "degree": "Degree or larger", "alone": "Alone", "partnership": "In partnership", "both": "Alone and in partnership",
    "all": "All", "core_and_broad": "Micro-credentials, core and broad", "matched": "Matched sources", "yes": "Yes",
    "no": "No", "mul": "Several languages",
}  # fmt: skip
_LONG = {
    "eur": "in euro", "ects": "ECTS", "eqf": "EQF", "isced": "ISCED", "eu": "European Union", "oecd": "OECD",
    "unesco": "UNESCO", "url": "address",
}  # fmt: skip
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def label(cut: str, word: str) -> str:
    """Return the name of a category of a cut or facet for people; a word that has none is shown as it is."""
    if word == UNKNOWN:
        return "Unknown"
    if cut in {"mode", "development", "development_modes"} and word in _SHORT_MODES:
        return _SHORT_MODES[word]
    if cut in {"field", "isced_broad"} and word in vocabulary("isced_broad"):
        return f"{word} {vocabulary('isced_broad').words[word]}"
    if word in _SHORT:
        return _SHORT[word]
    if cut in _VOCABULARY_OF:
        return titled(word)
    return word


def meaning(cut: str, word: str) -> str:
    """Return what a word of a vocabulary means, empty for other words."""
    name = _VOCABULARY_OF.get(cut)
    return vocabulary(name).words.get(word, "") if name in names() and name is not None else ""


def titled(word: str) -> str:
    """Return a name of code as words: ``price_type`` as ``Price type``."""
    spaced = " ".join(_LONG.get(part, part) for part in word.replace("_", " ").split())
    return spaced[:1].upper() + spaced[1:]


def number(value: Any, places: int | None = None) -> str:
    """Return a number with groups of three digits; of one with a fraction two places unless told otherwise."""
    if is_missing(value):
        return NOTHING
    if places is None:
        places = 0 if float(value).is_integer() else 2
    return f"{float(value):,.{places}f}".replace("-", MINUS)


def share(value: Any) -> str:
    """Return a share (0-1) as a percentage with one place."""
    return NOTHING if is_missing(value) else f"{100 * float(value):.1f} %".replace("-", MINUS)


def day(value: Any) -> str:
    """Return a day or the day (UTC) of a time, as 2026-11-24."""
    if is_missing(value):
        return NOTHING
    return value.strftime("%Y-%m-%d") if isinstance(value, date | datetime) else str(value)[:10]


def moment(value: Any) -> str:
    """Return a time to the minute in UTC."""
    if is_missing(value):
        return NOTHING
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else str(value)


def is_missing(value: Any) -> bool:
    """Return whether a value is ``None``, not a number or not a time."""
    return value is None or value != value  # noqa: PLR0124 - only these are unequal to themselves


def plain(words: str) -> str:
    """Return text of strangers on one line without control characters and marks of direction, for titles of pages."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in words if c not in _BIDI)
    return " ".join("".join(kept).split())


def web_address(address: str | None) -> str | None:
    """Return an address that may be linked to: http or https with a host; ``None`` for any other."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None


def programme_address(source: str, ref: str) -> str:
    """Return the address of a programme's page here; a ref that would not survive as a path is a parameter."""
    segments = ref.split("/")
    if all(segments) and not {".", ".."} & set(segments) and ref.isprintable():
        return f"/programme/{quote(source, safe='')}/{quote(ref, safe='/')}"
    return f"/programme/{quote(source, safe='')}?{urlencode({'ref': ref})}"


def languages_of(code: str) -> str:
    """Return the name in English of a language (BCP 47), the code itself if it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale("en").languages.get(code.split("-", maxsplit=1)[0])
    except (ValueError, UnknownLocaleError):
        return code
    return f"{name} ({code})" if name else code


def country_of(code: str) -> str:
    """Return the name in English of a country (ISO 3166-1), the code itself if it has none."""
    from babel import Locale

    name = Locale("en").territories.get(code.upper())
    return f"{name}" if name else code
