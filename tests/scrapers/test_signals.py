"""What signals say, when they can say "the same", and when they have earned trust."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pages import page_of

from scrapers.signals import Evidence, entry, evidence, is_settled, lastmod
from scrapers.sitemaps import sitemap


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


def test_a_sitemap_says_when_its_pages_last_changed() -> None:
    body = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <url><loc> https://a.example/1 </loc><lastmod>
      2026-01-02T03:04:05+01:00 </lastmod></url>
    <url><loc>https://a.example/2</loc></url><url><loc>https://a.example/3</loc><lastmod/></url></urlset>"""
    listed = sitemap(page_of(body, "application/xml"))
    assert listed.pages == ("https://a.example/1", "https://a.example/2", "https://a.example/3")
    assert listed.signals == {"https://a.example/1": "sitemap_lastmod 2026-01-02T03:04:05+01:00"}


def test_words_too_long_for_a_date_are_kept_as_a_digest() -> None:
    long = lastmod("x" * 10_000)
    assert long is not None
    assert len(long) < 100
    assert long != lastmod("x" * 10_001)


@pytest.mark.parametrize(
    ("words", "fetched", "settled"),
    [
        ("2026-01-02", "2026-01-02T23:59", False),  # a second change on that day would say the same
        ("2026-01-02", "2026-01-03T11:59", False),  # it is still that day somewhere
        ("2026-01-02", "2026-01-03T12:00", True),
        ("2026-01", "2026-02-01T11:00", False),
        ("2026-01", "2026-02-01T12:00", True),
        ("2026", "2027-01-01T13:00", False),
        ("2026", "2027-01-02T12:00", True),
        ("2026-01-02T10:00Z", "2026-01-02T10:00:30", False),
        ("2026-01-02T10:00Z", "2026-01-02T10:01", True),
        ("2026-01-02T10:00:00+02:00", "2026-01-02T08:00:01", True),
        ("2026-01-02T10:00:00.1234567Z", "2026-01-02T10:00:01", False),
        ("2026-01-02T10:00:00.1234567Z", "2026-01-02T10:00:02", True),
        ("2026-01-02T10:00:00", "2026-01-02T21:00", False),  # no zone
        ("2099-01-01", "2026-01-02T10:00", False),
        ("9999-12-31", "2026-01-02T10:00", False),
        ("yesterday", "2026-01-02T10:00", False),
    ],
)
def test_a_date_vouches_only_for_what_was_fetched_after_it_was_over(words: str, fetched: str, settled: bool) -> None:
    signal = lastmod(words)
    assert signal is not None
    assert is_settled(signal, at(fetched)) is settled


def test_an_entry_is_told_by_all_it_says() -> None:
    assert entry(["Cheese", "90"]) == entry(iter(["Cheese", "90"]))
    assert len({entry(["Cheese", "90"]), entry(["Cheese", "95"]), entry(["Cheese90"]), entry(["Chees", "e90"])}) == 4
    assert is_settled(entry(["Cheese"]), at("2026-01-01"))


def counts(checked: int, announced: int, missed: int = 0) -> dict[str, dict[str, int]]:
    return {"entry": {"checked": checked, "announced": announced, "missed": missed, "vouched": 9}}


@pytest.mark.parametrize(
    ("looks", "trusted"),
    [
        ([], False),
        ([counts(300, 5)], True),
        ([counts(299, 5)], False),
        ([counts(5_000, 4)], False),  # it has not been seen to speak
        ([counts(100, 5), counts(200, 0)], True),
        ([counts(100, 3), {}, {"sitemap_lastmod": {"checked": 100}}, counts(200, 2)], True),
        ([counts(100, 5), counts(900, 9, missed=1)], False),  # the latest comes first
        ([counts(300, 5), counts(900, 9, missed=1), counts(900, 9)], True),
        ([counts(300, 5, missed=1), counts(900, 9)], False),
    ],
)
def test_trust_is_earned_since_the_last_miss(looks: list[dict[str, dict[str, int]]], trusted: bool) -> None:
    assert evidence(looks).get("entry", Evidence()).is_trusted is trusted


def test_the_run_that_missed_counts_for_nothing_but_its_miss() -> None:
    found = evidence([counts(10, 1), counts(900, 9, missed=3), counts(900, 9, missed=7)])
    assert found == {"entry": Evidence(checked=10, announced=1, missed=3)}
