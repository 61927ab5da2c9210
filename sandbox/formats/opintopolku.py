"""The search of Opintopolku: pages counted up until one is empty, names as maps of languages."""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request, in_json, page_of
from sandbox.programme import Listed
from sandbox.world import World


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/konfo-backend/external/search/koulutukset``."""
    if request.path != "/konfo-backend/external/search/koulutukset":
        return None
    listed = world.listed("opintopolku", day)
    size = request.number("size", 20) or 20
    hits = [_hit(one) for one in page_of(listed, request.number("page", 1) or 1, size)]
    return in_json({"total": len(listed), "hits": hits})


def _hit(listed: Listed) -> dict[str, Any]:
    programme = listed.programme
    return {
        "oid": listed.ref,
        "nimi": {"fi": listed.title.text, "en": listed.english_title},
        "koulutustyyppi": "kk-opintokokonaisuus",
        "kuvaus": {"fi": f"<p>{description(listed).replace('&', '&amp;')}</p>"},
        "opintojenLaajuusNumero": programme.credits,
        "opintojenLaajuusNumeroMin": None,
        "opintojenLaajuusyksikko": {"koodiUri": "opintojenlaajuusyksikko_2", "nimi": {"fi": "opintopistettä"}},
        "toteutustenTarjoajat": {"count": 1, "nimi": {"fi": programme.organisation.name}},
        "koulutukset": [{"koodiUri": "koulutus_1", "nimi": {"fi": subject}} for subject in programme.subjects],
        "tutkintonimikkeet": [],
        "isAvoinKorkeakoulutus": True,
        "pieniOsaamiskokonaisuus": True,
    }
