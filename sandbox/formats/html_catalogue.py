"""Catalogues of HTML pages: lists with links, and one page an entry, whose facts are printed behind labels.

Every site has its own markup and its own words; both stand in ``sandbox.formats.layouts``.
"""

from __future__ import annotations

from datetime import date
from html import escape

from sandbox.formats.layouts import LAYOUTS, Layout, facts
from sandbox.formats.prose import assessment, description, making, own, sentence
from sandbox.formats.shared import Answer, Request, in_html, page_count, page_of
from sandbox.languages import LANGUAGE_NAMES
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_PAGE = 18
_AWARDS = {
    "certificate": "Certificate of completion", "badge": "Digital badge", "microcredential": "Micro-credential",
    "attendance": "Statement of attendance", "none": "No certificate",
}  # fmt: skip
_PLACES = "credential", "assessment", "own_within_degree"
"""Facts of the making that a site may print behind a label or under a heading of their own."""
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
        "credential": _AWARDS.get(told(listed).credential or ""),
        "assessment": assessment(listed),
        "own_within_degree": own(listed, "own_within_degree"),
        "partners": ", ".join(body.name for body in told(listed).partners if body.kind != "institution"),
        "start": run.start.isoformat() if run else None,
        "duration": layout.weeks.format(programme.weeks),
        "subject": ", ".join(programme.subjects),
    }
    rows = [(layout.labels[name], words) for name, words in values.items() if words and name in layout.labels]
    rows += [(layout.labels["provider"], name) for name in _providers(layout, listed)]
    title = f"<h1>{escape(listed.title.text)}</h1>"
    return _page(layout, listed.title.text, f"{title}\n{_texts(layout, listed, facts(layout.style, rows))}")


def _providers(layout: Layout, listed: Listed) -> list[str]:
    programme = listed.programme
    partners = [body.name for body in told(listed).partners if body.kind == "institution" and layout.joint]
    names = [programme.organisation.name, *partners]
    return [", ".join(names)] if layout.joint == "commas" else names


def _texts(layout: Layout, listed: Listed, rows: str) -> str:
    """Return the facts, and what is told in whole sentences around them."""
    sections = {heading: _section(listed, fact) for fact, heading in layout.sections.items()}
    own_places = [fact for fact in _PLACES if fact in layout.labels or fact in layout.sections]
    about = sentence(listed) if layout.intro else description(listed, *own_places)
    parts = [f'<div class="intro"><p>{escape(_intro(layout, listed))}</p></div>'] if layout.intro else []
    parts += [rows, f"<h2>{layout.about}</h2>\n<p>{escape(about)}</p>"]
    parts += [f"<h2>{heading}</h2>\n<p>{escape(words)}</p>" for heading, words in sections.items() if words]
    return "\n".join(parts)


def _intro(layout: Layout, listed: Listed) -> str:
    """Return what a page of a micro-degree begins with: its size, and how it was made."""
    size = f"{listed.programme.credits:g}"
    begin = f"Mikrokraadiprogramm mahuga {size} EAP." if layout.language == "et" else f"A micro-degree of {size} ECTS."
    return f"{begin} {making(listed)}".strip()


def _section(listed: Listed, fact: str) -> str | None:
    return assessment(listed) if fact == "assessment" else own(listed, fact)


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
