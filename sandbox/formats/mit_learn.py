"""MIT Learn's API: courses and programmes in pages of the Django REST framework."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, midnight
from sandbox.programme import Listed
from sandbox.world import World

_PAGE, _PAGE_MAX = 10, 100


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/api/v1/courses/`` and ``/api/v1/programs/``."""
    wanted = {"/api/v1/courses/": False, "/api/v1/programs/": True}.get(request.path)
    if wanted is None:
        return None
    rows = [one for one in world.listed("mit_learn", day) if (one.programme.kind == "program") == wanted]
    size, start = min(request.number("limit", 0) or _PAGE, _PAGE_MAX), request.number("offset", 0)
    more = start + size < len(rows)
    return in_json({
        "count": len(rows),
        "next": request.with_query(limit=size, offset=start + size) if more else None,
        "previous": request.with_query(limit=size, offset=max(start - size, 0)) if start else None,
        "results": [_row(one) for one in rows[start : start + size]],
    })  # fmt: skip


def _row(listed: Listed) -> dict[str, Any]:
    programme, price = listed.programme, f"{listed.price.amount:.2f}" if listed.price else None
    unit = programme.organisation.code.lower()
    return {
        "id": listed.entry.number,
        "readable_id": listed.ref,
        "resource_type": programme.kind,
        "title": listed.title.text,
        "description": f"<p>{description(listed).replace('&', '&amp;')}</p>",
        "url": f"https://learn.mit.edu/c/{listed.entry.slug}",
        "published": True,
        "free": False,
        "platform": {"code": unit, "name": programme.organisation.name},
        "offered_by": {"code": unit, "name": programme.organisation.name},
        "certification": True,
        "certification_type": {"code": "professional", "name": "Professional Certificate"},
        "topics": [{"id": 1, "name": subject} for subject in programme.subjects],
        "prices": [price] if price else [],
        "resource_prices": [{"amount": price, "currency": "USD"}] if price else [],
        "delivery": [{"code": "online", "name": "Online"}],
        "pace": [],
        "duration": f"{programme.weeks} weeks",
        "time_commitment": "",
        "runs": [
            {
                "id": number, "run_id": run.ref, "title": listed.title.text, "languages": [programme.language],
                "start_date": midnight(run.start, "12:00:00Z"), "end_date": midnight(run.end, "12:00:00Z"),
                "enrollment_start": midnight(run.enrolment_start), "enrollment_end": midnight(run.enrolment_end),
                "prices": [], "location": "", "delivery": [], "duration": "", "time_commitment": "",
                "instructors": [{"full_name": "Sam Sandbox"}],
            }
            for number, run in enumerate(listed.offerings)
        ],
    }  # fmt: skip
