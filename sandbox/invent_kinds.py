"""Invents what each programme is and how it was developed, in the shares of ``sandbox.habits``.

Every catalogue draws from a generator of its own that nothing else draws from, so that titles, lives and prices are the
same with it and without it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sandbox.habits import HABITS, WAYS, WAYS_OF_OTHERS, Habits
from sandbox.making import ASSESSMENTS, AWARDS, Making, Organisation
from sandbox.organisations import ORGANISATIONS, PARTNERS
from sandbox.phrases_making import FIELDS
from sandbox.programme import Entry, Programme

_DEGREE_PRICE, _DEGREE_WEEKS = 7000, 16
_GUESTS = 0.08  # of programmes without an employer among their partners have speakers of one
_NEAR = 0.6  # of employers are of the institution's own country, where there is one
_SAYS_PARTNERS, _SAYS_GUESTS, _SAYS_NOTHING_IS_GRADED = 0.6, 0.7, 0.25
_SAYS_NO_CREDENTIAL, _GRADED_FOR_NOTHING = 0.5, 0.15
_GRADED = tuple(sorted(ASSESSMENTS - {"none"}))
_MINISTRIES = {"fr": "MINISTERE", "de": "LANDMIN"}
_FOUNDATIONS = {"fr": "CLAIRVAL", "de": "WISSEN"}


def with_kinds(ours: Iterable[Programme], habits: Habits, chance: random.Random) -> list[Programme]:
    """Return the programmes of a catalogue of such habits with what they are and how they were made."""
    return [_with_kind(one, habits, chance) for one in ours]


def _with_kind(one: Programme, habits: Habits, chance: random.Random) -> Programme:
    lead, degree = one.organisation, _leads_to_a_degree(one)
    ways: Mapping[str, int] = habits.ways if lead.kind == "institution" else WAYS_OF_OTHERS[lead.kind]
    # A college does not award degrees by itself.
    own, kinds = WAYS["domestic" if degree else _draw(ways, chance)]
    partners = tuple(_partner(kind, one, chance) for kind in kinds)
    must = "own_within_degree" in own or one.kind in {"program", "badge", "degree"} or _sells_certificates(one)
    credential, assessment = ("degree", "assignments") if degree else _award(one, habits, chance, must=must)
    other = chance.choice([field for field in FIELDS if field not in one.subjects])
    guests = () if "employer" in kinds or chance.random() >= _GUESTS else (_partner("employer", one, chance),)
    making = Making(
        own=own,
        fields=(*one.subjects[:1], other)[: 2 if "own_combined" in own else 1] if own else (),
        credential=credential,
        assessment=assessment,
        guests=guests,
    )
    made = replace(one, making=making, partners=partners)
    entries = (replace(entry, tells=tells_of(made, entry, HABITS[entry.source], chance)) for entry in one.entries)
    return replace(made, entries=tuple(entries))


def _draw(shares: Mapping[str, int], chance: random.Random) -> str:
    return chance.choices(tuple(shares), weights=tuple(shares.values()))[0]


def _leads_to_a_degree(one: Programme) -> bool:
    """Whether it is one of the long and dear courses of the college, which are higher certificates and degrees."""
    home = one.entries[0]
    dear = any(price.value.amount >= _DEGREE_PRICE for price in home.prices[:1])
    return home.source == "cornwall_college" and dear and (one.weeks or 0) >= _DEGREE_WEEKS


def _sells_certificates(one: Programme) -> bool:
    """Whether what is sold is the certificate, so that there must be one for as long as there is a price."""
    home = one.entries[0]
    return home.source == "fun_mooc" and any(price.value.amount for price in home.prices)


def _award(one: Programme, habits: Habits, chance: random.Random, *, must: bool) -> tuple[str, str]:
    """Return what is awarded and how learning is assessed; ``must``: there is a credential."""
    shares = {word: share for word, share in habits.awards.items() if not must or word in {"core", "broad"}}
    award = _draw(shares, chance)
    if award not in {"core", "broad"}:
        return award, "quizzes" if chance.random() < _GRADED_FOR_NOTHING else "none"
    credential = "nanodegree" if one.kind == "degree" else chance.choice(habits.credentials)
    return credential, chance.choice(_GRADED) if award == "core" else "none"


def _partner(kind: str, one: Programme, chance: random.Random) -> Organisation:
    """Return a partner of a programme: another institution (``domestic``, ``foreign``), an employer, a public body."""
    lead, language = one.organisation, one.language
    if kind == "ministry":
        return ORGANISATIONS[_MINISTRIES.get(language, "MINISTRY")]
    if kind == "foundation":
        return ORGANISATIONS[_FOUNDATIONS.get(language, "AURORA")]
    if kind == "employer":
        invented = [body for body in _invented("employer") if body != lead]
        near = [body for body in invented if body.country == lead.country]
        return chance.choice(near if near and chance.random() < _NEAR else invented)
    if kind == "foreign":
        return chance.choice([body for body in _invented("institution") if body.country != lead.country])
    # Where all institutions of a country run a catalogue of their own, one of these is the partner.
    at_home = [body for body in _invented("institution") if body.country == lead.country and body != lead]
    real = [body for body in PARTNERS if body.country == lead.country and body.kind == "institution"]
    return chance.choice(at_home or [body for body in real if body != lead])


def _invented(kind: str) -> list[Organisation]:
    return [body for body in PARTNERS if body.kind == kind and ".example/" in body.url]


def tells_of(one: Programme, entry: Entry, habits: Habits, chance: random.Random) -> tuple[str, ...]:
    """Return what a catalogue prints of the making. Every chance is drawn, so that no answer moves another."""
    draws = {word: chance.random() for word in ("credential", "assessment", "own", "partners", "lead", "guests")}
    making = one.making
    tells = {
        "credential": _states_award(one, entry, habits) or draws["credential"] < _share_of_credential(making, habits),
        "assessment": draws["assessment"] < _share_of_assessment(making, habits),
        "own": bool(making.own) and draws["own"] < habits.says_own,
        "partners": bool(one.partners) and (_need_partners(one) or draws["partners"] < _SAYS_PARTNERS),
        "guests": bool(making.guests) and draws["guests"] < _SAYS_GUESTS,
    }
    # Who says how it was made says who made it.
    tells["lead"] = tells["own"] or tells["partners"] or draws["lead"] < habits.says_lead
    return tuple(sorted(word for word, told in tells.items() if told))


def _states_award(one: Programme, entry: Entry, habits: Habits) -> bool:
    """Whether the format or the title says what is awarded, whatever is said besides."""
    if one.kind in {"badge", "degree"} or one.making.credential in {"qualification", "degree"}:
        return True
    if one.kind == "program":
        return entry.source != "coursera"
    if _sells_certificates(one):
        return True
    # In the sixth version of the Open Education API a formal document is due.
    return habits.flagged or (entry.source == "eduxchange" and entry.number % 2 == 0)


def _share_of_credential(making: Making, habits: Habits) -> float:
    return habits.says_credential if making.credential in AWARDS else _SAYS_NO_CREDENTIAL


def _share_of_assessment(making: Making, habits: Habits) -> float:
    if making.assessment != "none":
        # The syllabus of a Nanodegree names its projects; it is not left open what becomes of them.
        return 1.0 if making.credential == "nanodegree" else habits.says_assessment
    return _SAYS_NOTHING_IS_GRADED if making.credential in AWARDS else 0.0


def _need_partners(one: Programme) -> bool:
    """Whether silence would make a reader think that no institution was there."""
    return one.organisation.kind != "institution" and any(body.kind == "institution" for body in one.partners)
