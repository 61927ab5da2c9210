"""Organisations of a programme: which entity each printed name is, its kind and its country, each with its evidence.

The rules, in this order: a lookup of the source, the name, the host of the organisation's own address, the name where
only the country tells who is meant, the institution that a unit belongs to; then the kind from the name itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

from classify import organisation_table
from classify.organisation_kinds import country_named, country_of, is_unit, kind_of
from classify.organisation_names import folded, plain, table
from classify.organisation_table import Bearer
from classify.organisation_text import find_names
from models.classification import EVIDENCE_MOST, Entity, Evidence, KnownOrganisation, Unread
from models.records import OrganisationRole, Programme, Source
from normalise.text import NAME_MOST, key

__all__ = ["find_names", "known_organisations"]

TABLE = "organisation"

_PARENTHESIS = re.compile(r"^([^()]*[^()\s])\s*\(([^()]+)\)$")
_EDX_CODE = re.compile(r"(?<=[a-zA-Z])X$|(?<=[A-Z])x$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    entity: Entity
    rule: str


def known_organisations(
    programme: Programme, source: Source
) -> tuple[tuple[KnownOrganisation, ...], tuple[Unread, ...]]:
    """Return what each organisation of a programme is, in its order, and the names that no rule knows.

    A printed role stays as printed. Who is of kind ``platform`` is the brand of a catalogue and no awarder or
    developer, whatever it is printed as; a platform that makes programmes of its own is printed there as the company
    it is, and has the kind ``employer``.
    """
    operator = _operator(programme, source)
    known = tuple(_known(organisation, source, operator) for organisation in programme.organisations)
    unread = dict.fromkeys(each.name for each in known if each.entity is None and each.kind is None)
    return known, tuple(Unread(table=TABLE, words=name) for name in unread)


def _known(organisation: OrganisationRole, source: Source, operator: Entity | None) -> KnownOrganisation:
    found = _entity(organisation, source)
    if found is None and operator is not None and is_unit(organisation.name):
        found = _Found(entity=operator, rule="unit-of-catalogue")
    if found is not None:
        return KnownOrganisation(
            role=organisation.role,
            name=organisation.name,
            kind=_kind_in_role(found.entity, organisation.role),
            country=found.entity.country,
            entity=found.entity,
            evidence=_evidence(organisation, found.rule),
        )
    return _unknown(organisation)


def _unknown(organisation: OrganisationRole) -> KnownOrganisation:
    """Return what the source, or else the name itself, says of an organisation that is in no table."""
    rule = None if organisation.kind else kind_of(organisation.name)
    kind = organisation.kind or (rule.kind if rule else None)
    country = organisation.country
    if country is None and kind in {"institution", "government"}:
        country = country_of(organisation.name)
    evidence = None
    if rule is not None:
        evidence = _evidence(organisation, rule.id, rule.confidence)
    elif kind or country:
        evidence = _evidence(organisation, "stated")
    return KnownOrganisation(
        role=organisation.role, name=organisation.name, kind=kind, country=country, entity=None, evidence=evidence
    )


def _kind_in_role(found: Entity, role: str) -> str:
    if found.kind == "platform" and role != "listed_on" and found.id in _own_programmes():
        return "employer"
    return found.kind


def _operator(programme: Programme, source: Source) -> Entity | None:
    """Return the institution whose own catalogue this is: a unit that it prints belongs to it."""
    if source.kind != "institution":
        return None
    listed = (each for each in programme.organisations if each.role == "listed_on")
    entities = {found.entity for each in listed if (found := _entity(each, source)) is not None}
    return entities.pop() if len(entities) == 1 and {each.kind for each in entities} == {"institution"} else None


def _entity(organisation: OrganisationRole, source: Source) -> _Found | None:
    lookup = source.lookups.get("organisation")
    if lookup and (found := _in_lookup(organisation.name, lookup)) is not None:
        return found
    own_host = _host(organisation.url) if organisation.url else ""
    if own_host and source.kind != "institution" and _within(own_host, source.hosts):
        own_host = ""  # a page of the catalogue about the organisation
    # A catalogue of one country names its own short: "UW" is Warsaw in Poland's. One for the world says nothing.
    hint = organisation.country or (source.country if source.kind != "commercial_platform" else None)
    return _resolved(organisation.name[:NAME_MOST], organisation.country, hint, own_host)


@lru_cache(maxsize=16_384)
def _resolved(name: str, country: str | None, hint: str | None, host: str) -> _Found | None:
    """Return who is meant by a name; ``country`` is printed with it, ``hint`` is where it is most likely read."""
    return _by_name(name, country, hint) or _by_host(host, country) or _by_name_in_country(name, hint)


def _by_name(name: str, country: str | None, hint: str | None) -> _Found | None:
    for reading in _readings(name):
        stated = reading.country or country
        found = {each.entity for words in reading.names if (each := _one(words, stated, hint)) is not None}
        if len(found) > 1:
            return None  # "University of A (University of B)"
        if found:
            return _Found(entity=found.pop(), rule=reading.rule)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One way to read a printed name: the names that may stand in it, and the country if it says one."""

    rule: str
    names: tuple[str, ...]
    country: str | None = None


def _readings(name: str) -> tuple[_Reading, ...]:
    """Return the ways to read a name, best first: whole, without or within parentheses, as a code, as a unit."""
    readings = [_Reading(rule="alias", names=(name,))]
    if parts := _PARENTHESIS.match(name):
        # What is cut short in parentheses stands for the words before them: "Hogeschool voor de Kunsten Utrecht (HKU)".
        names = parts.groups() if " " in parts[2] else (parts[1],)
        readings.append(_Reading(rule="alias", names=names, country=country_named(parts[2])))
    if _EDX_CODE.search(name):
        readings.append(_Reading(rule="edx-code", names=(name[:-1],)))
    first, comma, last = name.rpartition(",")
    if comma and is_unit(first):
        readings.append(_Reading(rule="unit-of", names=(last,)))
    return tuple(readings)


def _one(name: str, country: str | None, hint: str | None) -> Bearer | None:
    for bearers in _bearers(name):
        fitting = [each for each in bearers if _fits(each, country, hint)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _bearers(name: str) -> tuple[tuple[Bearer, ...], ...]:
    names = organisation_table.by_name()
    return names.get("=" + plain(name), ()), names.get(folded(name), ())


def _fits(bearer: Bearer, country: str | None, hint: str | None) -> bool:
    own = bearer.entity.country
    if _elsewhere(bearer.entity, country):
        return False
    return not bearer.needs_country or (own is not None and own == hint)


def _elsewhere(entity: Entity, country: str | None) -> bool:
    """Whether a printed country says that another is meant; companies and platforms are at home in many."""
    if entity.kind in {"employer", "platform"} or country is None or entity.country is None:
        return False
    return entity.country != country


def _by_name_in_country(name: str, hint: str | None) -> _Found | None:
    if hint is None:
        return None
    for bearers in _bearers(name):
        fitting = [each for each in bearers if each.entity.country == hint]
        if len(fitting) == 1:
            return _Found(entity=fitting[0].entity, rule="alias-in-country")
    return None


def _by_host(host: str, country: str | None) -> _Found | None:
    domains = organisation_table.by_domain()
    while host:
        if found := domains.get(host):
            fits = found.kind != "platform" and not _elsewhere(found, country)
            return _Found(entity=found, rule="domain") if fits else None
        host = host.partition(".")[2]
    return None


def _in_lookup(name: str, lookup: Mapping[str, str]) -> _Found | None:
    wanted = key(name)
    identifier = lookup.get(name) or next((value for words, value in lookup.items() if key(words) == wanted), None)
    found = organisation_table.by_id().get(identifier or "")
    return _Found(entity=found, rule="source-lookup") if found else None


@lru_cache(maxsize=16_384)
def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def _within(host: str, hosts: Sequence[str]) -> bool:
    return any(host == each or host.endswith("." + each) for each in hosts)


def _evidence(organisation: OrganisationRole, rule: str, confidence: float | None = None) -> Evidence:
    field = f"organisations.{organisation.role}"
    words = organisation.name
    if rule == "domain":
        field, words = f"{field}.url", organisation.url or ""
    if confidence is None:
        confidence = _confidence()[rule]
    return Evidence(rule=rule, field=field, words=words[:EVIDENCE_MOST], confidence=confidence)


@cache
def _confidence() -> Mapping[str, float]:
    return {rule: float(share) for rule, share in table("names.toml")["confidence"].items()}


@cache
def _own_programmes() -> frozenset[str]:
    return frozenset(table("names.toml")["platforms"]["own_programmes"])
