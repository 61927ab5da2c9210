"""The catalogues' own formats, one module each: what a host answers to a path and a query on a day.

Every module has ``answer(world, day, request)``. It is pure and returns ``None`` for an address it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sandbox.catalogues import HOSTS
from sandbox.formats import (
    cornwall_college,
    coursera,
    edx,
    fun_mooc,
    futurelearn,
    mit_xpro,
    mitx_online,
    nova_academy,
    nzqa,
    opensap,
    tartu,
    udacity,
)
from sandbox.formats.shared import Answer, Request
from sandbox.world import World

_FORMATS: dict[str, Callable[[World, date, Request], Answer | None]] = {
    "coursera": coursera.answer,
    "futurelearn": futurelearn.answer,
    "udacity": udacity.answer,
    "cornwall_college": cornwall_college.answer,
    "fun_mooc": fun_mooc.answer,
    "edx": edx.answer,
    "mit_xpro": mit_xpro.answer,
    "mitx_online": mitx_online.answer,
    "opensap": opensap.answer,
    "nova_academy": nova_academy.answer,
    "tartu": tartu.answer,
    "nzqa": nzqa.answer,
}


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Return what ``request.host`` answers on ``day``, or ``None`` if it knows no such address.

    Raises:
        KeyError: if no catalogue answers for the host.
    """
    return _FORMATS[HOSTS[request.host]](world, day, request)
