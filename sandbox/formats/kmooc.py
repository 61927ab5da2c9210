"""K-MOOC's list behind a key: seconds of the epoch, and entries that call their id by another name."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, page_of, refused
from sandbox.programme import Listed
from sandbox.world import World


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/B552881/kmooc_v2_0/courseList_v2_0``; the page after the last is empty."""
    if request.path != "/B552881/kmooc_v2_0/courseList_v2_0":
        return None
    if not request.value("serviceKey"):
        return refused()
    listed = world.listed("kmooc", day)
    page, size = request.number("page", 1) or 1, min(request.number("size", 10) or 10, 100)
    header = {"resultCode": "00", "resultMsg": "OK", "totalCount": len(listed), "page": page, "size": size}
    return in_json({"header": header, "items": [_item(one) for one in page_of(listed, page, size)]})


def _item(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    run = listed.offerings[-1] if listed.offerings else None
    return {
        "CourseId" if listed.entry.number % 7 == 0 else "id": listed.ref,
        "shortname": listed.entry.slug,
        "name": listed.title.text,
        "url": f"https://www.kmooc.kr/view/course/detail/{listed.ref}",
        "org": programme.organisation.code,
        "org_name": programme.organisation.name,
        "professor": "Sam Sandbox",
        "enrollment_start": _seconds(run.enrolment_start) if run else None,
        "enrollment_end": _seconds(run.enrolment_end) if run else None,
        "study_start": _seconds(run.start) if run else None,
        "study_end": _seconds(run.end) if run else None,
        "public_yn": "Y",
        "summary": f"<p>{description(listed).replace('&', '&amp;')}</p>",
        "classfy_name": next(iter(programme.subjects), None),
        "middle_classfy_name": None,
        "week": str(programme.weeks) if programme.weeks else None,
    }


def _seconds(day: date | None) -> int | None:
    return int(datetime.combine(day, time(), UTC).timestamp()) if day else None
