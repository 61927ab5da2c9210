"""MITx Online's API of courses and programmes: pages with ``count``, ``next``, ``previous`` and ``results``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, midnight, page_count, page_of, span_words
from sandbox.programme import Listed, Offering
from sandbox.world import World

_PAGE = 10
_PAGE_MAX = 100


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/api/v2/courses/`` and ``/api/v2/programs/``; a page beyond the last is a 404, as in the original."""
    listed = world.listed("mitx_online", day)
    if request.path == "/api/v2/courses/":
        return _results(request, [_course(one) for one in listed if one.programme.kind != "program"])
    if request.path == "/api/v2/programs/":
        numbers = {one.key: one.entries[0].number for one in world.programmes}
        programs = [one for one in listed if one.programme.kind == "program"]
        return _results(request, [_program(one, numbers) for one in programs])
    return None


def _results(request: Request, rows: Sequence[dict[str, Any]]) -> Answer:
    size = min(request.number("page_size", 0) or _PAGE, _PAGE_MAX)
    page = request.number("page", 1)
    last = page_count(len(rows), size)
    if not 1 <= page <= last:
        return Answer(b'{"detail":"Invalid page."}', "application/json", 404)
    return in_json({
        "count": len(rows),
        "next": request.with_query(page=page + 1) if page < last else None,
        "previous": request.with_query(page=page - 1) if page > 1 else None,
        "results": page_of(rows, page, size),
    })  # fmt: skip


def _common(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    form = "programs" if programme.kind == "program" else "courses"
    weeks = f"{programme.weeks} weeks"
    effort = span_words(*programme.hours, "hrs/wk") if programme.hours else None
    amount = listed.price.amount if listed.price else None
    return {
        "id": listed.entry.number,
        "title": listed.title.text,
        "readable_id": listed.ref,
        "departments": [{"name": subject} for subject in programme.subjects],
        "page": {
            "feature_image_src": f"/media/original_images/{listed.entry.number}.jpg",
            "page_url": f"/{form}/{listed.ref}/",
            "description": description(listed),
            "live": True,
            "length": weeks,
            "effort": effort,
            "financial_assistance_form_url": "",
        },
        "topics": [{"name": subject} for subject in programme.subjects],
        "min_price": amount,
        "max_price": amount,
        "certificate_type": "Certificate of Completion",
        "availability": "dated" if listed.offerings else "anytime",
        "duration": weeks,
        "min_weeks": programme.weeks,
        "max_weeks": programme.weeks,
        "time_commitment": effort,
        "min_weekly_hours": str(programme.hours[0]) if programme.hours else None,
        "max_weekly_hours": str(programme.hours[1]) if programme.hours else None,
    }


def _course(listed: Listed) -> dict[str, Any]:
    runs = [_run(listed, number, run) for number, run in enumerate(listed.offerings, start=1)]
    common = _common(listed)
    common["page"] |= {"current_price": listed.price.amount if listed.price else None, "instructors": []}
    return {
        **common,
        "next_run_id": runs[-1]["id"] if runs else None,
        "include_in_learn_catalog": True,
        "programs": None,
        "required_prerequisites": False,
        "courseruns": runs[::-1],
    }


def _run(listed: Listed, number: int, run: Offering) -> dict[str, Any]:
    ident = listed.entry.number * 100 + number
    tag = f"{number}T{run.start.year}"
    key = f"{listed.ref}+{tag}"
    price = f"{listed.price.amount:.2f}" if listed.price else None
    return {
        "title": listed.title.text,
        "start_date": midnight(run.start, "15:00:00Z"),
        "end_date": midnight(run.end, "16:00:00Z"),
        "enrollment_start": midnight(run.enrolment_start),
        "enrollment_end": midnight(run.enrolment_end),
        "expiration_date": None,
        "courseware_url": f"https://courses.mitxonline.mit.edu/courses/{key}/course/",
        "courseware_id": key,
        "certificate_available_date": midnight(run.end, "16:00:00Z"),
        "upgrade_deadline": midnight(run.enrolment_end, "23:59:00Z"),
        "is_upgradable": True,
        "is_enrollable": True,
        "is_archived": False,
        "is_self_paced": False,
        "run_tag": tag,
        "id": ident,
        "live": True,
        "course_number": listed.ref.rpartition("+")[2],
        "products": [
            {"id": ident, "price": price, "description": key, "is_active": True, "product_flexible_price": None}
        ],
        "approved_flexible_price_exists": False,
        "enrollment_modes": [{"mode_slug": "verified"}, {"mode_slug": "audit"}],
    }


def _program(listed: Listed, numbers: dict[str, int]) -> dict[str, Any]:
    courses = [numbers[key] for key in listed.programme.members]
    common = _common(listed)
    common["page"] |= {
        "include_in_learn_catalog": True,
        "price": f"${listed.price.amount:.0f}" if listed.price else None,
    }
    return {
        **common,
        "courses": courses,
        "requirements": {"required": courses, "electives": []},
        "req_tree": [],
        "program_type": "Series",
        "live": True,
        "start_date": None,
        "end_date": None,
        "enrollment_start": None,
        "enrollment_end": None,
        "enrollment_modes": [{"mode_slug": "verified"}, {"mode_slug": "audit"}],
    }
