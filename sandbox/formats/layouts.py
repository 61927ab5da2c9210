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
    "duration": "期間",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The look of one site.

    ``card`` holds ``{url}`` and ``{title}``, ``around`` stands before and behind all cards. ``style`` names a way of
    printing facts, ``labels`` their words; ``about`` heads the description, ``weeks`` prints a duration, ``free`` a
    price of nothing.
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
        path="/english/education/micro-credentials", about="Content", style="definitions",
        labels=_english(credits="Study points", provider="Faculty"),
    ),
    "taltech": Layout(
        path="/en/micro-degrees", card=_VIEWS, style="table",
        labels=_english(credits="Volume", provider="School", delivery="Form of study", price="Fee"),
    ),
    "tlu": Layout(
        path="/mikrokraadid", card=_VIEWS, style="bold", language="et", free="tasuta", weeks="{} nädalat",
        labels={"credits": "Maht", "price": "Hind", "start": "Algus", "provider": "Instituut", "duration": "Kestus"},
    ),
    "unimelb": Layout(
        path="/study-with-us/professional-development/micro-credentials", style="pairs",
        card='<div data-test="card"><h3><a href="{url}">{title}</a></h3></div>',
        labels=_english(credits="Points", price="Fee", start="Dates", delivery="Mode"),
    ),
    "deakin": Layout(
        path="/courses/short-courses", style="breaks", around=("<ul>", "</ul>"),
        card='<li class="course"><h3><a href="{url}">{title}</a></h3><p class="course-type">Short course</p></li>',
        labels=_english(price="Fee", delivery="Delivery"),
    ),
    "sydney": Layout(
        path="/study/short-courses.html", style="headings",
        card='<div class="card"><h3><a href="{url}">{title}</a></h3><span class="type">Short course</span></div>',
        labels=_english(price="Fee", start="Commencing", delivery="Delivery mode"),
    ),
    "suny": Layout(
        path="/microcredentials/search/", card=_ROW, around=_TABLE, style="lines",
        labels=_english(credits="Credits", provider="Campus", delivery="Delivery"),
    ),
    "microcreds_ie": Layout(
        path="/courses", style="fields", weeks="{}", labels=_english(price="Fee", delivery="Delivery mode"),
    ),
    "ontario_portal": Layout(
        path="/micro-credentials", style="cells", weeks="{}",
        labels=_english(price="Cost", provider="Institution", delivery="Delivery mode", duration="Weeks"),
    ),
    "microcred_seeker": Layout(
        path="/search", card='<div class="course-card"><h3><a href="{url}">{title}</a></h3></div>', style="definitions",
        labels=_english(provider="Provider", delivery="Delivery mode"),
    ),
    "eciu": Layout(
        path="/browse", style="pairs", labels=_english(provider="Hosted by"),
        card='<article><h3><a href="{url}">{title}</a></h3><span class="type">Micro-module</span></article>',
    ),
    "euroteq": Layout(
        path="/course-catalogue/", card=_ROW, around=_TABLE, style="table", labels=_english(start="Start"),
    ),
    "shibaura": Layout(
        path="/en/global/gpbl/programs.html", style="bold",
        labels=_english(credits="Credits", start="Start", price="Fee"),
    ),
    "jv_campus": Layout(
        path="/courses/", style="definitions", language="ja", labels=_JAPANESE, about="概要", weeks="{}週間",
        free="無料",
    ),
    "jmooc": Layout(
        path="/course/", card='<div class="course"><h3><a href="{url}">{title}</a></h3></div>', style="table",
        language="ja", labels=_JAPANESE, about="概要", weeks="{}週間", free="無料",
    ),
}  # fmt: skip
"""The look of each catalogue, by its slug."""
