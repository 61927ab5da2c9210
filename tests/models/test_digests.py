"""Digests are those of the canonical JSON that is written down here once more, in the plainest way there is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.records import (
    Listing,
    Offering,
    OrganisationName,
    OrganisationRole,
    Price,
    PriceFacts,
    Programme,
    Quantity,
    facts_digest,
    facts_of,
    listing_digest,
)

WORDS = st.text(st.characters(), max_size=12)  # of all scripts, control characters and lone surrogates among them
NUMBERS = st.floats() | st.integers(-5, 5).map(float)
PRICES = st.builds(PriceFacts, price_type=st.none() | WORDS, price_amount=st.none() | NUMBERS,
                   price_is_from=st.none() | st.booleans())  # fmt: skip
PROGRAMMES = st.builds(
    Programme,
    ref=WORDS,
    kind=WORDS,
    title=st.none() | WORDS,
    languages=st.lists(WORDS, max_size=2).map(tuple),
    organisations=st.lists(
        st.builds(OrganisationRole, role=WORDS, name=WORDS, country=st.none() | WORDS), max_size=2
    ).map(tuple),
    eqf_level=st.none() | st.integers(1, 8),
    ects=st.none() | NUMBERS,
    price=PRICES,
    statements=st.dictionaries(WORDS, WORDS, max_size=3),
    verbatim=st.dictionaries(WORDS, WORDS, max_size=1),
    complete=st.booleans(),
)
OFFERINGS = st.builds(
    Offering, ref=WORDS, start_date=st.none() | st.dates(), start_is_unscheduled=st.none() | st.booleans(), price=PRICES
)
LISTINGS = st.builds(
    Listing,
    ref=WORDS,
    kind=WORDS,
    title=st.none() | WORDS,
    organisations=st.lists(st.builds(OrganisationName, role=WORDS, name=WORDS), max_size=2).map(tuple),
    duration=st.none() | st.builds(Quantity, text=WORDS, unit=st.none() | WORDS),
    prices=st.lists(st.builds(Price, text=WORDS, certificate=st.booleans()), max_size=2).map(tuple),
    statements=st.dictionaries(WORDS, WORDS, max_size=3),
    page_url=st.none() | WORDS,
)
APART = {"verbatim", "offerings", "page_url", "listing_digest", "complete"}


def without_unstated(value: Any) -> Any:
    """Nested records without what they do not state; mappings of words hold no ``None``."""
    if isinstance(value, dict):
        return {name: without_unstated(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [without_unstated(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def sha256(words: Any) -> str:
    text = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@given(PROGRAMMES | OFFERINGS)
def test_the_digest_of_facts_is_that_of_all_its_fields_but_the_provenance(record: Programme | Offering):
    facts = {name: without_unstated(value) for name, value in asdict(record).items() if name not in APART}
    assert facts_digest(record) == sha256(facts)
    assert json.dumps(facts_of(record), sort_keys=True) == json.dumps(facts, sort_keys=True)


@given(LISTINGS)
def test_the_digest_of_a_listing_is_that_of_what_it_states(listing: Listing):
    words = without_unstated(asdict(listing))
    assert listing_digest(listing) == sha256({k: v for k, v in words.items() if k not in {"page_url", "complete"}})


def test_numbers_that_are_equal_and_written_otherwise_have_other_digests():
    whole = Programme(ref="a", kind="course", title=None, price=PriceFacts(price_amount=1.0))
    as_integer = Programme(ref="a", kind="course", title=None, price=PriceFacts(price_amount=1))
    assert facts_digest(whole) != facts_digest(as_integer)
    assert facts_digest(whole) != facts_digest(as_integer)
