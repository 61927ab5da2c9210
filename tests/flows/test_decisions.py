"""Decisions are kept line by line, and a line that cannot be read costs no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.decisions import Acceptance, Decisions

NOW = datetime(2026, 11, 24, 9, 30, 0, 250, tzinfo=UTC)


def accepted(slug: str, reason: str = "they moved house") -> Acceptance:
    return Acceptance(source=slug, as_of=NOW - timedelta(days=1), reason=reason, decided_at=NOW)


def test_what_was_decided_comes_back_in_order(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path / "archive")
    assert list(decisions.all()) == []
    decided = (accepted("opensap", 'they say "über 9000"\nand mean it \ud800'), accepted("edx"))
    for one in decided:
        decisions.accept(one)
    assert decisions.acceptances()[1] == decided[1]
    assert decisions.acceptances()[0].reason == 'they say "über 9000"\nand mean it ?'
    assert len(decisions.path.read_text(encoding="utf-8").splitlines()) == 2


def test_kinds_that_nobody_here_knows_are_kept(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    decisions.accept(accepted("opensap"))
    decisions.add("link", NOW, source="opensap", ref="a", other_source="edx", other_ref="b", same=True)
    assert [one.kind for one in decisions.all()] == ["accept", "link"]
    assert [one.facts.get("same") for one in decisions.all()] == [None, True]
    assert [one.source for one in decisions.acceptances()] == ["opensap"]


@pytest.mark.parametrize("damage", [b'{"kind": "acc', b"\xff\xfe", b"[1]", b'{"kind": 7}', b'{"kind": "accept"}'])
def test_a_damaged_line_is_said_and_swallows_no_other(tmp_path: Path, damage: bytes) -> None:
    decisions = Decisions(tmp_path)
    decisions.accept(accepted("opensap"))
    with decisions.path.open("ab") as file:
        file.write(damage)  # what a crash leaves: no end of line
    decisions.accept(accepted("edx"))
    assert [one.source for one in decisions.acceptances()] == ["opensap", "edx"]
    assert [one.line for one in decisions.all() if one.damage] == [2]
