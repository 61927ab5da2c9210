"""Decisions are kept line by line, and a line that cannot be read costs no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.decisions import Acceptance, Decisions
from models.linking import Decision

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
    decisions.add("hide", NOW, source="opensap", ref="a", shown=False)
    assert [one.kind for one in decisions.all()] == ["accept", "hide"]
    assert [one.facts.get("shown") for one in decisions.all()] == [None, False]
    assert [one.source for one in decisions.acceptances()] == ["opensap"]


def linked(slug: str, ref: str, other: str, other_ref: str) -> Decision:
    return Decision(
        source=slug, ref=ref, other_source=other, other_ref=other_ref, same=True, reason="read both", decided_at=NOW
    )


def test_what_was_decided_of_listings_comes_back_with_the_first_by_name_first(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    decisions.accept(accepted("opensap"))
    decisions.link(linked("edx", "a/ü", "opensap", "b"))
    decisions.link(linked("opensap", "b", "edx", "c"))
    assert decisions.links() == (linked("edx", "a/ü", "opensap", "b"), linked("edx", "c", "opensap", "b"))
    assert [one.source for one in decisions.acceptances()] == ["opensap"]


HALF_A_LINK = b'{"kind": "link", "source": "a", "ref": "1", "other_source": "b", "other_ref": "2", "same": "yes"'


@pytest.mark.parametrize(
    "damage",
    [
        b'{"kind": "acc', b"\xff\xfe", b"[1]", b'{"kind": 7}', b'{"kind": "accept"}', b'{"kind": "link", "same": true}',
        HALF_A_LINK + b', "reason": "", "decided_at": "2026-11-24T09:30:00Z"}',
    ],
)  # fmt: skip
def test_a_damaged_line_is_said_and_swallows_no_other(tmp_path: Path, damage: bytes) -> None:
    decisions = Decisions(tmp_path)
    decisions.accept(accepted("opensap"))
    with decisions.path.open("ab") as file:
        file.write(damage)  # what a crash leaves: no end of line
    decisions.accept(accepted("edx"))
    assert [one.source for one in decisions.acceptances()] == ["opensap", "edx"]
    assert decisions.links() == ()
    assert [one.line for one in decisions.all() if one.damage] == [2]
