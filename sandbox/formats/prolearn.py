"""MIT ProLearn's search: a posted GraphQL query, one answer with all documents, dates as seconds of the epoch."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json
from sandbox.programme import Listed
from sandbox.world import World


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/graphql`` if a query is posted there."""
    if request.path != "/graphql" or not request.body:
        return None
    query = json.loads(request.body).get("query", "")
    documents = [_document(one) for one in world.listed("mit_csail", day)] if "MIT CSAIL" in query else []
    return in_json({"data": {"searchAPISearch": {"result_count": len(documents), "documents": documents}}})


def _document(listed: Listed) -> dict[str, Any]:
    programme, price = listed.programme, listed.price
    return {
        "title": listed.title.text,
        "url": listed.ref,
        "certificate_name": "Professional Certificate" if programme.kind == "program" else None,
        "course_application_url": None,
        "course_link": None,
        "field_course_or_program": programme.kind,
        "start_value": [_seconds(run.start) for run in listed.offerings],
        "end_value": [_seconds(run.end or run.start) for run in listed.offerings],
        "department": "MIT CSAIL",
        "body": f"<p>{description(listed).replace('&', '&amp;')}</p>",
        "field_time_commitment": None,
        "field_duration": f"{programme.weeks} weeks",
        "field_non_degree_credits": None,
        "field_price": f"${price.amount:,.0f}" if price else None,
        "ucc_name": next(iter(programme.subjects), None),
        "format_name": "Online",
    }


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
