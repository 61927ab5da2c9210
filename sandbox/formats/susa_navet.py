"""Susa-navet's list of educations: pages counted from 0, with programmes and long courses among the short ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, page_count, page_of
from sandbox.programme import Listed
from sandbox.world import World

_PAGE_MAX = 30


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/susa-navet/emil3/educationInfos``; what is no short course stands on every page."""
    if request.path != "/susa-navet/emil3/educationInfos":
        return None
    listed = world.listed("susa_navet", day)
    rows = [_row(one) for one in listed]
    if rows:
        rows[5:5] = [_other("i.uoh.sbx.program1", "Civilingenjör", "program", "300")]
        rows.append(_other("i.uoh.sbx.long1", "Sommarkurs", "kurs", "30"))
    page, last = request.number("page", 0), page_count(len(rows), _PAGE_MAX)
    if page >= last:
        return None
    paging = {"number": page, "size": _PAGE_MAX, "totalElements": len(rows), "totalPages": last}
    return in_json({"educationInfos": page_of(rows, page + 1, _PAGE_MAX), "page": paging})


def _row(listed: Listed) -> dict[str, Any]:
    size = f"{listed.programme.credits:g}" if listed.programme.credits else None
    found = _other(listed.ref, listed.title.text, "kurs", size)
    found["content"]["description"] = {"strings": [{"lang": "swe", "value": description(listed)}]}
    return found


def _other(code: str, title: str, form: str, size: str | None) -> dict[str, Any]:
    return {
        "content": {
            "identifier": code,
            "title": {"strings": [{"lang": "swe", "value": title}, {"lang": "eng", "value": title}]},
            "configuration": {"code": form},
            "credits": {"system": "HP", "credits": size},
            "subjects": [{"type": "UH_Subject", "code": "DTG"}],
        }
    }
