"""Which country's conventions hold for what a source prints."""

from __future__ import annotations

from collections.abc import Iterable

from models.records import OrganisationRole, Source

_AWARDING = ("awarded_by", "taught_by", "developed_by")


def money_country(source: Source) -> str | None:
    """Return the country whose currency a bare "$" means: that of the source, if it is a country."""
    return source.country if len(source.country) == 2 and source.country.isalpha() else None


def volume_country(source: Source, organisations: Iterable[OrganisationRole] = ()) -> str | None:
    """Return the country whose credit rules hold: that of who awards or teaches, else of a source of one country.

    A commercial platform sells programmes of many countries; its own seat says nothing about their credits.
    """
    by_role = {o.role: o.country for o in organisations if o.country}
    for role in _AWARDING:
        if role in by_role:
            return by_role[role]
    return None if source.kind == "commercial_platform" else money_country(source)
