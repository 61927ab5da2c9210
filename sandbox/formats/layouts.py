"""How the catalogues of HTML pages look: where their lists are, how cards and facts are printed, and their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

_ARTICLE = '<article><h3><a href="{url}">{title}</a></h3></article>'
_ROW = '<tr><td><a href="{url}">{title}</a></td></tr>'
_VIEWS = '<div class="views-row"><h3><a href="{url}">{title}</a></h3></div>'
_TABLE = ("<table><thead><tr><th>Course</th></tr></thead><tbody>", "</tbody></table>")
_ENGLISH = {
    "credits": "ECTS", "language": "Language", "delivery": "Format", "price": "Price", "start": "Start date",
    "provider": "University", "duration": "Duration",
}  # fmt: skip
_JAPANESE = {
    "language": "言語", "delivery": "形式", "price": "受講料", "start": "開講日", "provider": "提供大学",
    "duration": "期間", "partners": "連携企業",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The look of one site.

    ``card`` holds ``{url}`` and ``{title}``, ``around`` stands before and behind all cards. ``style`` names a way of
    printing facts, ``labels`` their words; ``about`` heads the description, ``weeks`` prints a duration, ``free`` a
    price of nothing. ``sections`` are headings of texts, by facts of the making (``sandbox.formats.prose``), and
    ``labels`` may have these facts as well. ``intro``: what is told of the making stands before the facts. ``joint`` is
    how several institutions are printed as providers: in ``rows``, with ``commas``, or only the first (empty).
    """

    path: str
    card: str = _ARTICLE
    around: tuple[str, str] = ("<section>", "</section>")
    style: str = "definitions"
    labels: Mapping[str, str] = field(default_factory=lambda: _ENGLISH)
    language: str = "en"
    about: str = "Overview"
    weeks: str = "{} weeks"
    free: str = "Free"
    sections: Mapping[str, str] = field(default_factory=dict)
    intro: bool = False
    joint: str = "rows"


def facts(style: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return facts in one of the ways in which sites print them.

    Raises:
        KeyError: if there is no such style.
    """
    before, row, behind = _STYLES[style]
    return before + "\n".join(row.format(label=escape(label), words=escape(words)) for label, words in rows) + behind


_STYLES = {
    "definitions": ('<dl class="facts">', "<dt>{label}:</dt><dd>{words}</dd>", "</dl>"),
    "table": ('<table class="facts">', "<tr><th>{label}</th><td>{words}</td></tr>", "</table>"),
    "cells": ("<table>", "<tr><td>{label}</td><td>{words}</td></tr>", "</table>"),
    "bold": ("", "<p><strong>{label}</strong>: {words}</p>", ""),
    "breaks": ("<p>", "<b>{label}: </b>{words}<br/>", "</p>"),
    "pairs": ("<div>", '<div><span class="l">{label}</span><span class="v">{words}</span></div>', "</div>"),
    "fields": ("", '<div class="field"><div class="l">{label}</div><div class="v">{words}</div></div>', ""),
    "headings": ("", "<h4>{label}</h4><p>{words}</p>", ""),
    "lines": ("<ul>", "<li>{label}: {words}</li>", "</ul>"),
}


def _english(**changes: str) -> dict[str, str]:
    return {**_ENGLISH, **changes}


LAYOUTS: dict[str, Layout] = {
    "ku_leuven": Layout(
        path="/english/education/micro-credentials", about="Content", style="definitions", joint="",
        sections={"assessment": "Evaluation"},
        labels=_english(credits="Study points", provider="Faculty"),
    ),
    "taltech": Layout(
        path="/en/micro-degrees", card=_VIEWS, style="table", joint="", intro=True,
        labels=_english(credits="Volume", provider="School", delivery="Form of study", price="Fee"),
    ),
    "tlu": Layout(
        path="/mikrokraadid", card=_VIEWS, style="bold", language="et", free="tasuta", weeks="{} nädalat", joint="",
        intro=True,
        labels={"credits": "Maht", "price": "Hind", "start": "Algus", "provider": "Instituut", "duration": "Kestus"},
    ),
    "unimelb": Layout(
        path="/study-with-us/professional-development/micro-credentials", style="pairs",
        sections={"assessment": "Assessment", "own_within_degree": "Credit towards further study"},
        card='<div data-test="card"><h3><a href="{url}">{title}</a></h3></div>',
        labels=_english(credits="Points", price="Fee", start="Dates", delivery="Mode"),
    ),
    "deakin": Layout(
        path="/courses/short-courses", style="breaks", around=("<ul>", "</ul>"),
        sections={"assessment": "Assessment", "own_within_degree": "Pathways"},
        card='<li class="course"><h3><a href="{url}">{title}</a></h3><p class="course-type">Short course</p></li>',
        labels=_english(price="Fee", delivery="Delivery"),
    ),
    "sydney": Layout(
        path="/study/short-courses.html", style="headings", sections={"assessment": "Assessment"},
        card='<div class="card"><h3><a href="{url}">{title}</a></h3><span class="type">Short course</span></div>',
        labels=_english(price="Fee", start="Commencing", delivery="Delivery mode", credential="Award"),
    ),
    "suny": Layout(
        path="/microcredentials/search/", card=_ROW, around=_TABLE, style="lines", about="Description", joint="",
        labels=_english(
            credits="Credits", provider="Campus", delivery="Delivery", partners="Industry partner",
            own_within_degree="Stacks into",
        ),
    ),
    "microcreds_ie": Layout(
        path="/courses", style="fields", weeks="{}", sections={"assessment": "How will I be assessed?"},
        labels=_english(price="Fee", delivery="Delivery mode"),
    ),
    "ontario_portal": Layout(
        path="/micro-credentials", style="cells", weeks="{}", about="Description",
        sections={"assessment": "How you are assessed"},
        labels=_english(
            price="Cost", provider="Institution", delivery="Delivery mode", duration="Weeks",
            partners="Industry partner",
        ),
    ),
    "microcred_seeker": Layout(
        path="/search", card='<div class="course-card"><h3><a href="{url}">{title}</a></h3></div>', style="definitions",
        labels=_english(
            provider="Provider", delivery="Delivery mode", credential="Certification", assessment="Assessment",
            own_within_degree="Stackability",
        ),
    ),
    "eciu": Layout(
        path="/browse", style="pairs", about="Description", joint="commas", sections={"assessment": "Assessment"},
        labels=_english(provider="Hosted by", partners="Challenge provider"),
        card='<article><h3><a href="{url}">{title}</a></h3><span class="type">Micro-module</span></article>',
    ),
    "euroteq": Layout(
        path="/course-catalogue/", card=_ROW, around=_TABLE, style="table", labels=_english(start="Start"),
        about="Content", sections={"assessment": "Examination"},
    ),
    "shibaura": Layout(
        path="/en/global/gpbl/programs.html", style="bold", sections={"assessment": "Assessment"},
        labels=_english(credits="Credits", start="Start", price="Fee", partners="Partners"),
    ),
    "jv_campus": Layout(
        path="/courses/", style="definitions", language="ja", labels=_JAPANESE, about="概要", weeks="{}週間",
        free="無料", sections={"assessment": "評価方法"},
    ),
    "jmooc": Layout(
        path="/course/", card='<div class="course"><h3><a href="{url}">{title}</a></h3></div>', style="table",
        language="ja", labels=_JAPANESE, about="概要", weeks="{}週間", free="無料", sections={"assessment": "成績評価"},
    ),
}  # fmt: skip
"""The look of each catalogue, by its slug."""
