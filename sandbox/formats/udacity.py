"""Udacity's public API: courses, degrees (Nanodegrees) and tracks in one answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description, sentence
from sandbox.formats.shared import Answer, Request, in_json
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_TRACKING = "utm_medium=referral&utm_campaign=api"


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/public-api/v0/courses``."""
    if request.path != "/public-api/v0/courses":
        return None
    listed = world.listed("udacity", day)
    courses = [one for one in listed if one.programme.kind == "course"]
    degrees = [one for one in listed if one.programme.kind == "degree"]
    data = {
        "courses": [_entry(one) for one in courses],
        "tracks": [
            {"courses": [one.ref for one in courses if name in one.programme.subjects], "name": name, "description": ""}
            for name in sorted({subject for one in courses for subject in one.programme.subjects})
        ],
        "degrees": [_entry(one) for one in degrees],
    }
    return in_json(data)


def _entry(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    degree = programme.kind == "degree"
    weeks = programme.weeks or 4
    return {
        "instructors": [],
        "subtitle": "",
        "key": listed.ref,
        "image": "",
        "expected_learning": sentence(listed),
        "featured": False,
        "project_name": "",
        "teaser_video": {"youtube_url": ""},
        "title": listed.english_title,
        "related_degree_keys": [],
        "required_knowledge": "Basic arithmetic & patience.",
        "syllabus": "\n".join(f"## {unit}" for unit in programme.units),
        "new_release": False,
        "homepage": f"https://www.udacity.com/course/{listed.entry.slug}?{_TRACKING}",
        "project_description": "",
        "full_course_available": True,
        "faq": "",
        "affiliates": [
            {"name": body.name, "short_name": body.code.lower(), "image": ""} for body in told(listed).partners
        ],
        "tracks": [] if degree else list(programme.subjects),
        "banner_image": "",
        "short_summary": sentence(listed),
        "slug": listed.entry.slug,
        "starter": False,
        "level": programme.level or "",
        "expected_duration_unit": "months" if degree else "weeks",
        "summary": description(listed),
        "expected_duration": max(1, weeks // 2) if degree else weeks,
    }
