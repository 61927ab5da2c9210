"""Nova Academy's catalogue: HTML lists of 20 programmes and one page for each."""

from __future__ import annotations

from datetime import date
from html import escape

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_html, page_count, page_of, plain_number
from sandbox.languages import LANGUAGE_NAMES
from sandbox.programme import Listed, Price
from sandbox.telling import told
from sandbox.world import World

_LIST = "/en/programmes"
_PAGE = 20
_FORMS = {"blended": "Blended", "online": "Online", "presential": "On campus"}
_CAMPUSES = {"UANTWERP": "Antwerp", "UGENT": "Ghent", "VUB": "Brussels"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the list and the pages of the programmes listed."""
    listed = world.listed("nova_academy", day)
    if request.path == _LIST:
        return _list(listed, request.number("page", 1))
    return next((_detail(one) for one in listed if one.ref == request.path), None)


def addresses(world: World, day: date) -> list[str]:
    """Return the paths of all pages, for the sitemap."""
    return [_LIST, *(one.ref for one in world.listed("nova_academy", day))]


def _list(listed: tuple[Listed, ...], page: int) -> Answer | None:
    last = page_count(len(listed), _PAGE)
    if not 1 <= page <= last:
        return None
    entries = "\n".join(_entry(one) for one in page_of(listed, page, _PAGE))
    shown = f'<ul class="programmes">\n{entries}\n</ul>' if entries else '<p class="no-results">Nothing found.</p>'
    following = f'<a rel="next" href="{_LIST}?page={page + 1}">Next</a>' if page < last else ""
    return _page(
        "Programmes",
        f'<p class="result-count">{len(listed)} programmes</p>\n{shown}\n<nav class="pager">{following}</nav>',
    )


def _entry(listed: Listed) -> str:
    return (
        f'<li class="programme"><h2><a href="{listed.ref}">{escape(listed.title.text)}</a></h2>'
        f"{_universities(listed)} "
        '<span class="type">Micro-credential</span></li>'
    )


def _universities(listed: Listed) -> str:
    universities = [body.name for body in told(listed).bodies if body.kind == "institution"]
    return "".join(f'<span class="university">{escape(name)}</span>' for name in universities)


def _detail(listed: Listed) -> Answer:
    programme = listed.programme
    facts = {
        "University": programme.organisation.name,
        "Type": "Micro-credential",
        "Language": LANGUAGE_NAMES[programme.language],
        "Study load": None if programme.credits is None else f"{plain_number(programme.credits)} ECTS credits",
        "Fee": _fee(listed.price),
        "Start": _words(listed.offerings[-1].start) if listed.offerings else None,
        "Form": _FORMS.get(programme.delivery),
        "Field": ", ".join(programme.subjects) or None,
        "Campus": None if programme.delivery == "online" else _CAMPUSES.get(programme.organisation.code),
        "Enrolment": "Closed" if listed.closed else "Open",
    }
    rows = "\n".join(f"<dt>{name}</dt><dd>{escape(words)}</dd>" for name, words in facts.items() if words is not None)
    intro = f"<p>{escape(description(listed))}</p>"
    return _page(
        listed.title.text,
        f'<main><h1>{escape(listed.title.text)}</h1>\n<div class="intro">{intro}</div>\n'
        f'<dl class="facts">\n{rows}\n</dl>\n'
        '<section class="admission"><h2>Admission requirements</h2>'
        "<p>A bachelor’s degree, or experience.</p></section>\n"
        f"{_units(listed)}</main>",
    )


def _units(listed: Listed) -> str:
    units = listed.programme.units
    if not units:
        return ""
    return '<ul class="course-units">' + "".join(f"<li>{escape(unit)} (1 ECTS)</li>" for unit in units) + "</ul>"


def _fee(price: Price | None) -> str | None:
    if price is None:
        return None
    return f"€ {plain_number(price.amount)}" if price.amount else "Free"


def _words(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _page(title: str, body: str) -> Answer:
    return in_html(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} | Nova Academy</title></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )
