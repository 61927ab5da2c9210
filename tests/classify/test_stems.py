"""Stems looked for together are those that stand in a text one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from classify.stems import Stems

LETTERS = st.text("abç 証明-\n\u00a0", max_size=14)


@given(st.sets(LETTERS.filter(bool), max_size=12), LETTERS, st.lists(LETTERS, max_size=3))
def test_the_stems_found_are_those_that_stand_in_the_text(stems: set[str], text: str, examples: list[str]):
    assert Stems(stems, examples).standing_in(text) == {stem for stem in stems if stem in text}
