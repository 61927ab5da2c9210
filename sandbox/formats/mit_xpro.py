"""MIT xPRO's course and programme lists: plain JSON arrays."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, midnight, span_words
from sandbox.programme import Listed, Offering, Programme
from sandbox.world import World

_SLUG = "mit_xpro"


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/api/courses/`` and ``/api/programs/``."""
    listed = world.listed(_SLUG, day)
    if request.path == "/api/courses/":
        return in_json([_course(one) for one in listed if one.programme.kind != "program"])
    if request.path == "/api/programs/":
        return in_json([_program(world, one) for one in listed if one.programme.kind == "program"])
    return None


def _common(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    form = "programs" if programme.kind == "program" else "courses"
    time = {}
    if programme.hours and programme.weeks:
        time = {
            "time_commitment": span_words(*programme.hours, "hours per week"),
            "min_weekly_hours": programme.hours[0],
            "max_weekly_hours": programme.hours[1],
            "duration": f"{programme.weeks} Weeks",
            "min_weeks": programme.weeks,
            "max_weeks": programme.weeks,
        }
    return {
        "id": listed.entry.number,
        "title": listed.title.text,
        "description": f"<p>{description(listed).replace('&', '&amp;')}</p>",
        "url": f"https://xpro.mit.edu/{form}/{listed.ref}/",
        "external_marketing_url": None,
        "marketing_hubspot_form_id": "",
        "thumbnail_url": f"https://xpro.mit.edu/media/{listed.entry.number}.jpg",
        "readable_id": listed.ref,
        "topics": [{"name": subject} for subject in programme.subjects],
        **time,
        "video_url": None,
        "format": "Online",
        "credits": None if programme.credits is None else f"{programme.credits:.2f}",
        "is_external": False,
        "platform": "xPRO",
        "availability": "dated" if listed.offerings else "anytime",
    }


def _course(listed: Listed) -> dict[str, Any]:
    runs = [_run(listed, number, run) for number, run in enumerate(listed.offerings, start=1)]
    return {**_common(listed), "courseruns": runs[-3:], "next_run_id": runs[-1]["id"] if runs else None}


def _run(listed: Listed, number: int, run: Offering) -> dict[str, Any]:
    ident = listed.entry.number * 100 + number
    key = f"{listed.ref}+R{number}"
    return {
        "title": listed.title.text,
        "start_date": midnight(run.start, "05:00:00Z"),
        "end_date": midnight(run.end, "23:59:00Z"),
        "enrollment_start": midnight(run.enrolment_start),
        "enrollment_end": midnight(run.enrolment_end, "23:59:00Z"),
        "expiration_date": None,
        "courseware_url": f"https://courses.xpro.mit.edu/courses/{key}/course/",
        "courseware_id": key,
        "run_tag": f"R{number}",
        "id": ident,
        "product_id": ident,
        "instructors": [{"name": "Sam Sandbox"}],
        "current_price": listed.price.amount if listed.price else None,
    }


def _program(world: World, listed: Listed) -> dict[str, Any]:
    members = [world.programme(key) for key in listed.programme.members]
    return {
        **_common(listed),
        "current_price": listed.price.amount if listed.price else None,
        "courses": [_member(one) for one in members],
        "start_date": None,
        "end_date": None,
        "enrollment_start": None,
        "instructors": [],
    }


def _member(programme: Programme) -> dict[str, Any]:
    """Return a course inside a programme; it stays as it is, whatever becomes of the course itself."""
    entry = programme.entry(_SLUG)
    if entry is None:
        raise ValueError(f"{programme.key} is part of a programme of a catalogue that does not list it")
    return {
        "id": entry.number,
        "title": programme.titles[0].value.text,
        "description": "",
        "url": f"https://xpro.mit.edu/courses/{entry.ref}/",
        "readable_id": entry.ref,
        "courseruns": [],
        "next_run_id": None,
        "topics": [{"name": subject} for subject in programme.subjects],
        "platform": "xPRO",
    }
