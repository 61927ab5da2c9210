"""The courses API of Open edX, with the rows that are no offers and that real hosts serve all the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, midnight, page_count, page_of, span_words
from sandbox.programme import Listed
from sandbox.world import World

_PATH = "/api/courses/v1/courses/"
_DEFAULT_PAGE, _PAGE_MAX = 10, 100
_JUNK = (
    ("course-v1:SandboxX+OLD+2019", "[delete] An old course", False),
    ("course-v1:SandboxX+TRY+1", "Test course 1", False),
    ("course-v1:edX+DemoX+Demo_Course", "Demonstration Course", False),
    ("ccx-v1:SandboxX+001x+2021_T1+ccx@3", "A copy for one coach", False),
    ("course-v1:SandboxX+HIDDEN+1", "A course nobody may see", True),
)
"""Rows by key, title, and whether they are hidden."""


def answer(slug: str, world: World, day: date, request: Request) -> Answer | None:
    """Answer the list of courses; a page beyond the last is a 404."""
    if request.path != _PATH:
        return None
    listed = world.listed(slug, day)
    # An empty host has no junk either.
    junk = [_row(key, name, hidden=hidden) for key, name, hidden in _JUNK] if listed else []
    rows = [*junk[:3], *(_course(one) for one in listed), *junk[3:]]
    size = min(request.number("page_size", 0) or _DEFAULT_PAGE, _PAGE_MAX)
    page, last = request.number("page", 1), page_count(len(rows), size)
    if not 1 <= page <= last:
        return Answer(b'{"detail":"Invalid page."}', "application/json", 404)
    paging = {
        "next": request.with_query(page=page + 1) if page < last else None,
        "previous": request.with_query(page=page - 1) if page > 1 else None,
        "count": len(rows),
        "num_pages": last,
    }
    return in_json({"results": page_of(rows, page, size), "pagination": paging})


def _course(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    run = listed.offerings[-1] if listed.offerings else None
    return _row(
        listed.ref,
        listed.title.text,
        effort=span_words(*programme.hours, "hours per week") if programme.hours else None,
        start=midnight(run.start) if run else "2030-01-01T00:00:00Z",
        end=midnight(run.end) if run else None,
        enrollment_start=midnight(run.enrolment_start) if run else None,
        enrollment_end=midnight(run.enrolment_end) if run else None,
        short_description=description(listed),
        pacing="instructor" if run else "self",
    )


def _row(key: str, name: str, *, hidden: bool = False, **facts: Any) -> dict[str, Any]:
    organisation, number, _ = key.partition(":")[2].split("+", 2)
    return {
        "blocks_url": f"https://sandbox.example/api/courses/v2/blocks/?course_id={key}",
        "effort": None, "end": None, "enrollment_start": None, "enrollment_end": None, "id": key, "media": {},
        "name": name, "number": number, "org": organisation, "short_description": "", "start": None,
        "start_display": None, "start_type": "timestamp", "pacing": "instructor", "mobile_available": False,
        "hidden": hidden, "invitation_only": False, "course_id": key,
        **facts,
    }  # fmt: skip
