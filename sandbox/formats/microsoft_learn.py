"""Microsoft Learn's catalogue interface: applied skills and certifications in one answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json
from sandbox.programme import Listed
from sandbox.world import World


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/api/catalog/``."""
    if request.path != "/api/catalog/":
        return None
    rows = [_row(one) for one in world.listed("microsoft_learn", day)]
    return in_json({"appliedSkills": rows[::2], "certifications": rows[1::2]})


def _row(listed: Listed) -> dict[str, Any]:
    return {
        "uid": listed.ref,
        "type": "appliedSkill",
        "title": listed.title.text,
        "summary": description(listed),
        "url": f"https://learn.microsoft.com/en-us/credentials/applied-skills/{listed.entry.slug}/",
        "levels": [listed.programme.level or "beginner"],
        "roles": ["administrator"],
        "products": ["azure"],
    }
