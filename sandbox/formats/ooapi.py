"""eduXchange's Open Onderwijs API behind a key: version 5 on odd numbers, version 6 on even ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import assessment, description
from sandbox.formats.shared import Answer, Request, in_json, page_count, page_of, plain_number, refused
from sandbox.programme import Listed, Offering
from sandbox.world import World

_PAGE_MAX = 20


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/courses``."""
    if request.path != "/courses":
        return None
    if not request.key:
        return refused()
    listed = world.listed("eduxchange", day)
    size = min(request.number("pageSize", 0) or _PAGE_MAX, _PAGE_MAX)
    page, last = request.number("pageNumber", 1) or 1, page_count(len(listed), size)
    paging = {"pageSize": size, "pageNumber": page, "hasPreviousPage": page > 1, "hasNextPage": page < last}
    rows = [_version_5(one) if one.entry.number % 2 else _version_6(one) for one in page_of(listed, page, size)]
    return in_json({**paging, "totalPages": last, "items": rows})


def _common(listed: Listed) -> dict[str, Any]:
    marks = assessment(listed)
    return {
        "courseId": listed.ref,
        "primaryCode": {"codeType": "courseCode", "code": f"SBX-{listed.entry.number}"},
        "name": [{"language": "en-GB", "value": listed.title.text}],
        "description": [{"language": "en-GB", "value": description(listed, "assessment")}],
        "assessment": [{"language": "en-GB", "value": marks}] if marks else [],
        "duration": f"P{listed.programme.weeks}W",
        "fieldsOfStudy": "0611",
        "link": f"https://eduxchange.nl/courses/{listed.entry.slug}",
    }


def _version_5(listed: Listed) -> dict[str, Any]:
    body = listed.programme.organisation
    return {
        **_common(listed),
        "studyLoad": {"studyLoadUnit": "ects", "value": listed.programme.credits},
        "modeOfDelivery": ["online"],
        "teachingLanguage": "eng",
        "learningOutcomes": [[{"language": "en-GB", "value": "works with cases"}]],
        "organization": {"organizationId": body.code, "name": [{"language": "en-GB", "value": body.name}]},
        "offerings": [
            {"offeringId": run.ref, "startDate": run.start.isoformat(),
             "endDate": run.end.isoformat() if run.end else None,
             "enrollStartDate": run.enrolment_start.isoformat(), "priceInformation": _costs(listed)}
            for run in listed.offerings
        ],
    }  # fmt: skip


def _version_6(listed: Listed) -> dict[str, Any]:
    body = listed.programme.organisation
    return {
        **_common(listed),
        "studyLoad": [{"studyLoadUnit": "ects", "value": listed.programme.credits}],
        "modesOfDelivery": ["online"],
        "teachingLanguages": ["eng"],
        "formalDocument": "micro_credential_certificate",
        "organisation": {"organisationId": body.code, "name": [{"language": "en-GB", "value": body.name}]},
        "courseOfferings": [_offering(listed, run) for run in listed.offerings],
    }


def _offering(listed: Listed, run: Offering) -> dict[str, Any]:
    return {
        "courseOfferingId": run.ref,
        "startDateTime": f"{run.start.isoformat()}T09:00:00+02:00",
        "endDateTime": f"{run.end.isoformat()}T17:00:00+02:00" if run.end else None,
        "enrolmentPeriods": [{"startDateTime": f"{run.enrolment_start.isoformat()}T00:00:00+02:00"}],
        "state": "active",
        "priceInformation": _costs(listed),
    }


def _costs(listed: Listed) -> list[dict[str, str]]:
    if listed.price is None:
        return []
    return [{"costType": "total_costs", "amount": plain_number(listed.price.amount), "currency": listed.price.currency}]
