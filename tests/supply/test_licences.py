"""Every package that is pinned and installed has a licence that is accepted; one that has not is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from supply.licences import Rules, is_accepted, locked_and_installed, refused, rules

FREE = frozenset({"MIT", "Apache-2.0", "BSD License"})


@pytest.mark.parametrize(
    ("licence", "accepted"),
    [
        ("MIT", True),
        ("BSD License", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("Apache-2.0 AND (MIT OR LGPL-2.1-or-later)", True),
        ("(Apache-2.0 OR MIT) AND LGPL-2.1-or-later", False),
        ("Our own words", False),
        ("MIT AND", False),
    ],
)
def test_an_expression_is_accepted_as_a_whole(licence: str, *, accepted: bool) -> None:
    assert is_accepted(licence, FREE) is accepted


def test_what_is_not_accepted_is_named() -> None:
    packages: dict[str, tuple[str, ...]] = {
        "good": ("MIT",), "odd": (), "closed": ("Proprietary",), "both": ("BSD License", "GPL"), "known": ("LGPL",),
        "idle": ("MIT",),
    }  # fmt: skip
    by = Rules(accepted=FREE, exceptions={"known": "used unchanged", "idle": "for no reason"})
    assert [words.partition(":")[0] for words in refused(packages, by)] == ["both", "closed", "idle", "odd"]


def test_an_exception_needs_a_reason(tmp_path: Path) -> None:
    (tmp_path / "accepted.toml").write_text('accepted = []\n[exceptions]\nx = " "\n', encoding="utf-8")
    with pytest.raises(ValueError, match="without a reason: x"):
        rules(tmp_path / "accepted.toml")


def test_all_that_we_stand_on_is_accepted() -> None:
    packages = locked_and_installed()
    assert len(packages) > 100
    assert {"prefect", "sqlalchemy", "psycopg"} <= packages.keys()
    assert list(refused(packages, rules())) == []
