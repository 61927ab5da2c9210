"""Titles of rows that somebody made to try a catalogue out: they are listed, and nobody offers anything under them."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"(?:test|demo|sample|dummy|template)[\s_-]*(?:course|programme|program|kurs|cursus|listing)"
    r"|testkurs|testcursus|cours (?:de )?test|curso de prueba|demonstration course|test"
    r"|(?:please )?do not (?:use|enrol|enroll|publish|delete)\b.{0,100}|lorem ipsum\b.{0,300}",
    re.IGNORECASE,
)
_AROUND = " \t\n0123456789_.:#()[]-!"
_LONGEST = 400


def is_placeholder(title: str | None) -> bool:
    """Whether a whole title, numbers and brackets around it aside, says that it is none."""
    return title is not None and len(title) <= _LONGEST and _PLACEHOLDER.fullmatch(title.strip(_AROUND)) is not None
