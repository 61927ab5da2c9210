"""What one catalogue prints of a programme's making, and what a careful reader can know from it.

Formats print what ``told`` returns and nothing else about class and development; what is knowable is computed from the
same. The reader goes by ``tests/labels/GUIDE.md``: what is printed, the kind of the catalogue, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.habits import HABITS
from sandbox.making import AWARDS, Making, Organisation, development_modes
from sandbox.programme import Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is printed; ``None`` and empty: nothing.

    ``credential`` and ``assessment`` are words of ``sandbox.making``; ``own`` are the modes in which the institution
    alone made it. ``lead`` is the organisation where it is named or where the catalogue is its own; ``spelt`` says that
    the name has to stand in the text, because the format has no place for it.
    """

    credential: str | None = None
    assessment: str | None = None
    own: tuple[str, ...] = ()
    lead: Organisation | None = None
    spelt: bool = False
    partners: tuple[Organisation, ...] = ()
    guests: tuple[Organisation, ...] = ()

    @property
    def award(self) -> str | None:
        """The credential, if it is one that counts."""
        return self.credential if self.credential in AWARDS | {"degree"} else None

    @property
    def bodies(self) -> tuple[Organisation, ...]:
        """Everyone who is said to have made it."""
        return (self.lead, *self.partners) if self.lead else self.partners


def told(listed: Listed) -> Told:
    """Return what the catalogue prints of the making of what it lists."""
    programme, tells = listed.programme, listed.entry.tells
    making: Making = programme.making
    hidden = HABITS[listed.entry.source].lead == "told"
    return Told(
        credential=making.credential if "credential" in tells else None,
        assessment=making.assessment if "assessment" in tells else None,
        own=making.own if "own" in tells else (),
        lead=None if hidden and "lead" not in tells else programme.organisation,
        spelt=hidden and "lead" in tells,
        partners=programme.partners if "partners" in tells else (),
        guests=making.guests if "guests" in tells else (),
    )


def knowable_class(listed: Listed) -> str:
    """Return the class (vocabulary ``mc_class``) that a careful reader of this listing gives it."""
    habits, says = HABITS[listed.entry.source], told(listed)
    if says.credential == "degree":
        return "degree"
    called = habits.calls or says.credential == "microcredential"
    # ECTS are awarded after assessment only.
    assessed = says.assessment not in {None, "none"} or (called and habits.credits == "ects")
    if called or says.award:
        return "core" if assessed else "broad"
    if habits.credits:
        return "broad"
    # A course that names no credential has none, as far as one can read; a programme may have one.
    return "course_only" if says.credential or listed.programme.kind != "program" else "unknown"


def knowable_modes(listed: Listed) -> frozenset[str]:
    """Return the development modes that a careful reader of this listing can take from it; empty: unknown."""
    habits, says = HABITS[listed.entry.source], told(listed)
    own = (*says.own, *(("own_new_nondegree",) if habits.nondegree else ()))
    return development_modes(says.bodies, own, [habits.kind])
