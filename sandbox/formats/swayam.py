"""SWAYAM's query interface: JSON behind the prefix that browsers need, in pages told apart by a cursor in the query."""

from __future__ import annotations

import base64
import json
import re
from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request
from sandbox.programme import Listed
from sandbox.world import World

_CURSOR = re.compile(r'after:"([^"]*)"')
_PAGE = 25


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/modules/gql/query``."""
    query = request.value("q")
    if request.path != "/modules/gql/query" or not query:
        return None
    found = _CURSOR.search(query)
    start = int(base64.urlsafe_b64decode(found[1])) if found else 0
    listed = world.listed("swayam", day)
    end = start + _PAGE
    more = end < len(listed)
    paging = {"endCursor": base64.urlsafe_b64encode(str(end).encode()).decode() if more else None, "hasNextPage": more}
    data = {"courseList": {"edges": [{"node": _node(one)} for one in listed[start:end]], "pageInfo": paging}}
    return Answer(b")]}'\n" + json.dumps({"data": data}, ensure_ascii=False).encode(), "application/json")


def _node(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    run = listed.offerings[-1] if listed.offerings else None
    return {
        "id": listed.ref,
        "title": listed.title.text,
        "url": f"https://onlinecourses.swayam2.example/{listed.ref}/preview",
        "explorerSummary": description(listed),
        "openForRegistration": not listed.closed,
        "startDate": run.start.isoformat() if run else None,
        "endDate": run.end.isoformat() if run and run.end else None,
        "enrollmentEndDate": run.enrolment_end.isoformat() if run and run.enrolment_end else None,
        "estimatedWorkload": None,
        "category": [{"name": subject} for subject in programme.subjects],
        "credits": programme.credits,
        "weeks": programme.weeks,
        "instructorInstitute": programme.organisation.name,
        "ncCode": "NPTEL",
    }
