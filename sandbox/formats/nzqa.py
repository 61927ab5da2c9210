"""The register of New Zealand: HTML tables of 50 micro-credentials, and one page for each."""

from __future__ import annotations

from datetime import date
from html import escape

from sandbox.formats.prose import assessment, description
from sandbox.formats.shared import Answer, Request, in_html, page_count, page_of, plain_number
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_LIST = "/nzqf/search/microcredentials.do"
_VIEW = "/nzqf/search/viewQualification.do"
_PAGE = 50
_HEAD_EVERY = 20
_HEAD = "<tr><th>Number</th><th>Title</th><th>Level</th><th>Credits</th><th>Status</th></tr>"
_FIELDS = {
    "Data & AI": "020399 Information systems not elsewhere classified",
    "Health": "069999 Health not elsewhere classified",
    "Education": "070399 Curriculum and education studies not elsewhere classified",
    "Business": "080399 Business and management not elsewhere classified",
    "Engineering": "039999 Engineering and related technologies not elsewhere classified",
    "Environment": "050999 Environmental studies not elsewhere classified",
    "Law & Society": "099999 Society and culture not elsewhere classified",
    "Arts & Design": "109999 Creative arts not elsewhere classified",
}


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the list and the pages of what is on the register."""
    listed = world.listed("nzqa", day)
    if request.path == _LIST:
        return _list(listed, request.number("page", 1))
    if request.path == _VIEW:
        wanted = request.value("selectedItemKey")
        return next((_detail(one) for one in listed if one.ref == wanted), None)
    return None


def addresses(world: World, day: date) -> list[str]:
    """Return the addresses of all pages without their host, for the sitemap."""
    return [_LIST, *(_view(one) for one in world.listed("nzqa", day))]


def _view(listed: Listed) -> str:
    return f"{_VIEW}?selectedItemKey={listed.ref}"


def _title(listed: Listed) -> str:
    return escape(f"{listed.title.text} (Micro-credential)")


def _status(listed: Listed) -> str:
    return "Expiring" if listed.closed else "Current"


def _level(listed: Listed) -> int:
    return {"beginner": 3, "intermediate": 4, "advanced": 6}.get(listed.programme.level or "", 4)


def _credits(listed: Listed) -> str:
    return "" if listed.programme.credits is None else plain_number(listed.programme.credits)


def _list(listed: tuple[Listed, ...], page: int) -> Answer | None:
    last = page_count(len(listed), _PAGE)
    if not 1 <= page <= last:
        return None
    shown = page_of(listed, page, _PAGE)
    rows: list[str] = []
    for place, one in enumerate(shown):
        if place % _HEAD_EVERY == 0:
            rows.append(_HEAD)
        rows.append(
            f'<tr><td>{one.ref}</td><td><a href="{_view(one)}">{_title(one)}</a></td><td>{_level(one)}</td>'
            f"<td>{_credits(one)}</td><td>{_status(one)}</td></tr>"
        )
    first = (page - 1) * _PAGE + 1 if listed else 0
    following = f'<a class="next" href="{_LIST}?page={page + 1}">Next</a>' if page < last else ""
    return _page(
        "Micro-credentials",
        f'<p class="search-summary">Showing {first} to {(page - 1) * _PAGE + len(shown)} of {len(listed)} results</p>\n'
        f'<table class="results">{"".join(rows) or _HEAD}</table>\n{following}',
    )


def _detail(listed: Listed) -> Answer:
    programme, bodies = listed.programme, told(listed).bodies
    # Employers develop and do not deliver.
    teachers = [escape(body.name) for body in bodies if body.kind != "employer"]
    outcomes = f"People can use {' & '.join(programme.subjects)} at work."
    review = (listed.entry.spans[0].first.year + 5, "December")
    facts = [
        ("Number", listed.ref),
        ("Level", str(_level(listed))),
        ("Credits", _credits(listed)),
        ("NZSCED", escape("; ".join(_FIELDS[subject] for subject in programme.subjects))),
        ("Status", _status(listed)),
        *(("Developer", escape(body.name)) for body in bodies),
        ("Providers", f"<ul>{''.join(f'<li>{name}</li>' for name in teachers)}</ul>"),
        ("Purpose", escape(description(listed, "assessment"))),
        ("Outcomes", escape(f"{outcomes} {assessment(listed) or ''}".strip())),
        ("Review period", f"{review[1]} {review[0]}"),
    ]
    rows = "\n".join(f"<tr><th>{name}</th><td>{words}</td></tr>" for name, words in facts if words)
    return _page(listed.title.text, f'<h1>{_title(listed)}</h1><table class="details">\n{rows}\n</table>')


def _page(title: str, body: str) -> Answer:
    return in_html(
        f'<!DOCTYPE html>\n<html lang="en-NZ"><head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )
