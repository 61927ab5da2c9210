"""The forms a title takes in each language, and the English names of the languages."""

from __future__ import annotations

FORMS: dict[str, tuple[str, ...]] = {
    "en": (
        "{}",
        "Introduction to {}",
        "{} in Practice",
        "Advanced {}",
        "{}: Tools and Methods",
        "Foundations of {}",
        "{} for Team Leaders",
        "{} – A Working Course",
    ),
    "et": ("{}", "Sissejuhatus: {}", "{} – edasijõudnutele", "{}: meetodid ja näited", "Praktiline {}"),
    "fr": (
        "Comprendre {}",
        "S’initier : {}",
        "Approfondir {}",
        "{} : méthodes & outils",
        "Pratiquer {}",
        "{} pas à pas",
    ),
    "de": ("{}", "Einführung: {}", "{} in der Praxis", "{} für Fortgeschrittene", "Werkstatt {}"),
    "nl": ("{}", "Inleiding: {}", "{} in de praktijk", "{} voor gevorderden", "Atelier {}"),
    "ja": ("{}", "{}の基礎", "実践：{}", "{}（応用編）"),
    "es": ("{}", "Introducción: {}", "{} en la práctica", "{}: métodos y casos"),
}

RENAMED: dict[str, tuple[str, ...]] = {
    "en": ("{} (New Edition)", "{}: What Changed", "{}, Revised"),
    "et": ("{} (uuendatud)",),
    "fr": ("{} (nouvelle édition)",),
    "de": ("{} (überarbeitet)",),
    "nl": ("{} (herzien)",),
    "ja": ("{}【改訂版】",),
    "es": ("{} (nueva edición)",),
}

LANGUAGE_NAMES: dict[str, str] = {
    "en": "English", "et": "Estonian", "fr": "French", "de": "German", "nl": "Dutch", "ja": "Japanese", "es": "Spanish",
}  # fmt: skip


def sentence_case(words: str) -> str:
    """Return ``words`` with a capital at the beginning; the rest is left as it is."""
    return words[:1].upper() + words[1:]
