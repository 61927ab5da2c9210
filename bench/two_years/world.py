"""The world of the two years: catalogues of the sandbox at sizes of their own, and what goes wrong in which week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.all_catalogues import CATALOGUES
from sandbox.habits import HABITS
from sandbox.invent import generator, invent_programme
from sandbox.invent_kinds import with_kinds
from sandbox.names import Namer
from sandbox.programme import Programme
from sandbox.world import World

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
"""The first look; the world is told from 2023 on, so that many programmes are older."""

SLUGS = (
    "coursera", "edx", "futurelearn", "mit_learn", "mexicox", "open_hpi", "swayam", "ki_campus", "navoica", "udacity",
    "imoox", "fun_mooc", "cornwall_college", "opensap", "microsoft_learn", "rmit_short_courses", "credly_ibm",
    "oxford_continuing_education", "opintopolku", "nzqa", "susa_navet", "federica", "eduopen", "credential_registry",
    "eduxchange", "kmooc", "openlearning", "mit_sloan", "mit_xpro", "mitx_online", "tartu", "nova_academy",
    "skill_india", "thai_mooc", "open_vhb", "credly_google", "ku_leuven", "taltech", "unimelb", "deakin",
    "microcreds_ie", "jv_campus", "suny", "eciu", "ontario_portal",
)  # fmt: skip
"""The catalogues, the largest first: 45 of the 63 of the sandbox, of every format. Feeds are larger than sites whose
every programme is a page, as they are outside."""

LEAST = 20
_TITLES = 40  # programmes whose titles all differ; in some languages there are few words for more
_SEED = 11
_DOWN_EVERY, _DOWN_AT = 8, 5
_EMPTY_EVERY, _EMPTY_AT = 26, 20
_DOWN: Mapping[str, Any] = {"kind": "status", "status": 503}
_EMPTY: Mapping[str, Any] = {"kind": "empty"}


@dataclass(frozen=True, slots=True)
class Incident:
    """What goes wrong in a week: the host of the catalogue ``slug`` has a fault (``sandbox.faults``)."""

    slug: str
    fault: Mapping[str, Any]

    @property
    def host(self) -> str:
        """The host with the fault; other catalogues that live there suffer too."""
        return CATALOGUES[self.slug].hosts[0]


def moment_of(week: int) -> datetime:
    """Return the time of the look of a week, counted from 1."""
    return FIRST + timedelta(weeks=week - 1)


def sizes_of(sources: int, largest: int) -> dict[str, int]:
    """Return how many programmes each catalogue has over the whole time, by its slug.

    Sizes fall as the rank (Zipf's law): the second catalogue has half as many as the first, none less than ``LEAST``.

    Raises:
        ValueError: if there are not so many catalogues.
    """
    if not 1 <= sources <= len(SLUGS):
        raise ValueError(f"there are 1 to {len(SLUGS)} catalogues, not {sources}")
    return {slug: max(LEAST, largest // place) for place, slug in enumerate(SLUGS[:sources], start=1)}


def world_of(sizes: Mapping[str, int]) -> World:
    """Return the world in which each catalogue has so many programmes, the same for the same sizes."""
    return World(_SEED, programmes=[one for slug, size in sizes.items() for one in _programmes(slug, size)])


def _programmes(slug: str, size: int) -> Iterator[Programme]:
    chance, namer = generator(f"{_SEED}:two years:{slug}"), None
    ours = []
    for number in range(1, size + 1):
        if namer is None or number % _TITLES == 0:
            namer = Namer(chance)
        ours.append(invent_programme(CATALOGUES[slug], number, namer, chance))
    yield from with_kinds(ours, HABITS[slug], generator(f"{_SEED}:two years:{slug}:kinds"))


def incident_of(week: int, slugs: Sequence[str]) -> Incident | None:
    """Return what goes wrong in a week, if anything.

    Every eighth week a host is down. Twice a year one of the smaller half of the catalogues lists nothing: the look is
    held back, a person accepts it, and a week later everything is there again.
    """
    if week % _EMPTY_EVERY == _EMPTY_AT:
        small = slugs[len(slugs) // 2 :]
        return Incident(small[week % len(small)], _EMPTY)
    if week % _DOWN_EVERY == _DOWN_AT:
        return Incident(slugs[week % len(slugs)], _DOWN)
    return None
