"""Organisations as a catalogue prints them, and what the table makes of them."""

from __future__ import annotations

from small_runs import a_source

from classify.organisations import known_organisations
from models.classification import KnownOrganisation
from models.records import Format, OrganisationRole, Programme, Source


def source(kind: str = "commercial_platform", country: str = "US", **facts: object) -> Source:
    start = ("https://www.catalogue.example/",)
    declared = {"slug": "example", "kind": kind, "country": country, "formats": (Format(platform=None, start=start),)}
    return a_source(**declared, **facts)


WORLD = source()
MIT = "us-massachusetts-institute-of-technology"
TARTU = "ee-university-of-tartu"


def known(*printed: OrganisationRole, on: Source = WORLD) -> tuple[KnownOrganisation, ...]:
    return known_organisations(Programme(ref="1", kind="course", title="Knots", organisations=printed), on)[0]


def one(name: str, on: Source = WORLD, **facts: str) -> KnownOrganisation:
    return known(OrganisationRole(**{"role": "taught_by", "name": name, **facts}), on=on)[0]


def entity_id(organisation: KnownOrganisation) -> str | None:
    return organisation.entity.id if organisation.entity else None


def national(country: str) -> Source:
    return source("government_platform", country)
