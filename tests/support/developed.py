"""Sources, makers and listings for tests of how programmes were developed."""

from __future__ import annotations

from small_runs import a_source

from classify.development import development
from classify.organisations import known_organisations
from models.classification import DevelopmentFinding, KnownOrganisation
from models.records import OrganisationRole, Programme, Source


def source(kind: str, country: str = "GB") -> Source:
    return a_source(slug="example", name="Example", kind=kind, country=country)


def maker(said: str, role: str = "taught_by") -> KnownOrganisation:
    """An organisation from "kind country name"; a dash for what is not known."""
    kind, country, name = said.split(" ", 2)
    known = {"kind": None if kind == "-" else kind, "country": None if country == "-" else country}
    return KnownOrganisation(role=role, name=name, entity=None, evidence=None, **known)


def listing(*makers: KnownOrganisation, **facts: object) -> Programme:
    roles = tuple(OrganisationRole(role=m.role, name=m.name, kind=m.kind, country=m.country) for m in makers)
    return Programme(**{"ref": "x", "kind": "course", "title": "Knots", "organisations": roles, **facts})


def found(on: str, *makers: KnownOrganisation, country: str = "GB", **facts: object) -> set[str]:
    return {f.mode for f in development(listing(*makers, **facts), source(on, country), makers)}


def as_harvested(programme: Programme, declared: Source) -> tuple[DevelopmentFinding, ...]:
    return development(programme, declared, known_organisations(programme, declared)[0])


COLLEGE = maker("institution GB Example College")
FIRM = "Example Tooling Ltd"
