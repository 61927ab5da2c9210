"""MIT Sloan Executive Education's interface behind a key: a list of courses and a list of their runs."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, refused
from sandbox.programme import Listed
from sandbox.world import World


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/api/courses`` and ``/api/course-offerings``."""
    listed = world.listed("mit_sloan", day)
    rows = {"/api/courses": [_course(one) for one in listed], "/api/course-offerings": _runs(listed)}
    if request.path not in rows:
        return None
    return in_json(rows[request.path]) if request.key else refused()


def _course(listed: Listed) -> dict[str, Any]:
    return {
        "Title": listed.title.text,
        "Course_Id": listed.ref,
        "Description": description(listed),
        "Topics": f"Business: {next(iter(listed.programme.subjects), 'Other')}",
        "URL": f"https://executive.mit.edu/course/{listed.entry.slug}/{listed.ref}.html",
        "Certification_Type": "Management",
    }


def _runs(listed: tuple[Listed, ...]) -> list[dict[str, Any]]:
    return [
        {
            "CO_Title": run.ref,
            "Course_Id": one.ref,
            "Start_Date": run.start.isoformat(),
            "End_Date": run.end.isoformat() if run.end else None,
            "Delivery": "Online",
            "Duration": f"{one.programme.weeks} weeks",
            "Price": f"{one.price.amount:.1f}" if one.price else None,
            "Continuing_Ed_Credits": str(one.programme.credits),
            "Time_Commitment": "6-8 hours/week",
            "Location": "Online",
            "Tuition_Cost(non-USD)": None,
            "Currency": None,
            "Format": "Asynchronous (Date based)",
            "Faculty_Name": "Sam Sandbox",
        }
        for one in listed
        for run in one.offerings
    ]
