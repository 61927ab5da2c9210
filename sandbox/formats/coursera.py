"""Coursera's catalogue API: ``courses.v1``, ``onDemandSpecializations.v1`` and ``partners.v1``.

Without ``limit`` everything comes in one answer, as in the recording of 2019; ``paging.next`` is the next ``start``.
Fields that ``fields`` does not name are left out, except the three that always come.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, span_words
from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_ALWAYS = frozenset({"id", "slug", "name", "courseType"})
_PARTNER_IDS = {code: str(number) for number, code in enumerate(ORGANISATIONS, start=11)}
_CATEGORIES = {
    "Data & AI": "data-science", "Health": "life-sciences", "Education": "social-sciences", "Business": "business",
    "Engineering": "physical-science-and-engineering", "Environment": "life-sciences",
    "Law & Society": "social-sciences", "Arts & Design": "arts-and-humanities",
}  # fmt: skip


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/api/courses.v1``, ``/api/onDemandSpecializations.v1`` and ``/api/partners.v1``."""
    listed = world.listed("coursera", day)
    if request.path == "/api/courses.v1":
        return _elements(request, [one for one in listed if one.programme.kind != "program"], _course)
    if request.path == "/api/onDemandSpecializations.v1":
        ids = {one.key: one.entries[0].ref for one in world.programmes if one.entry("coursera") is not None}
        programs = [one for one in listed if one.programme.kind == "program"]
        return _elements(request, programs, lambda one: _specialization(one, ids))
    if request.path == "/api/partners.v1":
        codes = sorted(
            {body.code for one in listed for body in told(one).bodies}, key=lambda code: int(_PARTNER_IDS[code])
        )
        return _elements(request, codes, _partner)
    return None


def _elements(request: Request, items: Sequence[Any], write: Callable[[Any], dict[str, Any]]) -> Answer:
    start = request.number("start", 0)
    limit = request.number("limit", 0) or len(items)
    elements = [_chosen(request, write(item)) for item in items[start : start + limit]]
    paging: dict[str, Any] = {"total": len(items)}
    if start + limit < len(items):
        paging = {"next": str(start + limit)} | paging
    return in_json({"elements": elements, "paging": paging, "linked": {}}, "application/json; charset=utf-8")


def _chosen(request: Request, element: dict[str, Any]) -> dict[str, Any]:
    fields = request.value("fields")
    if fields is None:
        return element
    wanted = _ALWAYS | set(fields.split(","))
    return {name: value for name, value in element.items() if name in wanted}


def _course(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    return {
        "courseType": "v2.ondemand",
        "description": description(listed),
        "domainTypes": [{"domainId": _CATEGORIES[subject]} for subject in programme.subjects],
        "categories": [_CATEGORIES[subject] for subject in programme.subjects],
        "id": listed.ref,
        "slug": listed.entry.slug,
        "instructorIds": [str(700000 + listed.entry.number)],
        "workload": _workload(listed),
        "primaryLanguages": [programme.language],
        "certificates": ["VerifiedCert"] if told(listed).award else [],
        "partnerIds": [_PARTNER_IDS[body.code] for body in told(listed).bodies],
        "name": listed.english_title,
        "courseStatus": "launched",
    }


def _workload(listed: Listed) -> str:
    programme = listed.programme
    if programme.weeks is None or programme.hours is None or listed.entry.number % 4 == 0:
        return ""  # as for a third of the courses in the recording
    hours = span_words(*programme.hours, "hours/week")
    return hours if listed.entry.number % 3 == 0 else f"{programme.weeks} weeks of study, {hours}"


def _specialization(listed: Listed, ids: dict[str, str]) -> dict[str, Any]:
    programme = listed.programme
    return {
        "id": listed.ref,
        "slug": listed.entry.slug,
        "name": listed.english_title,
        "tagline": f"{len(programme.members)} courses{', one certificate' if told(listed).award else ''}",
        "description": description(listed),
        "courseIds": [ids[key] for key in programme.members],
        "partnerIds": [_PARTNER_IDS[body.code] for body in told(listed).bodies],
    }


def _partner(code: str) -> dict[str, Any]:
    return {"name": ORGANISATIONS[code].name, "id": _PARTNER_IDS[code], "shortName": code.lower()}
