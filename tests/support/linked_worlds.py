"""Catalogues that list the same things, told to a database look by look."""

from __future__ import annotations

from typing import Any

from small_runs import Told, a_programme, a_source

from flows.classifying import Rules
from flows.linking_up import decide
from flows.observatory import Observatory
from models.linking import Decision
from models.records import OrganisationRole, Programme, Source
from models.store import Store

RARE = "Reading Glacier Ice from Space"
HOME = a_source(slug="home", kind="institution")
SHOP = a_source(slug="shop", kind="commercial_platform")
PORTAL = a_source(slug="portal", kind="government_platform")


def teaching(name: str = "Institute of Ice") -> tuple[OrganisationRole, ...]:
    return (OrganisationRole(role="taught_by", name=name),)


def a_course(ref: str, title: str = RARE, *, by: str = "Institute of Ice", **more: Any) -> Programme:
    """A course of an institute that is in no table of organisations."""
    facts: dict[str, Any] = {"title": title, "organisations": teaching(by), "words": f"{ref} {title} {more}"}
    return a_programme(ref, None, **(facts | more))


def classified(observatory: Observatory, *sources: Source) -> None:
    """Classify what sources list, by today's rules."""
    for source in sources:
        Store(observatory.engine).classify(source.slug, Rules(source))


def groups(told: Told) -> set[frozenset[str]]:
    """The credentials of two listings or more, as sets of ``source/ref``."""
    found: dict[str, set[str]] = {}
    for credential, source, ref in told.rows("select credential_id, source, ref from credential"):
        found.setdefault(credential, set()).add(f"{source}/{ref}")
    return {frozenset(each) for each in found.values() if len(each) > 1}


def decided(observatory: Observatory, one: str, other: str, *, same: bool, reason: str = "read both") -> Decision:
    """Decide of two listings, each named ``source/ref``."""
    (source, _, ref), (other_source, _, other_ref) = one.partition("/"), other.partition("/")
    return decide(observatory, (source, ref), (other_source, other_ref), same=same, reason=reason)
