"""Credly's badge templates of one organisation: all issuers on one host, told apart by their paths."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, page_count, page_of
from sandbox.programme import Listed
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
    programme, body = listed.programme, listed.programme.organisation
    return {
        "id": listed.ref,
        "cost": "Free",
        "description": description(listed),
        "global_activity_url": body.url,
        "level": _LEVELS.get(programme.level or ""),
        "name": listed.title.text,
        "vanity_slug": listed.entry.slug,
        "time_to_earn": "Weeks",
        "type_category": "Learning",
        "image": {"id": listed.ref, "url": f"https://images.credly.com/{listed.ref}.png"},
        "url": f"https://www.credly.com/org/{body.code.lower()}/badge/{listed.entry.slug}",
        "issuer": {
            "summary": f"issued by {body.name}",
            "entities": [
                {"label": "Issued by", "primary": True,
                 "entity": {"type": "Organization", "id": body.code, "name": body.name, "vanity_url": body.url}}
            ],
        },
        "badge_template_activities": [{"id": f"{listed.ref}-a", "activity_type": "Course", "title": "Pass the exam."}],
        "endorsements": [],
        "skills": [{"id": subject, "name": subject} for subject in programme.subjects],
    }  # fmt: skip
