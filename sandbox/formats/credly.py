"""Credly's badge templates of one organisation: all issuers on one host, told apart by their paths."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import assessment, description
from sandbox.formats.shared import Answer, Request, in_json, page_count, page_of
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

ISSUERS = {
    "credly_google": "google-career-certificates",
    "credly_ibm": "ibm-skillsbuild",
    "credly_aws": "amazon-web-services-training-and-certification",
    "credly_microsoft": "microsoft-certification",
}
_PAGE = 24
_LEVELS = {"beginner": "Foundational", "intermediate": "Intermediate", "advanced": "Advanced"}


def answer(slug: str, world: World, day: date, request: Request) -> Answer | None:
    """Answer the list of badges of one issuer."""
    if request.path != f"/organizations/{ISSUERS[slug]}/badges":
        return None
    listed = world.listed(slug, day)
    page, last = request.number("page", 1), page_count(len(listed), _PAGE)
    if not 1 <= page <= last:
        return None
    return in_json({
        "data": [_badge(one) for one in page_of(listed, page, _PAGE)],
        "metadata": {
            "count": len(listed), "current_page": page, "total_count": len(listed), "total_pages": last, "per": _PAGE,
            "previous_page_url": request.with_query(page=page - 1) if page > 1 else None,
            "next_page_url": request.with_query(page=page + 1) if page < last else None,
        },
    })  # fmt: skip


def _badge(listed: Listed) -> dict[str, Any]:
    programme, body, bodies = listed.programme, listed.programme.organisation, told(listed).bodies
    return {
        "id": listed.ref,
        "cost": "Free",
        "description": description(listed, "assessment"),
        "global_activity_url": body.url,
        "level": _LEVELS.get(programme.level or ""),
        "name": listed.title.text,
        "vanity_slug": listed.entry.slug,
        "time_to_earn": "Weeks",
        "type_category": "Learning",
        "image": {"id": listed.ref, "url": f"https://images.credly.com/{listed.ref}.png"},
        "url": f"https://www.credly.com/org/{body.code.lower()}/badge/{listed.entry.slug}",
        "issuer": {
            "summary": f"issued by {' and '.join(body.name for body in bodies)}",
            "entities": [
                {"label": "Issued by", "primary": body == bodies[0],
                 "entity": {"type": "Organization", "id": body.code, "name": body.name, "vanity_url": body.url}}
                for body in bodies
            ],
        },
        "badge_template_activities": [
            {"id": f"{listed.ref}-{number}", "activity_type": kind, "title": title}
            for number, (kind, title) in enumerate(_activities(listed))
        ],
        "endorsements": [],
        "skills": [{"id": subject, "name": subject} for subject in programme.subjects],
    }  # fmt: skip


def _activities(listed: Listed) -> list[tuple[str, str]]:
    """Return what earners have to do, by kind."""
    marks = assessment(listed)
    taken = ("Course", "Complete the course.")
    return [taken, ("Assessment", marks)] if marks else [taken]
