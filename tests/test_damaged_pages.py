"""Damage of every kind to the pages of every source: nothing raises, and nothing is lost without a word."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.look import read, walk
from models.records import Harvested
from scrapers.replay import RecordedFetch, RecordedRun, load_recording
from scrapers.source import discover, scraper_for

EXAMPLES = Path(__file__).parent / "sources"
SLUGS = sorted(discover())
STRANGE: list[Any] = [
    None, "", " ", "\x00", "\ud800", "<script>alert(1)</script>", "=1+1", "'; drop table programme; --", "x" * 5_000,
    0, -1, 1e308, True, [], {}, [[]], {"a": {"b": []}}, "\u202eabc\u200b", "2024-13-45", "٣٤", "-5 hours",
    "½ hour", 10**20,
]  # fmt: skip
Damage = Callable[[bytes], bytes]


def harvested(slug: str, run: RecordedRun, folder: Path, damage: Damage | None = None, page: int = 0) -> Harvested:
    """Read a recorded run, the body of one of its pages damaged."""
    source = discover()[slug]
    captures = list(run.captures)
    if damage is not None:
        file = folder / f"damaged{captures[page].file.suffix}"
        file.write_bytes(damage(captures[page].file.read_bytes()))
        captures[page] = replace(captures[page], file=file)
    scraper = scraper_for(source, run.as_of.date())
    walked = asyncio.run(walk(scraper, RecordedFetch(replace(run, captures=tuple(captures)), source)))
    return read(scraper, walked, run.as_of.date())


def strange(value: Any, chance: random.Random) -> Any:
    """Return a JSON value with some of what is in it replaced by something strange, or gone."""
    if chance.random() < 0.05:
        return chance.choice(STRANGE)
    if isinstance(value, dict):
        return {key: strange(entry, chance) for key, entry in value.items() if chance.random() > 0.02}
    if isinstance(value, list):
        return [strange(entry, chance) for entry in value]
    return value


def refs(found: Harvested) -> set[str]:
    return {programme.ref for programme in found.programmes}


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=20)
@given(page=st.integers(0, 9), keep=st.floats(0, 1))
def test_a_page_cut_off_anywhere_loses_nothing_without_a_word(
    tmp_path_factory: pytest.TempPathFactory, slug: str, page: int, keep: float
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    run = load_recording(EXAMPLES / slug).runs[-1]
    place = page % len(run.captures)
    if run.captures[place].file.suffix == ".html":
        return  # HTML has no end that must be there; a body shorter than announced is a failed fetch
    whole = harvested(slug, run, folder)
    cut = harvested(slug, run, folder, lambda body: body[: int(len(body) * keep)], place)
    if refs(cut) < refs(whole):
        assert cut.failures or cut.crashed


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), page=st.integers(0, 9))
def test_strange_values_and_flipped_bytes_never_raise(
    tmp_path_factory: pytest.TempPathFactory, slug: str, seed: int, page: int
) -> None:
    chance = random.Random(seed)

    def damage(body: bytes) -> bytes:
        try:
            return json.dumps(strange(json.loads(body), chance)).encode()
        except ValueError:
            flipped = bytearray(body)
            for _ in range(20):
                flipped[chance.randrange(len(flipped))] = chance.randrange(256)
            return bytes(flipped)

    run = load_recording(EXAMPLES / slug).runs[-1]
    found = harvested(slug, run, tmp_path_factory.mktemp("strange"), damage, page % len(run.captures))
    assert found.pages or found.failures or found.blocked
    assert "crashed" not in (found.crashed or "")
