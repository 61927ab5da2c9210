"""Answers that pretend: status 200 (or a redirect, or a 304) that stands for something else than the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sandbox.formats.shared import Answer, Request

ELSEWHERE = "www.edx.org"
"""Where ``elsewhere`` leads: another catalogue of the world."""
_HTML = "text/html; charset=utf-8"
_TOTAL_OFF = 7
_CAP = 4
_LOGIN = "/login"


def _page(title: str, body: str) -> Answer:
    text = f'<!DOCTYPE html>\n<html lang="en"><head><title>{title}</title></head><body>{body}</body></html>\n'
    return Answer(text.encode(), _HTML)


_FORM = _page(
    "Sign in",
    '<h1>Sign in</h1><form action="/login" method="post"><input name="user"><input type="password" name="password">'
    "<button>Sign in</button></form>",
)
PAGES: Mapping[str, Answer] = {
    "blank": Answer(b"", _HTML),
    "empty_list": Answer(b"[]", "application/json"),
    "consent": _page(
        "Before you continue",
        "<h1>We value your privacy</h1><p>We and our partners store cookies on your device.</p>"
        "<button>Accept all</button><button>Reject all</button>",
    ),
    "login_page": _FORM,
    "maintenance": _page("Scheduled maintenance", "<h1>We are down for maintenance</h1><p>We will be back soon.</p>"),
    "soft_404": _page("Page not found", "<main><h1>Page not found</h1><p>It may have moved.</p></main>"),
    "error_object": Answer(b'{"error":{"code":500,"message":"internal error"}}', "application/json"),
}
"""Whole answers under status 200."""

REDIRECTS = ("login_redirect", "elsewhere")


def asked_instead(kind: str, request: Request) -> Request:
    """Return what a host answers instead of what it was asked for."""
    if kind == "page_repeated":
        return replace(request, query=_with(request.query, page="1"))
    if kind == "page_capped":
        return replace(request, query=_with(request.query, page_size=str(_CAP)))
    return request


def pretended(kind: str, request: Request, answer: Answer, day: date) -> Answer:
    """Return ``answer`` as a host gives it that pretends; as it is for what is none of ``PRETENCES``."""
    if kind in PAGES:
        return PAGES[kind]
    if kind == "login_redirect":
        return _FORM if request.path == _LOGIN else _to(f"https://{request.host}{_LOGIN}")
    if kind == "elsewhere":
        return _to(f"https://{ELSEWHERE}{request.path}")
    change = _BODIES.get(kind)
    return answer if change is None else replace(answer, body=change(answer.body, day))


def _to(address: str) -> Answer:
    return Answer(b"", _HTML, 302, location=address)


def _with(query: str, **values: str) -> str:
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in values]
    return "&".join([*kept, *(f"{name}={value}" for name, value in values.items())])


def _in_json(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes, date], bytes]:
    """Return a change of a page of a list in JSON; other bodies stay as they are."""

    def changed(body: bytes, _: date) -> bytes:
        try:
            answer = json.loads(body)
        except ValueError:
            return body
        if not isinstance(answer, dict) or "results" not in answer:
            return body
        change(answer)
        return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()

    return changed


def _without_last(answer: dict[str, Any]) -> None:
    following = answer["next"]
    number = re.search(r"page=(\d+)", following) if following else None
    if number and int(number[1]) * len(answer["results"]) >= answer["count"]:
        answer["next"] = None


def _shorter(answer: dict[str, Any]) -> None:
    answer["results"] = answer["results"][: len(answer["results"]) // 2]


def _counted(difference: int) -> Callable[[dict[str, Any]], None]:
    def count(answer: dict[str, Any]) -> None:
        answer["count"] = max(1, answer["count"] + difference)

    return count


def _uncounted_end(answer: dict[str, Any]) -> None:
    _without_last(answer)
    answer["count"] = len(answer["results"])


_ADDRESS = re.compile(rb'("(?:absolute_url|page_url|url)":"[^"?]+)"')
_URL = re.compile(rb"<url>.*?</url>\n?", re.DOTALL)


def _tracked(body: bytes, day: date) -> bytes:
    return _ADDRESS.sub(rb'\1?utm_source=list&gclid=%d"' % day.toordinal(), body)


def _with_session(body: bytes, day: date) -> bytes:
    return _ADDRESS.sub(rb'\1;jsessionid=9F%d?PHPSESSID=c0ffee%d"' % (day.toordinal(), day.toordinal()), body)


def _all_of_today(body: bytes, day: date) -> bytes:
    return body.replace(b"</loc></url>", b"</loc><lastmod>%s</lastmod></url>" % day.isoformat().encode())


def _half_a_sitemap(body: bytes, _: date) -> bytes:
    entries = _URL.findall(body)
    return body.replace(b"".join(entries), b"".join(entries[: len(entries) // 2])) if entries else body


_BODIES: Mapping[str, Callable[[bytes, date], bytes]] = {
    "shortened": _in_json(_shorter),
    "last_page_missing": _in_json(_without_last),
    "last_page_unknown": _in_json(_uncounted_end),
    "total_more": _in_json(_counted(_TOTAL_OFF)),
    "total_fewer": _in_json(_counted(-_TOTAL_OFF)),
    "tracked": _tracked,
    "sessions": _with_session,
    "sitemap_today": _all_of_today,
    "sitemap_short": _half_a_sitemap,
}

PRETENCES: tuple[str, ...] = (
    *PAGES, *REDIRECTS, *_BODIES, "page_repeated", "page_capped", "yesterday", "not_modified"
)  # fmt: skip
"""Every pretence by its name.

================== ==================================================================================================
blank, empty_list, consent, login_page, maintenance, soft_404, error_object  that, under status 200
login_redirect     a redirect to a log-in page of the same host; elsewhere: to another catalogue
shortened          a page of a list in JSON with half its entries, well formed: its end was lost and repaired
last_page_missing  the last page of such a list is linked nowhere; last_page_unknown: and each page counts itself only
total_more, total_fewer  the list states 7 entries more, or fewer, than there are
page_repeated      every page of a list is the first
page_capped        pages hold 4 entries, whatever was asked for
tracked, sessions  addresses bear parameters of campaigns, or the number of a session
sitemap_today      every page of a sitemap changed today; sitemap_short: half its pages are missing
yesterday          what the host gave on another ``day``, under the headers of today
not_modified       304 to whoever shows a validator, whatever has changed
================== ==================================================================================================
"""
