"""Phrases tried together give what each gives by itself, in their order."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from classify.phrases import PHRASES, Text, phrases

WORDINGS = tomllib.loads(Path(__file__).with_name("wordings.toml").read_text(encoding="utf-8"))
SENTENCES = [
    words
    for told in WORDINGS.values()
    for said in told.values()
    for words in ([said] if isinstance(said, str) else said)
]


@pytest.mark.parametrize("name", PHRASES)
def test_the_first_phrase_that_stands_in_a_text_is_found(name: str) -> None:
    texts = [Text.of("description", words) for words in (*SENTENCES, "\n".join(SENTENCES), "")]
    for group in phrases(name).values():
        for text in texts:
            one_by_one = next((found for phrase in group if (found := phrase.evidence([text]))), None)
            assert group.first_evidence([text]) == one_by_one


def test_a_text_whose_stems_were_not_looked_for_gives_the_same() -> None:
    for group in phrases("elements").values():
        for words in SENTENCES:
            assert group.first_evidence([Text.for_one("x", words)]) == group.first_evidence([Text.of("x", words)])
