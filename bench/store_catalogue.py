"""An invented catalogue of the shape that a JSON feed gives, large, and as it is a week later."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from models.records import Format, Offering, OrganisationRole, PriceFacts, Programme, Source, Terms

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
CHANGED, GONE, NEW = 0.05, 0.02, 0.03
_WORDS = (
    "applied", "data", "health", "energy", "teaching", "supply", "chain", "design", "policy", "water", "learning",
    "materials", "urban", "finance", "ethics", "software", "nursing", "climate", "quality", "digital", "methods",
    "systems", "leadership", "language", "robotics", "statistics", "food", "law", "security", "media", "history",
)  # fmt: skip


def a_source(slug: str = "bench") -> Source:
    return Source(
        slug=slug, name="Bench", kind="commercial_platform", country="NL", language="en",
        formats=(Format(platform=None, start=("https://bench.example/",)),), cadence="weekly", complete=True,
        terms=Terms(url="https://bench.example/terms", checked=date(2024, 1, 1), note="invented"), evidence="assumed",
    )  # fmt: skip


def a_programme(number: int, chance: random.Random, offerings: int) -> Programme:
    """Return one invented programme, typed as a feed's entry would be."""
    title = f"{' '.join(chance.sample(_WORDS, 4)).capitalize()} {number}"
    hours, price = float(chance.randrange(10, 300, 5)), float(chance.randrange(50, 1500, 5))
    name = f"{chance.choice(_WORDS).capitalize()} University {number % 40}"
    url = f"https://bench.example/course/mc-{number:07d}"
    return Programme(
        ref=f"mc-{number:07d}", kind="course", title=title, url=url, languages=("en",),
        description=" ".join(chance.choices(_WORDS, k=60)).capitalize() + ".",
        organisations=(OrganisationRole(role="taught_by", name=name), OrganisationRole(role="listed_on", name="Bench")),
        workload_hours_min=hours, workload_hours_max=hours, workload_basis="stated", price=a_price(price),
        subjects=(chance.choice(_WORDS).capitalize(),), statements={"assessment": "A written exam at the end."},
        verbatim={"workload": f"{hours:g} hours", "price": f"{price:g}", "languages": "en"},
        page_url="https://bench.example/feed.json", listing_digest=f"{chance.getrandbits(256):064x}",
        offerings=tuple(
            Offering(ref=f"{n}", url=f"{url}/{n}", start_date=date(2024, 1 + n % 12, 1), verbatim={"start": "2024"})
            for n in range(offerings)
        ),
    )  # fmt: skip


def a_price(amount: float) -> PriceFacts:
    return PriceFacts(
        price_type="paid", price_amount=amount, price_amount_max=amount, price_currency="EUR", price_is_from=False
    )


def next_look(programmes: Sequence[Programme], chance: random.Random, offerings: int) -> list[Programme]:
    """Return a catalogue after a week: some have another price, some are gone, some are new."""
    count = len(programmes)
    kept = programmes[int(count * GONE) :]
    changed = set(chance.sample(range(len(kept)), int(count * CHANGED)))
    digest = f"{chance.getrandbits(256):064x}"
    again = [
        replace(p, price=a_price((p.price.price_amount or 0) + 35), listing_digest=digest) if n in changed else p
        for n, p in enumerate(kept)
    ]
    begin = int(programmes[-1].ref.removeprefix("mc-")) + 1
    return again + [a_programme(begin + n, chance, offerings) for n in range(int(count * NEW))]
