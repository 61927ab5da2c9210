"""The Credential Registry's search behind a key: a posted query, answered in parts with the total beside them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sandbox.formats.prose import assessment, description
from sandbox.formats.shared import Answer, Request, in_json, refused
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_TAKE_MAX = 20


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/assistant/search/ctdl`` if a query is posted there."""
    if request.path != "/assistant/search/ctdl":
        return None
    if not request.key:
        return refused()
    asked = json.loads(request.body or b"{}")
    if asked.get("Query", {}).get("@type") != "ceterms:MicroCredential":
        return in_json({"data": [], "valid": False, "status": "the query is empty", "extra": None})
    listed, skip = world.listed("credential_registry", day), int(asked.get("Skip", 0))
    rows = listed[skip : skip + min(int(asked.get("Take", 10)), _TAKE_MAX)]
    total = {"TotalResults": len(listed), "RelatedItems": None}
    return in_json({"data": [_credential(one) for one in rows], "valid": True, "status": "", "extra": total})


def _credential(listed: Listed) -> dict[str, Any]:
    programme, price = listed.programme, listed.price
    marks = assessment(listed)
    state = "Suspended" if listed.closed else "Active"
    return {
        "@id": f"https://credentialengineregistry.org/resources/{listed.ref}",
        "@type": "ceterms:MicroCredential",
        "ceterms:ctid": listed.ref,
        "ceterms:name": {"en": listed.title.text},
        "ceterms:description": {"en": description(listed, "assessment")},
        "ceterms:subjectWebpage": f"https://greatlake.example/{listed.entry.slug}",
        "ceterms:inLanguage": ["en"],
        "ceterms:ownedBy": [
            {"@type": "ceterms:CredentialOrganization", "ceterms:name": {"en": programme.organisation.name},
             "ceterms:ctid": f"ce-{programme.organisation.code.lower()}"}
        ],
        "ceterms:offeredBy": [
            {"@type": "ceterms:CredentialOrganization", "ceterms:name": {"en": body.name},
             "ceterms:ctid": f"ce-{body.code.lower()}"}
            for body in (told(listed).bodies if told(listed).partners else ())
        ],
        "ceterms:assessmentMethodDescription": {"en": marks} if marks else None,
        "ceterms:estimatedCost": [
            {"@type": "ceterms:CostProfile", "ceterms:price": price.amount, "ceterms:currency": "US Dollar"}
        ] if price else [],
        "ceterms:estimatedDuration": [
            {"@type": "ceterms:DurationProfile", "ceterms:exactDuration": f"P{programme.weeks}W"}
        ],
        "ceterms:learningDeliveryType": [{"ceterms:targetNodeName": {"en": "Online Only"}}],
        "ceterms:lifeCycleStatusType": {"ceterms:targetNodeName": {"en": state}},
        "ceterms:subject": [{"ceterms:targetNodeName": {"en": subject}} for subject in programme.subjects],
    }  # fmt: skip
