"""Reads calendar days: ISO 8601, epoch seconds and milliseconds, RFC 822, and days with month names in many languages.

Only whole, absolute days. "September 2026" is a problem, "in six weeks" is none of a date's business, and "TBA" says
that no day is set.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache

from normalise.countries import LOCALES
from normalise.reading import Trouble
from normalise.text import key
from normalise.words import absent_words, unscheduled_words

TEXT_MOST = 60
YEAR_LEAST = 1990  # before the first catalogue on the web: a placeholder
YEAR_NEVER = 2050  # from here on a placeholder for "never": 2050-01-01, 2099-12-31, 9999-12-31
# The default start of a run in Open edX (DEFAULT_START_DATE in xmodule/course_metadata_utils.py) means "not set".
OPEN_EDX_UNSET = date(2030, 1, 1)

_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4}(?:\d{2})?Z?)?")
_EPOCH = re.compile(r"-?(?:\d{9,10}(?:\.\d{1,6})?|\d{13})")
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?(?:\s?\([^)]{1,3}\))?")
_REIWA = re.compile(r"令和\s?(\d{1,2}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日?")
_YEAR_FIRST = re.compile(r"(\d{4})[./-]\s?(\d{1,2})[./-]\s?(\d{1,2})\.?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4})\.?")
_RFC822 = re.compile(r"(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? (?:[+-]\d{4}|GMT|UTC|Z)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_RANGE = re.compile(r"\d\s?[–—-]\s?\d|\bto\b|\bbis\b|\d{4}/\d{2}")
_MONTH_IN_FIGURES = re.compile(r"\d{4}[-./]\d{1,2}|\d{1,2}[-./]\d{4}")
_DAY_FIRST = re.compile(
    r"(?:[^\W\d_]+\.?,? )?(\d{1,2})(?:\.|º|ª|st|nd|rd|th|er|e)?(?: of(?= )| de(?= )| d')? ?([^\W\d_]{3,})\.?,?"
    r"(?: de| del)? (\d{4})\.?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d_]+\.?,? )?([^\W\d_]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\.?", re.IGNORECASE
)
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH"})
_EITHER_ORDER_COUNTRIES = frozenset({"CA"})


@dataclass(frozen=True, slots=True)
class DayReading:
    """A day, or that none is set (``unscheduled``), or trouble, or nothing of these: nothing stated."""

    day: date | None = None
    unscheduled: bool = False
    trouble: Trouble | None = None


def read_day(words: str, language: str | None, country: str | None) -> DayReading:
    """Read a day. It is the day as printed: a time with an offset keeps the day of the place it was printed for.

    ``language`` (BCP 47) and ``country`` (ISO 3166-1 alpha-2) are those of the source: they decide the names of months
    and the order of "03/04/2026". Days that stand for "never" (2050 and later, 1 January 2030 in Open edX) are
    unscheduled.
    """
    text = words[: 4 * TEXT_MOST].strip()
    if len(words) > 4 * TEXT_MOST or len(text) > TEXT_MOST:
        return DayReading(trouble=Trouble("unparsed", "too long for a date"))
    return _read_day(text, language, country)


@lru_cache(maxsize=16_384)
def _read_day(words: str, language: str | None, country: str | None) -> DayReading:
    text = unicodedata.normalize("NFKC", words).strip()
    folded = key(text)
    if folded in unscheduled_words():
        return DayReading(unscheduled=True)
    if not folded or folded in absent_words():
        return DayReading()
    try:
        day = _numeric(text, country) or _worded(text, language) or _partial(text)
    except (ValueError, OverflowError):
        return DayReading(trouble=Trouble("unparsed", "no such day"))
    return DayReading(trouble=day) if isinstance(day, Trouble) else _judged(day)


def _judged(day: date) -> DayReading:
    if day.year >= YEAR_NEVER or day == OPEN_EDX_UNSET:
        return DayReading(unscheduled=True)
    if day.year < YEAR_LEAST:
        return DayReading(trouble=Trouble("out_of_range", f"a day before {YEAR_LEAST}"))
    return DayReading(day=day)


def _numeric(text: str, country: str | None) -> date | Trouble | None:
    if found := _YEAR_LAST.fullmatch(text):
        return _year_last(int(found[1]), found[2], int(found[3]), int(found[4]), country)
    matches = ((pattern.fullmatch(text), read) for pattern, read in _FORMS)
    return next((read(found) for found, read in matches if found), None)


def _year_first(found: re.Match[str]) -> date:
    return date(int(found[1]), int(found[2]), int(found[3]))


def _iso(found: re.Match[str]) -> date:
    return date(int(found[1]), int(found[2]), int(found[3]))


def _epoch(found: re.Match[str]) -> date:
    number = float(found[0])
    seconds = number / 1000 if abs(number) >= 1e11 else number
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).date()


def _reiwa(found: re.Match[str]) -> date:
    return date(2018 + (1 if found[1] == "元" else int(found[1])), int(found[2]), int(found[3]))


def _rfc822(found: re.Match[str]) -> date:
    return parsedate_to_datetime(found[0]).date()


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
    (_ISO, _iso),
    (_COMPACT, _year_first),
    (_EPOCH, _epoch),
    (_REIWA, _reiwa),
    (_CJK, _year_first),
    (_YEAR_FIRST, _year_first),
    (_RFC822, _rfc822),
)


def _year_last(first: int, sign: str, second: int, year: int, country: str | None) -> date | Trouble:
    if first > 12 or (sign == "." and second <= 12) or first == second:
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    if country in _MONTH_FIRST_COUNTRIES:
        return date(year, first, second)
    if country is None or country in _EITHER_ORDER_COUNTRIES:
        return Trouble("ambiguous", "day and month may stand in either order")
    return date(year, second, first)


def _worded(text: str, language: str | None) -> date | None:
    if found := _DAY_FIRST.fullmatch(text):
        day, name, year = found[1], found[2], found[3]
    elif found := _MONTH_FIRST.fullmatch(text):
        name, day, year = found[1], found[2], found[3]
    else:
        return None
    month = _month((language or "").partition("-")[0].lower(), key(name))
    return date(int(year), month, int(day)) if month else None


def _month(language: str, name: str) -> int | None:
    """Return the month of a name: in the language of the source, else in English, else if all languages agree."""
    own = _months_of(language).get(name) if language in LOCALES else None
    return own or _months_of("en").get(name) or _months_of_all().get(name)


@cache
def _months_of(language: str) -> dict[str, int]:
    from babel import Locale

    months = Locale(language).months
    named = (months[context][width] for context in ("format", "stand-alone") for width in ("wide", "abbreviated"))
    names = {key(str(name)): month for table in named for month, name in table.items()}
    return names | ({"sept": 9} if language == "en" else {})


@cache
def _months_of_all() -> dict[str, int]:
    """Return month by name; one that two languages give to two months ("listopad") is left out."""
    found: dict[str, set[int]] = {}
    for language in LOCALES:
        for name, month in _months_of(language).items():
            found.setdefault(name, set()).add(month)
    return {name: months.pop() for name, months in found.items() if len(months) == 1}


def _partial(text: str) -> Trouble:
    if _MONTH_IN_FIGURES.fullmatch(text) or (_YEAR.search(text) and not _RANGE.search(text)):
        return Trouble("ambiguous", "not a whole day: a month, a season or a year")
    return Trouble("unparsed", "no date")
