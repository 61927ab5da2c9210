"""Lies about contents: what a catalogue tells of itself is well formed, and is not so.

A lie makes of what is listed in truth what is shown instead.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from html import escape

from sandbox.organisations import ORGANISATIONS
from sandbox.programme import Listed, Offering, Price, Title

Shown = tuple[Listed, ...]


Lie = Callable[[Shown], Shown]

_OTHER_NUMBERS = 50_000
_LETTERS = str.maketrans("aeiou", "eioua")
_MONTHS = 12


def _each(change: Callable[[Listed], Listed]) -> Lie:
    return lambda listed: tuple(change(one) for one in listed)


def _titled(one: Listed, text: str) -> Listed:
    return replace(one, title=Title(text, text if one.title.english else None))


def _translated(one: Listed) -> Listed:
    return _titled(one, f"Kurso: {one.title.text.translate(_LETTERS)}")


def _in_another_language(one: Listed) -> Listed:
    language = "es" if one.programme.language != "es" else "fr"
    return replace(_translated(one), programme=replace(one.programme, language=language))


def _renamed(one: Listed) -> Listed:
    return replace(one, entry=replace(one.entry, ref=f"{one.ref}-x"))


def _priced(change: Callable[[Price], Price | None]) -> Lie:
    return _each(lambda one: replace(one, price=change(one.price) if one.price else None))


def _poorer(one: Listed) -> Listed:
    programme = replace(one.programme, weeks=None, hours=None, credits=None, subjects=())
    return replace(one, programme=programme, price=None)


def _without_provider(one: Listed) -> Listed:
    tells = tuple(word for word in one.entry.tells if word not in {"lead", "partners"})
    nobody = replace(one.programme.organisation, name="", code="NOBODY")
    return replace(one, programme=replace(one.programme, organisation=nobody), entry=replace(one.entry, tells=tells))


def _by_the_platform(one: Listed) -> Listed:
    return replace(one, programme=replace(one.programme, organisation=ORGANISATIONS["UDACITY"], partners=()))


def _dated(change: Callable[[date], date]) -> Lie:
    def moved(run: Offering) -> Offering:
        return replace(run, start=change(run.start))

    return _each(lambda one: replace(one, offerings=tuple(moved(run) for run in one.offerings)))


def _exchanged(day: date) -> date:
    return day.replace(month=day.day, day=day.month) if day.day <= _MONTHS else day


def _other(one: Listed, ref: str, title: str) -> Listed:
    number = one.entry.number + _OTHER_NUMBERS
    entry = replace(one.entry, ref=f"{one.ref}{ref}", number=number, slug=f"{one.entry.slug}{ref}")
    return replace(_titled(one, title), entry=entry)


def _tests(listed: Shown) -> Shown:
    titles = ("Test course", "DO NOT USE - sandbox", "Lorem ipsum dolor sit amet")
    return (*listed, *(_other(one, "-test", title) for one, title in zip(listed, titles, strict=False)))


def _twins(listed: Shown) -> Shown:
    return (*listed, *(_other(one, "-copy", one.title.text) for one in listed))


def _unfiltered(listed: Shown) -> Shown:
    return tuple(one for each in listed for one in (each, *_strangers((each,), 1), *_strangers((each,), 2)))


def _strangers(listed: Shown, which: int) -> Shown:
    return tuple(_other(one, f"-s{which}", f"Stranger {which}: {one.title.text.translate(_LETTERS)}") for one in listed)


def _one_category(listed: Shown) -> Shown:
    subject = listed[0].programme.subjects[:1] if listed else ()
    return tuple(one for one in listed if one.programme.subjects[:1] == subject)


def _shifting(listed: Shown, page: int) -> Shown:
    """Once the first page is read, an entry of the second moves to the front, as in lists by the last change."""
    if page < 2 or not listed:
        return listed
    kind = listed[0].programme.kind
    moved = next((one for one in listed[len(listed) // 3 :] if one.programme.kind == kind), listed[0])
    return (moved, *(one for one in listed if one is not moved))


def _shuffled(listed: Shown, page: int) -> Shown:
    return tuple(random.Random(page).sample(listed, len(listed)))  # noqa: S311 - the same disorder every time


LIES: Mapping[str, Lie] = {
    "titles_translated": _each(_translated),
    "language_switched": _each(_in_another_language),
    "titles_equal": _each(lambda one: _titled(one, "Course")),
    "titles_of_site": _each(lambda one: _titled(one, "Home | Catalogue of courses")),
    "mojibake": _each(lambda one: _titled(one, one.title.text.encode().decode("latin-1"))),
    "escaped": _each(lambda one: _titled(one, escape(one.title.text).encode("ascii", "xmlcharrefreplace").decode())),
    "test_rows": _tests,
    "ids_renamed": _each(_renamed),
    "ids_half_renamed": lambda listed: tuple(_renamed(one) if n % 2 else one for n, one in enumerate(listed)),
    "fields_gone": _each(_poorer),
    "prices_gone": _priced(lambda _: None),
    "provider_gone": _each(_without_provider),
    "provider_is_platform": _each(_by_the_platform),
    "other_currency": _priced(lambda price: Price(round(price.amount * 1.08, 2), "USD")),
    "prices_zero": _priced(lambda price: Price(0.0, price.currency)),
    "prices_in_cents": _priced(lambda price: Price(price.amount * 100, price.currency)),
    "dates_a_day_off": _dated(lambda day: day - timedelta(days=1)),
    "dates_shifted": _dated(lambda day: day - timedelta(days=364)),
    "days_and_months": _dated(_exchanged),
    "addresses_moved": _each(lambda one: replace(one, entry=replace(one.entry, slug=f"new-{one.entry.slug}"))),
    "one_category": _one_category,
    "twins": _twins,
    "unfiltered": _unfiltered,
    "other_catalogue": lambda listed: _strangers(listed, 1),
    "all_closed": _each(lambda one: replace(one, closed=True)),
}
MOVING: Mapping[str, Callable[[Shown, int], Shown]] = {"shifting": _shifting, "shuffled": _shuffled}
"""Lists that change while they are read: what page (from 1) of the list is taken from."""

KINDS = (*LIES, *MOVING)
"""Every lie by its name.

================== ==================================================================================================
titles_translated  every title in another language, all else as it is
language_switched  titles and the language of teaching in another language
titles_equal       every title is "Course"; titles_of_site: every title is that of the site
mojibake           titles in UTF-8 read as Latin-1; escaped: with codes of characters in them
test_rows          three entries more that are tests
ids_renamed        every entry under another code; ids_half_renamed: every second
fields_gone        no price, duration, effort, credits and subjects; prices_gone, provider_gone: that alone
other_currency     prices in the currency of the visitor's country; prices_zero; prices_in_cents
dates_a_day_off    starts are a day earlier (a time zone); dates_shifted: a year; days_and_months: both exchanged
addresses_moved    the page of every entry has another address
provider_is_platform  the provider of every entry is the platform
one_category       the entries of one subject only; unfiltered: two strangers beside every entry
twins              every entry again under another code; other_catalogue: strangers instead of the entries
all_closed         every entry is closed for enrolment
shifting, shuffled the order of the list changes from page to page
================== ==================================================================================================
"""


def told(kind: str, page: int) -> Lie:
    """Return the lie ``kind`` as page ``page`` (from 1) of a list tells it.

    Raises:
        KeyError: if there is none of that name.
    """
    moving = MOVING.get(kind)
    return LIES[kind] if moving is None else lambda listed: moving(listed, page)
