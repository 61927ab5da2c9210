"""RMIT's shop on Shopify: products with one variant, pages counted up until one is empty."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, page_of
from sandbox.programme import Listed
from sandbox.world import World

_PAGE_MAX = 30


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/products.json``."""
    if request.path != "/products.json":
        return None
    size = min(request.number("limit", 0) or _PAGE_MAX, _PAGE_MAX)
    rows = page_of(world.listed("rmit_short_courses", day), request.number("page", 1) or 1, size)
    return in_json({"products": [_product(one) for one in rows]})


def _product(listed: Listed) -> dict[str, Any]:
    price = f"{listed.price.amount:.2f}" if listed.price else None
    return {
        "id": int(listed.ref),
        "title": listed.title.text,
        "handle": listed.entry.slug,
        "body_html": f"<p>{description(listed).replace('&', '&amp;')}</p>",
        "vendor": "RMIT Online",
        "product_type": "Short course",
        "tags": list(listed.programme.subjects),
        "variants": [
            {"id": int(listed.ref) + 1, "title": "Default Title", "price": price, "available": not listed.closed}
        ],
    }
