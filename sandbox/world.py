"""The imitated world: which programmes exist, and what each catalogue shows on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from datetime import date
from functools import lru_cache

from sandbox.all_catalogues import CATALOGUES
from sandbox.invent import invent
from sandbox.invent_shared import with_shared
from sandbox.programme import Listed, Programme, listed_on

SOURCES: tuple[str, ...] = tuple(CATALOGUES)
"""The slugs of the catalogues in the world."""


class World:
    """Programmes and catalogues from 2023-01-01 to the end of 2026, the same for the same seed on every machine.

    ``World(seed)`` invents them; ``World(programmes=...)`` takes programmes made by hand, for tests. ``aside`` are
    entries of a catalogue that are no micro-credentials by its own word and that an observer has to leave out; they are
    served but are no part of the truth.

    Raises:
        ValueError: if two programmes share a key, or two entries of a catalogue a ref.
        KeyError: if a programme is listed in a catalogue that is none of ``SOURCES``.
    """

    def __init__(
        self, seed: int = 0, *, programmes: Sequence[Programme] | None = None, aside: Sequence[Programme] = ()
    ) -> None:
        if programmes is None:
            programmes, aside = invent(seed)
            programmes = with_shared(seed, programmes)
        self.seed = seed
        self.programmes = tuple(programmes)
        self.aside = tuple(aside)
        _check(self.programmes + self.aside)
        self._by_key = {programme.key: programme for programme in self.programmes + self.aside}
        self._shown = lru_cache(maxsize=512)(self._look_up)

    def listed(self, slug: str, day: date) -> tuple[Listed, ...]:
        """Return what the catalogue ``slug`` lists on ``day``, by number.

        Raises:
            KeyError: if there is no such catalogue.
        """
        return self._shown(slug, day, aside=False)

    def with_aside(self, slug: str, day: date) -> tuple[Listed, ...]:
        """Return everything the catalogue ``slug`` serves on ``day``, what is no micro-credential included.

        Raises:
            KeyError: if there is no such catalogue.
        """
        return self._shown(slug, day, aside=True)

    def programme(self, key: str) -> Programme:
        """Return the programme ``key``.

        Raises:
            KeyError: if there is none.
        """
        return self._by_key[key]

    def emptied(self) -> World:
        """Return the same world without any programme: every catalogue is up and lists nothing."""
        return World(self.seed, programmes=())

    def retold(self, tell: Callable[[tuple[Listed, ...]], tuple[Listed, ...]]) -> World:
        """Return the same world whose catalogues show what ``tell`` makes of what they list in truth."""
        other = copy(self)
        other._shown = lru_cache(maxsize=64)(  # noqa: SLF001 - its own class
            lambda slug, day, *, aside: tell(self._shown(slug, day, aside=aside))
        )
        return other

    def _look_up(self, slug: str, day: date, *, aside: bool) -> tuple[Listed, ...]:
        _known(slug)
        programmes = self.programmes + self.aside if aside else self.programmes
        shown = (listed_on(programme, slug, day) for programme in programmes)
        return tuple(sorted((listed for listed in shown if listed is not None), key=lambda one: one.entry.number))


def _known(slug: str) -> None:
    if slug not in CATALOGUES:
        raise KeyError(f"no catalogue {slug!r}; there are: {', '.join(SOURCES)}")


def _check(programmes: Iterable[Programme]) -> None:
    keys: set[str] = set()
    refs: set[tuple[str, str]] = set()
    for programme in programmes:
        if programme.key in keys:
            raise ValueError(f"two programmes have the key {programme.key!r}")
        keys.add(programme.key)
        for entry in programme.entries:
            _known(entry.source)
            if (entry.source, entry.ref) in refs:
                raise ValueError(f"{entry.source} has two entries with the ref {entry.ref!r}")
            refs.add((entry.source, entry.ref))
