"""FUN MOOC's API as Richie serves it: ``/api/v1.0/courses/`` by ``limit`` and ``offset``, and its organisations.

The state of a course is a priority: 0 stands for ongoing and open, 5 for ongoing and closed (Richie's course states).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, midnight
from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Listed
from sandbox.refs import slugify
from sandbox.telling import told
from sandbox.topics import TOPICS
from sandbox.world import World

_PLACES = "/api/v1.0/courses/", "/api/v1.0/organizations/", "/api/v1.0/subjects/"
_LIMIT = 10  # Richie's default page
_ORGANISATION_IDS = {code: f"L-0001{number:04d}" for number, code in enumerate(ORGANISATIONS, start=1)}
_SUBJECT_IDS = {
    subject: f"L-0002{number:04d}" for number, subject in enumerate(dict.fromkeys(topic[0] for topic in TOPICS), 1)
}


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the lists of courses, organisations and subjects."""
    if request.path not in _PLACES:
        return None
    listed = world.listed("fun_mooc", day)
    if request.path == _PLACES[0]:
        return _objects(request, [_course(one) for one in listed])
    if request.path == _PLACES[1]:
        codes = sorted({body.code for one in listed for body in told(one).bodies})
        return _objects(request, [_named(_ORGANISATION_IDS[code], ORGANISATIONS[code].name) for code in codes])
    subjects = sorted({subject for one in listed for subject in one.programme.subjects})
    return _objects(request, [_named(_SUBJECT_IDS[subject], subject) for subject in subjects])


def _objects(request: Request, objects: Sequence[dict[str, Any]]) -> Answer:
    offset = request.number("offset", 0)
    limit = request.number("limit", 0) or _LIMIT
    shown = objects[offset : offset + limit]
    return in_json({"meta": {"count": len(shown), "offset": offset, "total_count": len(objects)}, "objects": shown})


def _named(ident: str, title: str) -> dict[str, Any]:
    return {"id": ident, "title": title, "absolute_url": f"/fr/{slugify(title)}/", "logo": None, "short_title": ""}


def _course(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    hours = programme.hours[0] if programme.hours else None
    offer = _offer(listed)
    return {
        "absolute_url": f"/fr/cours/{listed.entry.slug}/",
        "cover_image": {"alt": "", "sizes": "300px", "src": f"/media/{listed.ref}.png", "srcset": ""},
        "duration": f"{programme.weeks} semaines" if programme.weeks else "",
        "effort": f"{hours} heure{'s' if hours > 1 else ''}/semaine" if hours else "",
        "icon": None,
        "introduction": description(listed),
        "title": listed.title.text,
        "id": listed.ref,
        "categories": [_SUBJECT_IDS[subject] for subject in programme.subjects],
        "code": f"{41000 + listed.entry.number}",
        "course_runs": [
            {
                "start": midnight(run.start, "09:00:00Z"),
                "end": midnight(run.end, "21:00:00Z"),
                "enrollment_start": midnight(run.enrolment_start, "09:00:00Z"),
                "enrollment_end": midnight(run.enrolment_end, "21:00:00Z"),
                "languages": [programme.language],
                **offer,
            }
            for run in reversed(listed.offerings)
        ],
        "organization_highlighted": programme.organisation.name,
        "organization_highlighted_cover_image": None,
        "organizations": [_ORGANISATION_IDS[body.code] for body in told(listed).bodies],
        "state": {
            "priority": 5 if listed.closed else 0,
            "datetime": midnight(listed.offerings[-1].enrolment_end, "21:00:00Z") if listed.offerings else None,
            "call_to_action": None if listed.closed else "enroll now",
            "text": "on-going" if listed.closed else "closing on",
        },
        **offer,
    }


def _offer(listed: Listed) -> dict[str, Any]:
    """Return the price: FUN's courses are free, with a certificate that may cost, or without one."""
    amount = listed.price.amount if listed.price else None
    certificate = told(listed).award is not None
    return {
        "certificate_discount": None,
        "certificate_discounted_price": None,
        "certificate_offer": None if amount is None or not certificate else ("paid" if amount else "free"),
        "certificate_price": amount or None,
        "discount": None,
        "discounted_price": None,
        "offer": None if amount is None else ("partially_free" if amount else "free"),
        "price": None,
        "price_currency": listed.price.currency if listed.price else None,
    }
