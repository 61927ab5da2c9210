"""What holds for any listing whatever: built by hypothesis from hostile texts and from pieces of real ones."""

from __future__ import annotations

import string
import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.records import (
    Listing,
    Offering,
    OfferingListing,
    OrganisationName,
    Price,
    PriceFacts,
    Programme,
    Quantity,
    Source,
    facts_digest,
)
from models.vocab import vocabulary
from normalise.amounts import amounts
from normalise.dates import read_day
from normalise.people import without_contacts
from normalise.programme import normalise
from normalise.text import key, one_line, paragraphs
from normalise.urls import canonical_url

MakeSource = Callable[..., Source]
ON = date(2026, 11, 23)
ANY = st.text(st.characters(exclude_categories=()), max_size=60)  # with NUL and lone surrogates
PRINTED = (
    "0 1 2 3.5 1,000 12 2030 99999999999999999999 - – / + , . : ( ) % € $ £ kr 周 小时 每周 주 시간 1h30 ½ "
    "hours hour hrs weeks week wk months days year per a each every module modules in total plus and or to "
    "from free was now certificate ECTS hp credits EQF level 6 SCQF Sept 1er de octubre at least up P1D PT5H "
    "http:// https://a.example /x ?utm_source=1 #! & = jo@a.example &amp; &#0; en fr English n/a TBA online "
    "\x00 \ud800 \u200b \u202e \u0301 \n \t"
)
PIECES = st.lists(st.sampled_from(PRINTED.split(" ")), max_size=14).map(" ".join)
WORDS = ANY | PIECES | PIECES.map(lambda words: words.replace(" ", ""))
MAYBE = st.none() | WORDS
UNIT = st.none() | st.sampled_from(sorted(vocabulary("quantity_unit").words)) | WORDS
QUANTITY = st.none() | st.builds(Quantity, text=WORDS, unit=UNIT)
PRICES = st.lists(
    st.builds(
        Price,
        text=WORDS,
        currency=MAYBE,
        kind=MAYBE,
        period=MAYBE,
        certificate=st.booleans(),
        minor_units=st.booleans(),
    ),
    max_size=3,
).map(tuple)
ROLE = st.sampled_from(sorted(vocabulary("role").words)) | WORDS
ORGANISATION = st.builds(OrganisationName, role=ROLE, name=WORDS, kind=MAYBE, country=MAYBE, ref=MAYBE, url=MAYBE)
NAMED = st.dictionaries(WORDS, WORDS, max_size=3)
OFFERING = st.builds(
    OfferingListing,
    ref=WORDS,
    url=MAYBE,
    start=MAYBE,
    end=MAYBE,
    enrolment_start=MAYBE,
    enrolment_end=MAYBE,
    offer_state=MAYBE,
    pacing=MAYBE,
    delivery=MAYBE,
    mode_of_study=MAYBE,
    location=MAYBE,
    language=MAYBE,
    duration=QUANTITY,
    effort=QUANTITY,
    prices=PRICES,
    verbatim=NAMED,
)
LISTING = st.builds(
    Listing,
    ref=WORDS,
    kind=st.sampled_from(sorted(vocabulary("listing_kind").words)) | WORDS,
    title=MAYBE,
    url=MAYBE,
    kind_as_published=MAYBE,
    description=MAYBE,
    languages=st.lists(WORDS, max_size=3).map(tuple),
    organisations=st.lists(ORGANISATION, max_size=3).map(tuple),
    credential_label=MAYBE,
    level=MAYBE,
    delivery=MAYBE,
    pacing=MAYBE,
    mode_of_study=MAYBE,
    duration=QUANTITY,
    effort=QUANTITY,
    workload=QUANTITY,
    credits=QUANTITY,
    prices=PRICES,
    offer_state=MAYBE,
    subjects=st.lists(WORDS, max_size=3).map(tuple),
    statements=NAMED,
    verbatim=NAMED,
    offerings=st.lists(OFFERING, max_size=2).map(tuple),
    page_url=MAYBE,
)
COUNTRY = st.sampled_from(["IE", "US", "NZ", "EE", "JP", "SE"])
RANGES = ("duration_weeks", "effort_hours_per_week", "workload_hours")
SLOW = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
# The field whose words stand behind a typed value.
WORDS_BEHIND = {
    "platform_level": ("level",),
    "eqf_level": ("level",),
    "languages": ("languages",),
    "delivery": ("delivery",),
    "pacing": ("pacing",),
    "mode_of_study": ("mode_of_study",),
    "offer_state": ("offer_state",),
    "duration_weeks_min": ("duration", "effort", "workload"),
    "effort_hours_per_week_min": ("duration", "effort", "workload"),
    "workload_hours_min": ("duration", "effort", "workload", "credits"),
    "credits_value": ("duration", "effort", "workload", "credits"),
    "language": ("language",),
    "start_date": ("start_date",),
    "end_date": ("end_date",),
    "enrolment_start_date": ("enrolment_start_date",),
    "enrolment_end_date": ("enrolment_end_date",),
}


KEPT_WITH_PROBLEMS = frozenset({"url", "level", "languages", "price", "duration", "effort", "workload", "credits"})


@SLOW
@given(listing=LISTING, country=COUNTRY)
def test_any_listing_gives_a_sound_programme(make_source: MakeSource, listing: Listing, country: str):
    source = make_source(country=country)
    programme, problems = normalise(listing, source, ON)
    for record in (programme, *programme.offerings):
        _assert_ranges_in_order(record)
        _assert_money_never_negative(record.price)
        _assert_words_kept(record)
        assert _unstorable(record) == []
    spoken = [p for p in problems if p.field in KEPT_WITH_PROBLEMS and (p.words or "").strip()]
    assert [p for p in spoken if p.field not in programme.verbatim] == []
    assert {problem.code for problem in problems} <= set(vocabulary("problem_code").words)
    again, problems_again = normalise(listing, source, ON)
    assert (again, problems_again) == (programme, problems)
    assert facts_digest(again) == facts_digest(programme)


def _assert_ranges_in_order(record: Programme | Offering) -> None:
    for name in RANGES:
        least, most = getattr(record, f"{name}_min", None), getattr(record, f"{name}_max", None)
        assert least is None or least >= 0
        assert least is None or most is None or least <= most


def _assert_money_never_negative(price: PriceFacts) -> None:
    amounts_of = (price.price_amount, price.price_amount_max, price.certificate_price_amount)
    assert all(amount is None or amount >= 0 for amount in amounts_of)
    if price.price_amount is not None and price.price_amount_max is not None:
        assert price.price_amount <= price.price_amount_max


def _assert_words_kept(record: Programme | Offering) -> None:
    for name, behind in WORDS_BEHIND.items():
        if getattr(record, name, None) not in (None, ()):
            assert any(field in record.verbatim for field in behind), name
    if record.price != PriceFacts():
        assert "price" in record.verbatim


def _unstorable(record: Programme | Offering) -> list[str]:
    """Return the fields that hold a NUL or a lone surrogate, which no database stores."""
    skipped = {"offerings"} if not isinstance(record, Offering) else set()
    texts = {f.name: repr_of(getattr(record, f.name)) for f in fields(record) if f.name not in skipped}
    return [name for name, text in texts.items() if any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text)]


def repr_of(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(repr_of(part) for pair in value.items() for part in pair)
    if isinstance(value, tuple):
        return "".join(repr_of(part) for part in value)
    if is_dataclass(value):
        return "".join(repr_of(getattr(value, f.name)) for f in fields(value))
    return ""


@given(WORDS)
@example("0@0.0+@0.0")
@example("+1234567890+1234567890")
@example("tel 1234567+1234567890")
def test_cleaning_a_text_twice_changes_nothing(text: str):
    line, block = one_line(text), paragraphs(text)
    assert one_line(line) == line or "&" in line  # what was escaped three times is seen on the second reading
    assert paragraphs(block) == block or "&" in block
    assert key(key(text)) == key(text) or "&" in text
    assert without_contacts(without_contacts(text)) == without_contacts(text)


@given(
    st.text(string.ascii_letters + string.digits + "/?&=#%.:@é _~-+[]", max_size=50).map(
        lambda t: "https://a.example/" + t
    )
    | WORDS
)
def test_a_canonical_url_is_a_fixed_point(text: str):
    canonical = canonical_url(text).value
    if canonical is not None:
        assert canonical_url(canonical).value == canonical
        assert canonical.startswith(("https://", "http://"))


@given(
    st.text(string.ascii_lowercase + string.digits + "/_~-A", max_size=30), st.text(string.ascii_lowercase, max_size=9)
)
def test_an_address_without_anything_to_drop_stays_as_it_is(path: str, value: str):
    plain = f"https://a.example/{path}"
    assert canonical_url(plain).value == plain
    assert canonical_url(f"{plain}?q={value}").value == f"{plain}?q={value}"


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_range_is_read_in_either_order(first: int, second: int):
    read = amounts(f"{first}-{second} hours")
    assert read.hours is not None
    assert (read.hours.low, read.hours.high) == (min(first, second), max(first, second))


@given(st.dates(date(1990, 1, 1), date(2029, 12, 31)))
def test_an_iso_day_is_that_day(day: date):
    assert read_day(day.isoformat(), "en", "IE").day == day
    assert read_day(f"{day:%d %B %Y}", "en", "IE").day == day


BOMBS = (
    "1", "1-", "1 ", "1,", "1/2 ", "a", "€", "€1 ", "free ", "per week ", "each ", "周", "(at) ", "a.", "a@", "x@y.z ",
    "&amp;", "\n ", "\x00", "\ud800", "\u0301", "utm_a=1&", "%", "P1D", "EQF 1 ", " de ", "1万",
)  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_listing_of_long_texts_takes_bounded_time(make_source: MakeSource, bomb: str):
    text = (bomb * 100_000)[:100_000]
    quantity, price = Quantity(text=text, unit=text), Price(text=text, currency=text, kind=text, period=text)
    words = dict.fromkeys(("title", "url", "kind_as_published", "description", "credential_label", "level"), text)
    words |= dict.fromkeys(("delivery", "pacing", "mode_of_study", "offer_state", "page_url"), text)
    listing = Listing(
        ref=text,
        kind=text,
        **words,
        languages=(text,),
        organisations=(OrganisationName(role="taught_by", name=text, kind=text, country=text, ref=text, url=text),),
        duration=quantity,
        effort=quantity,
        workload=quantity,
        credits=quantity,
        prices=(price,),
        subjects=(text,),
        statements={"purpose": text},
        verbatim={text: text},
        offerings=(OfferingListing(ref=text, start=text, end=text, location=text, language=text),),
    )
    source = make_source()
    started = time.perf_counter()
    programme, _ = normalise(listing, source, ON)
    assert time.perf_counter() - started < 5
    assert len(programme.ref) <= 500
    assert all(len(kept) <= 2_000 for kept in programme.verbatim.values())
