"""University of Tartu: the training API of the study information system, and the list on the web site.

The API serves other trainings beside micro-credential programmes; an observer has to leave those out.
"""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import Any

from sandbox.formats.prose import making
from sandbox.formats.shared import Answer, Request, in_html, in_json, plain_number
from sandbox.languages import LANGUAGE_NAMES
from sandbox.programme import Listed
from sandbox.refs import steady_uuid
from sandbox.world import World

_API = "ois2.ut.ee", "/api/trainings"
_LIST = "ut.ee", "/en/content/micro-credential-programmes"
_TYPES = {
    "microcredential": {"code": "MICRODEGREE", "et": "mikrokraadiprogramm", "en": "micro-credential programme"},
    "course": {"code": "TRAINING", "et": "täienduskoolitus", "en": "continuing education"},
}
_FORMS = {
    "blended": {"code": "BLENDED", "en": "blended learning"},
    "online": {"code": "ONLINE", "en": "online learning"},
    "presential": {"code": "ON_SITE", "en": "on-site learning"},
}


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the API (``start`` counts from 1) on its host and the list on the other."""
    asked = request.host, request.path
    if asked == _API:
        start = max(request.number("start", 1), 1)
        rows = world.with_aside("tartu", day)[start - 1 :][: request.number("take", 20)]
        return in_json([_training(one) for one in rows])
    if asked == _LIST:
        return _list(world.listed("tartu", day))
    return None


def addresses(world: World, day: date) -> list[str]:
    """Return the paths of all pages of the web site, for the sitemap."""
    return [_LIST[1], *(_page_of(one) for one in world.listed("tartu", day))]


def _page_of(listed: Listed) -> str:
    return f"/en/micro-credential/{listed.entry.slug}"


def _training(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    run = listed.offerings[-1] if listed.offerings else None
    titles = {"et": None if programme.language == "en" else listed.title.text, "en": listed.english_title}
    credit = programme.credits
    return {
        "uuid": steady_uuid(listed.ref),
        "code": listed.ref,
        "state": "CONFIRMED",
        "title": titles,
        "credits": int(credit) if credit is not None and credit == int(credit) else credit,
        "academic_hours": None if credit is None else round(credit * 26),
        "training_type": _TYPES[programme.kind],
        "language": {"code": programme.language, "en": LANGUAGE_NAMES[programme.language]},
        "price": listed.price.amount if listed.price else None,
        "currency": listed.price.currency if listed.price else None,
        "start_date": run.start.isoformat() if run else None,
        "end_date": run.end.isoformat() if run and run.end else None,
        "registration_end": (run.start - timedelta(days=10)).isoformat() if run else None,
        "study_form": _FORMS[programme.delivery],
        "description": {programme.language: making(listed) or None},
    }


def _list(listed: tuple[Listed, ...]) -> Answer:
    rows = "\n".join(_row(one) for one in listed)
    return in_html(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<title>Micro-credential programmes</title></head>\n"
        '<body><div class="view-micro-credentials"><table><thead><tr><th>Programme</th><th>Code</th><th>ECTS</th>'
        f"<th>Language</th></tr></thead>\n<tbody>{rows}</tbody></table></div></body></html>\n"
    )


def _row(listed: Listed) -> str:
    programme = listed.programme
    credit = "" if programme.credits is None else plain_number(programme.credits)
    return (
        f'<tr><td><a href="{_page_of(listed)}">{escape(listed.english_title)}</a></td><td>{listed.ref}</td>'
        f"<td>{credit}</td><td>{LANGUAGE_NAMES[programme.language]}</td></tr>"
    )
