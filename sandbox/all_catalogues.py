"""All catalogues of the world, and which of them answer for a host."""

from __future__ import annotations

from sandbox.catalogues import Catalogue, first_catalogues
from sandbox.families import family_catalogues

CATALOGUES: dict[str, Catalogue] = {
    catalogue.slug: catalogue for catalogue in (*first_catalogues(), *family_catalogues())
}

HOSTS: dict[str, tuple[str, ...]] = {
    host: tuple(slug for slug, catalogue in CATALOGUES.items() if host in catalogue.hosts)
    for host in dict.fromkeys(host for catalogue in CATALOGUES.values() for host in catalogue.hosts)
}
"""Which catalogues answer for a host: one, or several that share it and differ in their paths."""

FAMILIES: tuple[str, ...] = tuple(
    {catalogue.family or catalogue.slug: catalogue.slug for catalogue in reversed(CATALOGUES.values())}.values()
)[::-1]
"""One catalogue for each format: the first of its family."""

KEYS: tuple[str, ...] = tuple(catalogue.key for catalogue in CATALOGUES.values() if catalogue.key)
"""The names of the keys that catalogues ask for; any value will do."""
