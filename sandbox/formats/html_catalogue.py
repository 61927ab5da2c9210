"""Catalogues of HTML pages: lists with links, and one page an entry, whose facts are printed behind labels.

Every site has its own markup and its own words; both stand in ``sandbox.formats.layouts``.
"""

from __future__ import annotations

from datetime import date
from html import escape

from sandbox.formats.layouts import LAYOUTS, Layout, facts
from sandbox.formats.prose import sentence
from sandbox.formats.shared import Answer, Request, in_html, page_count, page_of
from sandbox.languages import LANGUAGE_NAMES
from sandbox.programme import Listed
from sandbox.world import World

_PAGE = 18
_DELIVERY = {"online": "Online", "blended": "Blended", "presential": "On campus"}
_DELIVERY_JA = {"online": "オンライン", "blended": "ブレンド", "presential": "対面"}


def answer(slug: str, world: World, day: date, request: Request) -> Answer | None:
    """Answer the list, page by page, and the page of every programme listed."""
    layout, listed = LAYOUTS[slug], world.listed(slug, day)
    if request.path == layout.path:
        return _list(layout, listed, request)
    address = f"{request.path}?{request.query}" if request.query else request.path
    return next((_detail(layout, one) for one in listed if one.ref == address), None)


def _list(layout: Layout, listed: tuple[Listed, ...], request: Request) -> Answer | None:
    page, last = request.number("page", 1), page_count(len(listed), _PAGE)
    if not 1 <= page <= last:
        return None
    shown = page_of(listed, page, _PAGE)
    cards = "\n".join(layout.card.format(url=escape(one.ref), title=escape(one.title.text)) for one in shown)
    following = f'<a rel="next" href="{layout.path}?page={page + 1}">Next</a>' if page < last else ""
    return _page(layout, "Courses", f"{layout.around[0]}\n{cards}\n{layout.around[1]}\n{following}")


def _detail(layout: Layout, listed: Listed) -> Answer:
    programme = listed.programme
    run = listed.offerings[-1] if listed.offerings else None
    values = {
        "credits": f"{programme.credits:g}" if programme.credits else None,
        "language": LANGUAGE_NAMES[programme.language] if layout.language != "ja" else "日本語",
        "delivery": (_DELIVERY_JA if layout.language == "ja" else _DELIVERY)[programme.delivery],
        "price": _price(layout, listed),
        "start": run.start.isoformat() if run else None,
        "provider": programme.organisation.name,
        "duration": layout.weeks.format(programme.weeks),
        "subject": ", ".join(programme.subjects),
    }
    rows = [(layout.labels[name], words) for name, words in values.items() if words and name in layout.labels]
    about = f"<h2>{layout.about}</h2>\n<p>{escape(sentence(listed))}</p>"
    if programme.origin:
        about += f"\n<p>{escape(programme.origin)}</p>"
    title = f"<h1>{escape(listed.title.text)}</h1>"
    return _page(layout, listed.title.text, f"{title}\n{facts(layout.style, rows)}\n{about}")


def _price(layout: Layout, listed: Listed) -> str | None:
    price = listed.price
    if price is None:
        return None
    if not price.amount:
        return layout.free
    return f"{price.amount:,.0f}円" if price.currency == "JPY" else f"{price.amount:,.2f} {price.currency}"


def _page(layout: Layout, title: str, body: str) -> Answer:
    return in_html(
        f'<!DOCTYPE html>\n<html lang="{layout.language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'</head>\n<body><header><nav><a href="/">Home</a></nav></header>\n<main>\n{body}\n</main></body></html>\n'
    )
