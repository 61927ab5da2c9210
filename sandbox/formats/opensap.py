"""openSAP's JSON:API: every row is a course with the dates of its present run."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, midnight
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/api/v2/courses``."""
    if request.path != "/api/v2/courses":
        return None
    rows = [_row(one) for one in world.listed("opensap", day)]
    data = {"data": rows, "included": [], "meta": {}, "links": {"self": "/api/v2/courses"}}
    return in_json(data, "application/vnd.api+json; charset=utf-8")


def _row(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    here = f"/api/v2/courses/{listed.ref}"
    run = listed.offerings[-1] if listed.offerings else None
    return {
        "type": "courses",
        "id": listed.ref,
        "links": {"self": here},
        "attributes": {
            "title": listed.title.text,
            "slug": listed.entry.slug,
            "start_at": midnight(run.start, "09:00:00.000+00:00") if run else None,
            "end_at": midnight(run.end, "09:00:00.000+00:00") if run else None,
            "abstract": description(listed),
            "image_url": f"https://img.open.sap.com/{listed.ref}.jpg",
            "language": programme.language,
            "status": "active",
            "classifiers": {"category": list(programme.subjects), "topic": [], "keywords": [], "reporting": []},
            "teachers": "Sam Sandbox",
            "accessible": True,
            "enrollable": not listed.closed,
            "hidden": False,
            "external": False,
            "external_url": None,
            "policy_url": None,
            "certificates": {
                "confirmation_of_participation": {"available": True, "threshold": 50},
                "record_of_achievement": {"available": told(listed).award is not None, "threshold": 50},
                "qualified_certificate": {"available": False},
            },
            "on_demand": False,
        },
        "relationships": {"channel": {"data": {"type": "channels", "id": "enterprise"}}},
    }
