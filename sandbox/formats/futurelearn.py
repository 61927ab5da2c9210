"""FutureLearn's course feed: one JSON array of everything, past runs included."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description, sentence
from sandbox.formats.shared import Answer, Request, in_json
from sandbox.programme import Listed
from sandbox.refs import steady_uuid
from sandbox.telling import told
from sandbox.world import World

_TRACKING = "utm_campaign=Courses+feed&utm_medium=courses_feed&utm_source=courses_feed"


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/feeds/courses``."""
    if request.path != "/feeds/courses":
        return None
    return in_json([_course(one) for one in world.listed("futurelearn", day)], "application/json; charset=utf-8")


def _course(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    return {
        "uuid": listed.ref,
        "url": f"https://www.futurelearn.com/courses/{listed.entry.slug}?{_TRACKING}",
        "image_url": f"https://ugc.futurelearn.com/uploads/images/sandbox/{listed.entry.number}.jpg",
        "name": listed.english_title,
        "introduction": sentence(listed),
        "description": f"<p>{description(listed).replace('&', '&amp;')}</p>",
        "language": programme.language,
        "hours_per_week": programme.hours[0] if programme.hours else None,
        "has_certificates": told(listed).award is not None,
        "categories": list(programme.subjects),
        "educator": "Sam Sandbox",
        "organisation": {
            "url": programme.organisation.url,
            "name": programme.organisation.name,
            "logo_url": f"https://ugc.futurelearn.com/uploads/images/sandbox/{programme.organisation.code}.png",
        },
        "trailer": None,
        "runs": [
            {
                "uuid": steady_uuid(run.ref),
                "start_date": run.start.isoformat(),
                "duration_in_weeks": programme.weeks,
            }
            for run in listed.offerings
        ],
    }
