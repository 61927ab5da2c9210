"""Addresses and telephone numbers are taken out of texts; numbers that may be something else stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.records import Problem, Stage
from normalise.people import impersonal, without_contacts


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("Call +44 (0)1326 310310 now", "Call [telephone removed] now"),
        ("+1 617-253-1000", "[telephone removed]"),
        ("Tel: 01326 310310.", "Tel: [telephone removed]."),
        ("Téléphone : 02 96 46 53 53", "Téléphone : [telephone removed]"),
        ("Fax no. 020-7946-0958", "Fax no. [telephone removed]"),
        ("phone us on 01326 310310", "phone us on [telephone removed]"),
        ("Telefon +49/89/2180-0123", "Telefon [telephone removed]"),
        ("a&#64;b.org", "[e-mail removed]"),
        ("jo%40uni.example.org", "[e-mail removed]"),
        ("jo [at] uni [dot] example", "[e-mail removed]"),
        ("jo＠uni.example", "[e-mail removed]"),
        # What stays
        ("2016 2017 2018 2019", "2016 2017 2018 2019"),
        ("C++ 2011-2014-2017", "C++ 2011-2014-2017"),
        ("2016-05-01T00:00:00+0200", "2016-05-01T00:00:00+0200"),
        ("CIP 14.0901 / ISBN 978-3-16-148410-0", "CIP 14.0901 / ISBN 978-3-16-148410-0"),
        ("over 10000000 learners", "over 10000000 learners"),
        ("EUR 1 200 000", "EUR 1 200 000"),
        ("telematics 2024 2025", "telematics 2024 2025"),
        ("Hotel 2024/2025", "Hotel 2024/2025"),
        ("phone apps in 2016", "phone apps in 2016"),
        ("@home, @work", "@home, @work"),
    ],
)
def test_addresses_go_and_other_numbers_stay(printed: str, kept: str) -> None:
    assert without_contacts(printed) == kept


@given(st.text(st.sampled_from("0123456789 +()-./telphon:@[]a%4&#;"), max_size=80))
def test_a_second_time_changes_nothing(text: str) -> None:
    assert without_contacts(without_contacts(text)) == without_contacts(text)


@pytest.mark.parametrize("text", ["1 " * 100_000, "+1(" * 50_000, "tel " * 50_000, "a@" * 50_000, "1((((" * 20_000])
def test_hostile_text_costs_little(text: str) -> None:
    import time

    begun = time.process_time()
    without_contacts(text)
    assert time.process_time() - begun < 2


def test_the_words_of_a_problem_hold_no_address() -> None:
    problem = Problem(
        stage=Stage.PARSE, code="record_invalid", message="no date in jo@uni.example", words="Tel. 01326 310310"
    )
    kept = impersonal(problem)
    assert (kept.message, kept.words) == ("no date in [e-mail removed]", "Tel. [telephone removed]")
