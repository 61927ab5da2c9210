"""OpenLearning's interface behind a key: pages counted up until one is empty, the institution in the address."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, page_of, plain_number, refused
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_PAGE = 20


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/v2.1/courses/``."""
    if request.path != "/v2.1/courses/":
        return None
    if not request.value("api_key"):
        return refused()
    rows = page_of(world.listed("openlearning", day), request.number("page", 1) or 1, _PAGE)
    return in_json({"meta": {"status": 200}, "data": [_course(one) for one in rows]})


def _course(listed: Listed) -> dict[str, Any]:
    home = listed.programme.organisation.code.lower()
    price, body = listed.price, told(listed).lead
    return {
        "id": listed.ref,
        "url": f"https://www.openlearning.com/{home}/courses/{listed.entry.slug}/",
        "title": listed.title.text,
        "image": "https://cdn.openlearning.example/x.jpg",
        "institution": {"name": body.name} if body else None,
        "summary": description(listed, "lead"),
        "self_paced": True,
        "price": None
        if price is None
        else f"{price.currency} {plain_number(price.amount)}"
        if price.amount
        else "Free",
    }
