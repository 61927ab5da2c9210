"""Invented inputs for every parser, family and normaliser; ``make fuzz`` goes on where this ends."""

from __future__ import annotations

import random

import pytest
from fuzzing.mutating import PIECES, mutated
from fuzzing.targets import targets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SEED_BYTES_MOST = 20_000
"""Of larger seeds the beginning: time goes with their length."""
FEW = settings(max_examples=12, suppress_health_check=list(HealthCheck))


def invented(name: str) -> st.SearchStrategy[bytes]:
    """Seeds of a target, changed at random, or pieces of any format one after another."""
    seeds = [seed[:SEED_BYTES_MOST] for seed in targets()[name].seeds()]
    changed = st.builds(
        lambda at, seed: mutated(seeds[at % len(seeds)], random.Random(seed), seeds),
        st.integers(0, len(seeds) - 1),
        st.integers(0, 2**32),
    )
    return changed | changed | st.lists(st.sampled_from(PIECES), max_size=30).map(b"".join) | st.binary(max_size=200)


@pytest.mark.filterwarnings("ignore::Warning:bs4")
@pytest.mark.parametrize("name", sorted(targets()))
@FEW
@given(data=st.data())
def test_an_invented_input_has_an_outcome(name: str, data: st.DataObject):
    assert targets()[name].outcome(data.draw(invented(name)))
