"""What is usual in each catalogue: who develops in which way, what is awarded, and how much of both is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from models.vocab import vocabulary

Shares = Mapping[str, int]

WAYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "plain": ((), ()),
    "new": (("own_new_nondegree",), ()),
    "within": (("own_within_degree",), ()),
    "unbundled": (("own_unbundled",), ()),
    "unbundled_within": (("own_unbundled", "own_within_degree"), ()),
    "combined": (("own_combined",), ()),
    "mixed": (("own_mixed",), ()),
    "new_within": (("own_new_nondegree", "own_within_degree"), ()),
    "new_employer": (("own_new_nondegree",), ("employer",)),
    "unbundled_domestic": (("own_unbundled",), ("domestic",)),
    "combined_foreign": (("own_combined",), ("foreign",)),
    "employer": ((), ("employer",)),
    "domestic": ((), ("domestic",)),
    "foreign": ((), ("foreign",)),
    "foreign_employer": ((), ("foreign", "employer")),
    "ministry": ((), ("ministry",)),
    "foundation": ((), ("foundation",)),
}
"""Ways of developing: the modes in which an institution alone does, and what kinds of partners it has."""

WAYS_OF_OTHERS: Mapping[str, Shares] = {
    "employer": {"plain": 12, "employer": 2, "foreign": 3},
    "platform": {"plain": 5, "employer": 4, "foreign": 3},
    "association": {"plain": 1},
}
"""How organisations that are no institutions develop, by their kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The habits of one catalogue.

    ``kind`` is a word of ``source_kind``; ``ways`` are shares of ``WAYS`` for what institutions lead; ``awards`` shares
    of classes (``core``, ``broad``) and of courses that end with a statement of ``attendance`` or with ``none``;
    ``credentials`` what is awarded.

    What it prints of every programme, because its format or its name does: ``calls`` it a micro-credential; the unit of
    the ``credits`` (``ects``, ``other``, empty for none); ``flagged``, whether a certificate is to be had; that it is
    ``nondegree`` education. ``lead``: the organisation is ``named``, or it is the catalogue's ``own``, or it must be
    ``told``. The rest are shares of the programmes of which it prints more: the modes of the institution alone, the
    credential, the assessment, the organisation (if it must be told).
    """

    kind: str = "institution"
    ways: Shares
    awards: Shares = field(default_factory=lambda: {"core": 1})
    credentials: tuple[str, ...] = ("certificate",)
    calls: bool = False
    credits: str = ""
    flagged: bool = False
    nondegree: bool = False
    lead: str = "named"
    says_own: float = 0.3
    says_credential: float = 0.6
    says_assessment: float = 0.6
    says_lead: float = 0.2

    def __post_init__(self) -> None:
        """Refuse a kind that no vocabulary knows."""
        if self.kind not in vocabulary("source_kind"):
            raise ValueError(f"{self.kind!r} is not a word of source_kind")


_COMMERCIAL = Habits(
    kind="commercial_platform",
    ways={"plain": 9, "employer": 2, "foreign": 2, "domestic": 1, "within": 1, "new": 1},
    awards={"core": 6, "broad": 3, "none": 2},
)
_GOVERNMENT = Habits(
    kind="government_platform",
    ways={"plain": 8, "domestic": 2, "employer": 1, "ministry": 1, "foundation": 1, "new": 1},
    awards={"core": 4, "broad": 3, "attendance": 2, "none": 2},
)
_MICRO: dict[str, Any] = {"calls": True, "credentials": ("microcredential",)}
_EMPLOYER = Habits(
    kind="employer", ways={"plain": 1}, awards={"core": 7, "broad": 3}, credentials=("badge",), lead="own"
)
_MIT = Habits(ways={"new": 6, "new_employer": 2, "mixed": 1}, awards={"core": 6, "broad": 4}, lead="own")
_SHORT = Habits(
    ways={"new": 8, "new_within": 1, "new_employer": 2}, awards={"core": 4, "broad": 3, "attendance": 3},
    nondegree=True, lead="own", credentials=("certificate", "badge"),
)  # fmt: skip
_FLEMISH = Habits(
    ways={
        "unbundled": 3, "within": 2, "unbundled_within": 3, "mixed": 2, "new": 1, "unbundled_domestic": 1,
        "domestic": 1, "employer": 1,
    },
    credits="ects", says_own=0.5, calls=True, credentials=("microcredential", "certificate"),
)  # fmt: skip
_ESTONIAN = Habits(
    ways={"combined": 8, "combined_foreign": 1, "mixed": 1, "unbundled": 1, "within": 1}, lead="own", credits="ects",
    says_own=0.5, calls=True, credentials=("microcredential",),
)  # fmt: skip
_OPEN_EDX = replace(_GOVERNMENT, lead="told", awards={"core": 2, "broad": 3, "attendance": 1, "none": 4})
_UNIVERSITY = Habits(ways={"new": 4, "mixed": 2, "unbundled": 2, "within": 2, "employer": 1})
_CONSORTIUM = Habits(
    kind="consortium", ways={"new": 4, "domestic": 3, "foreign": 1, "mixed": 1, "employer": 1},
    awards={"core": 4, "broad": 4, "attendance": 1, "none": 2},
)  # fmt: skip
_REGISTER = Habits(kind="register", ways={"new": 4, "unbundled": 3, "within": 2, "employer": 2, "domestic": 1})
_WITH_CREDITS: dict[str, Any] = {
    "awards": {"core": 7, "broad": 3},
    "credits": "other",
}  # no course with credits is without an award
_VERSION_3: dict[str, Any] = {**_WITH_CREDITS, "credits": "ects"}


HABITS: Mapping[str, Habits] = {
    "coursera": replace(_COMMERCIAL, flagged=True),
    "futurelearn": replace(
        _COMMERCIAL, flagged=True, awards={"core": 4, "broad": 3, "none": 2}, says_assessment=0.6,
        ways={**_COMMERCIAL.ways, "foundation": 1},
    ),
    "udacity": replace(
        _COMMERCIAL, lead="told", says_lead=0.0, awards={"core": 1, "none": 6}, credentials=("certificate",)
    ),
    "edx": replace(_COMMERCIAL, says_credential=1.0, awards={"core": 5, "broad": 2, "none": 4}),
    "openlearning": replace(_COMMERCIAL, lead="told", says_lead=0.7, awards={"core": 4, "broad": 3, "none": 2}),
    "cornwall_college": Habits(
        ways={"new": 7, "employer": 2, "domestic": 1}, awards={"core": 7, "broad": 3}, credentials=("qualification",),
    ),
    "fun_mooc": replace(_GOVERNMENT, ways={"plain": 8, "domestic": 4, "foreign": 2, "employer": 2, "ministry": 2}),
    "mit_xpro": replace(_MIT, credits="other"),
    "mitx_online": replace(_MIT, ways={"within": 2, "new": 4, "mixed": 2, "unbundled": 2}, flagged=True),
    "opensap": replace(_EMPLOYER, flagged=True, awards={"core": 6, "attendance": 3}, credentials=("certificate",)),
    "nova_academy": replace(_FLEMISH, kind="consortium"),
    "ku_leuven": replace(_FLEMISH, lead="own"),
    "tartu": _ESTONIAN,
    "taltech": _ESTONIAN,
    "tlu": _ESTONIAN,
    "nzqa": replace(_REGISTER, credits="other", **_MICRO),
    **dict.fromkeys(("open_hpi",), replace(_UNIVERSITY, **_VERSION_3)),
    **dict.fromkeys(("ki_campus", "egov_campus"), replace(_GOVERNMENT, **_VERSION_3)),
    "orca_nrw": replace(_CONSORTIUM, **_VERSION_3),
    "imoox": _GOVERNMENT,
    **dict.fromkeys(("oncampus", "futurelearnlab"), replace(_UNIVERSITY, awards=_CONSORTIUM.awards)),
    "open_vhb": _CONSORTIUM,
    **dict.fromkeys(("mexicox", "campus_il", "navoica", "nau", "skill_india", "thai_mooc"), _OPEN_EDX),
    **dict.fromkeys(("uned_abierta", "openedu_urfu"), replace(_UNIVERSITY, lead="own", awards=_OPEN_EDX.awards)),
    "swissmooc": replace(_CONSORTIUM, lead="told", awards=_OPEN_EDX.awards),
    **dict.fromkeys(("credly_google", "credly_ibm", "credly_aws", "credly_microsoft", "microsoft_learn"), _EMPLOYER),
    "unimelb": replace(_UNIVERSITY, lead="own", credits="other", **_MICRO),
    "deakin": _SHORT,
    "sydney": _SHORT,
    "rmit_short_courses": replace(_SHORT, ways={"new": 7, "new_employer": 3}),
    "oxford_continuing_education": replace(_SHORT, ways={"new": 1}, **_WITH_CREDITS),
    "mit_sloan": replace(_MIT, ways={"new": 6, "new_employer": 1}, nondegree=True, credits="other"),
    "mit_csail": replace(_MIT, awards={"core": 4, "broad": 4, "none": 2}),
    "mit_learn": replace(_MIT, flagged=True, ways={"new": 5, "within": 3, "new_employer": 1}),
    "suny": replace(_UNIVERSITY, credits="other", **_MICRO),
    "microcreds_ie": replace(_UNIVERSITY, kind="consortium", credits="ects", **_MICRO),
    "ontario_portal": replace(_GOVERNMENT, ways={"plain": 5, "employer": 4}, awards={"core": 8, "broad": 2}, **_MICRO),
    "microcred_seeker": replace(
        _GOVERNMENT, ways={"plain": 6, "within": 2, "employer": 2}, awards={"core": 8, "broad": 2}, **_MICRO
    ),
    "eciu": replace(
        _CONSORTIUM, ways={"foreign": 5, "foreign_employer": 2, "mixed": 1}, awards={"core": 1}, credits="ects",
        credentials=("microcredential",), says_credential=1.0,
    ),
    "euroteq": replace(
        _CONSORTIUM, ways={"foreign": 6, "within": 2, "unbundled": 1}, awards={"core": 1}, credits="ects"
    ),
    "shibaura": replace(
        _UNIVERSITY, lead="own", ways={"foreign": 4, "employer": 3, "foreign_employer": 1, "within": 2},
        **_WITH_CREDITS,
    ),
    "jv_campus": replace(
        _GOVERNMENT, credentials=("microcredential", "certificate", "badge"), awards={"core": 5, "broad": 3, "none": 2}
    ),
    "jmooc": _CONSORTIUM,
    "eduopen": replace(_CONSORTIUM, lead="told", credentials=("certificate", "badge")),
    "federica": replace(_GOVERNMENT, awards={"core": 3, "broad": 4, "none": 3}),
    "opintopolku": replace(_REGISTER, credits="ects", **_MICRO),
    "susa_navet": replace(_REGISTER, credits="ects", lead="told", ways={"within": 3, "unbundled": 4, "new": 2}),
    "swayam": replace(_GOVERNMENT, **_WITH_CREDITS),
    "kmooc": _GOVERNMENT,
    "credential_registry": replace(_REGISTER, awards={"core": 8, "broad": 2}, **_MICRO),
    "eduxchange": replace(
        _CONSORTIUM, ways={"within": 3, "unbundled": 4, "combined": 1, "domestic": 2}, awards={"core": 1},
        credits="ects", credentials=("microcredential",),
    ),
}  # fmt: skip
"""The habits of each catalogue, by its slug."""

TRAININGS = Habits(ways={"new": 1}, awards={"core": 1, "broad": 2, "attendance": 2}, lead="own")
"""The habits of what a university trains beside micro-credentials."""
