"""The catalogues' own formats: what a host answers to a path and a query on a day.

Modules of one catalogue have ``answer(world, day, request)``, those of a family ``answer(slug, world, day, request)``.
They are pure and return ``None`` for an address they do not know.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from sandbox.all_catalogues import CATALOGUES, HOSTS
from sandbox.formats import (
    cornwall_college,
    coursera,
    credly,
    ctdl,
    eduopen,
    edx,
    federica,
    fun_mooc,
    futurelearn,
    html_catalogue,
    kmooc,
    microsoft_learn,
    mit_learn,
    mit_sloan,
    mit_xpro,
    mitx_online,
    moochub,
    nova_academy,
    nzqa,
    ooapi,
    open_edx,
    openlearning,
    opensap,
    opintopolku,
    prolearn,
    shopify,
    susa_navet,
    swayam,
    tartu,
    udacity,
    xcri_oxford,
)  # fmt: skip
from sandbox.formats.shared import Answer, Request
from sandbox.world import World

Answering = Callable[[World, date, Request], Answer | None]

_OF_ONE: dict[str, Answering] = {
    "coursera": coursera.answer, "futurelearn": futurelearn.answer, "udacity": udacity.answer,
    "cornwall_college": cornwall_college.answer, "fun_mooc": fun_mooc.answer, "edx": edx.answer,
    "mit_xpro": mit_xpro.answer, "mitx_online": mitx_online.answer, "opensap": opensap.answer,
    "nova_academy": nova_academy.answer, "tartu": tartu.answer, "nzqa": nzqa.answer,
    "oxford_continuing_education": xcri_oxford.answer, "eduopen": eduopen.answer, "federica": federica.answer,
    "rmit_short_courses": shopify.answer, "opintopolku": opintopolku.answer, "susa_navet": susa_navet.answer,
    "swayam": swayam.answer, "microsoft_learn": microsoft_learn.answer, "mit_csail": prolearn.answer,
    "mit_learn": mit_learn.answer, "kmooc": kmooc.answer, "openlearning": openlearning.answer,
    "credential_registry": ctdl.answer, "eduxchange": ooapi.answer, "mit_sloan": mit_sloan.answer,
}  # fmt: skip
_OF_FAMILIES: dict[str, Callable[[str, World, date, Request], Answer | None]] = {
    "moochub": moochub.answer,
    "open_edx": open_edx.answer,
    "credly": credly.answer,
    "html_catalogue": html_catalogue.answer,
}


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Return what ``request.host`` answers on ``day``, or ``None`` if it knows no such address.

    Raises:
        KeyError: if no catalogue answers for the host.
    """
    answers = (_answering(slug)(world, day, request) for slug in HOSTS[request.host])
    return next((found for found in answers if found is not None), None)


def _answering(slug: str) -> Answering:
    family = CATALOGUES[slug].family
    return partial(_OF_FAMILIES[family], slug) if family in _OF_FAMILIES else _OF_ONE[slug]
