"""Federica's site: a sitemap index, and pages that embed schema.org data as JSON-LD."""

from __future__ import annotations

import json
from datetime import date
from html import escape

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_html, plain_number
from sandbox.languages import LANGUAGE_NAMES
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_HOST = "https://www.federica.eu"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_TYPES = {"institution": "CollegeOrUniversity", "employer": "Corporation", "government": "GovernmentOrganization"}
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the home page, both sitemaps and the page of every programme listed."""
    listed = {f"/mooc/{one.entry.slug}/": one for one in world.listed("federica", day)}
    if request.path == "/sitemap.xml":
        index = f"<sitemapindex {_SPACE}><sitemap><loc>{_HOST}/sitemap-courses.xml</loc></sitemap></sitemapindex>"
        return Answer(f"{_HEAD}{index}\n".encode(), "application/xml")
    if request.path == "/sitemap-courses.xml":
        urls = "".join(f"<url><loc>{_HOST}{path}</loc></url>\n" for path in ("/", "/chi-siamo/", *listed))
        return Answer(f"{_HEAD}<urlset {_SPACE}>\n{urls}</urlset>\n".encode(), "application/xml")
    if request.path in {"/", "/chi-siamo/"}:
        return _page("Federica Web Learning", "<p>Imparare online.</p>")
    return _course(listed[request.path]) if request.path in listed else None


def _course(listed: Listed) -> Answer:
    programme, price = listed.programme, listed.price
    bodies = [{"@type": _TYPES.get(body.kind, "Organization"), "name": body.name} for body in told(listed).bodies]
    address = f"{_HOST}/mooc/{listed.entry.slug}/"
    data = {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": f"{address}#course",
        "name": listed.title.text,
        "courseCode": listed.ref,
        "url": address,
        "description": description(listed),
        "inLanguage": programme.language,
        "provider": bodies[0] if len(bodies) == 1 else bodies,
        "about": [{"@type": "Thing", "name": subject} for subject in programme.subjects],
        "educationalCredentialAwarded": "Attestato" if told(listed).award else None,
        "timeRequired": f"P{programme.weeks}W",
        "offers": {"@type": "Offer", "category": "Paid" if price and price.amount else "Free",
                   "price": plain_number(price.amount if price else 0), "priceCurrency": "EUR"},
        "hasCourseInstance": [
            {"@type": "CourseInstance", "identifier": run.ref, "courseMode": "online",
             "startDate": run.start.isoformat(), "endDate": run.end.isoformat() if run.end else None,
             "instructor": {"@type": "Person", "name": "Sam Sandbox"}}
            for run in listed.offerings
        ],
    }  # fmt: skip
    script = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    body = f"<p>{escape(description(listed))}</p><p>{LANGUAGE_NAMES[programme.language]}</p>"
    return _page(listed.title.text, body, f'<script type="application/ld+json">{script}</script>')


def _page(title: str, body: str, script: str = "") -> Answer:
    return in_html(
        f'<!DOCTYPE html>\n<html lang="it"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta property="og:site_name" content="Federica Web Learning">{script}</head>\n'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )
