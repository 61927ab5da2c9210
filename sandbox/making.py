"""What a programme is and how it came about: the facts, and what they make of it.

The classes are those of the Council Recommendation of 2022 (2022/C 243/02): a micro-credential is a record of learning
that was assessed, after a small volume of learning. The development modes are those of the OECD's session report of
25 August 2022; both are vocabularies of ``models.vocab``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.vocab import vocabulary

AWARDS = frozenset({"certificate", "badge", "microcredential", "nanodegree", "qualification"})
"""What counts as a credential below a degree."""

CREDENTIALS = AWARDS | {"degree", "attendance", "none"}
"""What those who complete a programme receive; a statement of attendance is no credential."""

ASSESSMENTS = frozenset({"exam", "project", "assignments", "portfolio", "quizzes", "none"})
"""How learning is assessed."""

PLATFORM_MODES = {
    "commercial_platform": "partner_commercial_platform",
    "government_platform": "partner_gov_platform",
}
"""The mode in which an institution develops for a catalogue, by the kind of catalogue."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who teaches a programme, or made it with those who teach it.

    ``country`` is ISO 3166-1 alpha-2, ``code`` the short name used in catalogue keys, ``kind`` a word of the vocabulary
    ``organisation_kind``; in this world every ``institution`` is one of higher or further education.
    """

    name: str
    code: str
    country: str
    url: str
    kind: str = "institution"

    def __post_init__(self) -> None:
        """Refuse a kind that no vocabulary knows."""
        if self.kind not in vocabulary("organisation_kind"):
            raise ValueError(f"{self.code}: {self.kind!r} is not a word of organisation_kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """The facts that decide the class of a programme, and its development modes but for those of partnership.

    ``own`` are the modes in which the institution alone made it (``own_...``), in order. ``fields`` are the subjects of
    the degree programmes that it counts towards or takes its courses from: one, or two for ``own_combined``.
    ``credential`` is a word of ``CREDENTIALS``, ``assessment`` of ``ASSESSMENTS``. ``guests`` send speakers and nothing
    else, so that they are no partners.
    """

    own: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    credential: str = "none"
    assessment: str = "none"
    guests: tuple[Organisation, ...] = ()

    def __post_init__(self) -> None:
        """Refuse unknown words, and modes that need a degree programme without one."""
        for word, known in ((self.credential, CREDENTIALS), (self.assessment, ASSESSMENTS)):
            if word not in known:
                raise ValueError(f"{word!r} is not one of {', '.join(sorted(known))}")
        for mode in self.own:
            if not mode.startswith("own_") or mode not in vocabulary("development_mode"):
                raise ValueError(f"{mode!r} is not a mode in which an institution alone develops")
        if {"own_unbundled", "own_within_degree", "own_combined"} & set(self.own) and not self.fields:
            raise ValueError(f"{', '.join(self.own)} need the field of a degree programme")


PLAIN = Making()
"""A course that names nothing and leads to nothing."""


def true_class(making: Making) -> str:
    """Return the class (vocabulary ``mc_class``) of a programme, known for sure: never ``unknown``."""
    if making.credential == "degree":
        return "degree"
    if making.credential not in AWARDS:
        return "course_only"
    return "broad" if making.assessment == "none" else "core"


def development_modes(bodies: Sequence[Organisation], own: Iterable[str], catalogues: Iterable[str]) -> frozenset[str]:
    """Return the modes (vocabulary ``development_mode``) in which ``bodies`` developed a programme.

    ``own`` are modes in which an institution alone made it, ``catalogues`` the kinds (vocabulary ``source_kind``) of
    those that list it. Without an institution among the bodies it is ``non_hei``, whatever else holds.
    """
    if not bodies:
        return frozenset(own)
    countries = [body.country for body in bodies if body.kind == "institution"]
    if not countries:
        return frozenset({"non_hei"})
    modes = {*own, *(PLATFORM_MODES[kind] for kind in catalogues if kind in PLATFORM_MODES)}
    if any(body.kind == "employer" for body in bodies):
        modes.add("partner_employer")
    if len(countries) > 1:
        modes.add("partner_hei_foreign" if len(set(countries)) > 1 else "partner_hei_domestic")
    return frozenset(modes)
