"""MOOChub's two versions: JSON:API with the attributes of version 3 or of version 2, in pages of 20."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, midnight, page_count, page_of
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

PATHS = {
    "open_hpi": "/bridges/moochub/courses",
    "ki_campus": "/bridges/moochub/courses",
    "egov_campus": "/bridges/moochub/courses",
    "imoox": "/mooc/local/moochubs/classes/webservice.php",
    "oncampus": "/files/moochub.php",
    "futurelearnlab": "/hub/local/ildmeta/get_moochub_courses.php",
    "orca_nrw": "/moochub",
    "open_vhb": "/oersi.json",
}
_VERSION_2 = frozenset({"imoox", "oncampus", "futurelearnlab", "open_vhb"})
_PAGE = 20


def answer(slug: str, world: World, day: date, request: Request) -> Answer | None:
    """Answer the one list, page by page."""
    if request.path != PATHS[slug]:
        return None
    listed = world.listed(slug, day)
    page, last = request.number("page", 1), page_count(len(listed), _PAGE)
    if not 1 <= page <= last:
        return None
    links = {"self": request.with_query(page=page), "first": request.with_query(page=1)}
    links["last"] = request.with_query(page=last)
    if page < last:
        links["next"] = request.with_query(page=page + 1)
    row = _version_2 if slug in _VERSION_2 else _version_3
    data = [row(one, request.host) for one in page_of(listed, page, _PAGE)]
    return in_json({"links": links, "data": data}, "application/vnd.api+json")


def _version_3(listed: Listed, host: str) -> dict[str, Any]:
    programme = listed.programme
    bodies = [{"name": body.name, "url": body.url, "type": "Organization"} for body in told(listed).bodies]
    award = told(listed).award
    return {
        "id": listed.ref,
        "type": "Course",
        "attributes": {
            "name": listed.title.text,
            "courseCode": listed.entry.slug,
            "learningResourceType": {"identifier": "https://w3id.org/kim/hcrt/course", "type": "Concept"},
            "courseMode": ["online", "asynchronous"],
            "description": f"<p>{description(listed).replace('&', '&amp;')}</p>",
            "inLanguage": [programme.language],
            "startDate": [midnight(run.start, "08:00:00Z") for run in listed.offerings],
            "endDate": [midnight(run.end, "08:00:00Z") for run in listed.offerings],
            "expires": None,
            "instructor": [{"name": "Sam Sandbox", "type": "Person"}],
            "creator": [*bodies, {"name": "Sam Sandbox", "type": "Person"}],
            "publisher": {"name": host, "url": f"https://{host}/", "type": "Organization"},
            "url": f"https://{host}/courses/{listed.entry.slug}",
            "duration": f"P{programme.weeks}W",
            "workload": {"timeValue": programme.hours[0], "timeUnit": "h/week"} if programme.hours else None,
            "license": [{"identifier": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}],
            "access": ["free"],
            "offer": [{"price": 0, "priceCurrency": "EUR", "paymentFrequency": "one-time", "category": "course"}],
            "numberOfCredits": programme.credits,
            "educationalCredentialsAwarded": ["record of achievement"] if award else [],
            "educationalAlignment": [
                {"educationalFramework": "ISCED-F", "shortCode": "0611", "type": "EducationalAlignment",
                 "name": [{"inLanguage": "en", "name": subject}]}
                for subject in programme.subjects
            ],
            "keywords": list(programme.subjects),
        },
    }  # fmt: skip


def _version_2(listed: Listed, host: str) -> dict[str, Any]:
    programme = listed.programme
    run = listed.offerings[-1] if listed.offerings else None
    return {
        "type": "courses",
        "id": listed.ref,
        "attributes": {
            "name": listed.title.text,
            "courseCode": listed.entry.slug,
            "courseMode": "MOOC",
            "abstract": description(listed),
            "languages": [programme.language],
            "startDate": midnight(run.start) if run else None,
            "endDate": midnight(run.end) if run else None,
            "availableUntil": None,
            "instructors": [{"name": "Sam Sandbox"}],
            "learningObjectives": [],
            "partnerInstitutes": [{"name": body.name, "url": body.url} for body in told(listed).bodies],
            "moocProvider": {"name": host, "url": f"https://{host}/"},
            "url": f"https://{host}/courses/{listed.entry.slug}",
            "workload": programme.hours[0] if programme.hours else None,
            "duration": f"P{programme.weeks}W",
            "courseLicenses": [{"id": "CC-BY-4.0"}],
            "access": ["free"],
        },
    }
