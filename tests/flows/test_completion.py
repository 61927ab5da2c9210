"""What the shell is offered, asked as bash asks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import COMMAND, without_ours

from flows import completing
from flows.problems import FIELD, ORGANISATION, VOCABULARIES
from models.queries import public_tables
from trends.method import CHANGES, CUTS, FLOWS, PANELS, POPULATIONS, RATES, UNITS
from trends.survival import MEASURES


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("harvest opensa", ["opensap"]),
        ("sources try mit_x", ["mit_xpro", "mitx_online"][:1]),
        ("backfill udacity --every qu", ["quarter"]),
        ("trends --cut develop", ["development", "development_modes"]),
        ("snapshot --definition new_", ["new_zealand_2018", "new_zealand_2022"]),
        ("export --view programme_", ["programme_current", "programme_history"]),
        ("export --format pa", ["package", "parquet"]),
        ("sources ch", ["check"]),
        ("harvest own_", ["own_catalogue"]),
    ],
)
def test_offered(words: str, offered: list[str], tmp_path: Path) -> None:
    own = tmp_path / "own" / "own_catalogue"
    own.mkdir(parents=True)
    (own / "source.toml").write_text("not even read", encoding="utf-8")
    asked = {
        "_MICROCRED_COMPLETE": "complete_bash",
        "COMP_WORDS": f"microcred {words}",
        "COMP_CWORD": str(len(words.split())),
        "MICROCRED_SOURCES_DIR": str(own.parent),
    }
    done = subprocess.run(
        [str(COMMAND)], env=without_ours() | asked, cwd=tmp_path, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert sorted(done.stdout.split()) == offered


def test_names_that_are_written_out_are_those_of_their_rooms() -> None:
    assert set(completing.VIEWS) == set(public_tables())
    assert (completing.CUTS, completing.UNITS, completing.PANELS) == (CUTS, UNITS, PANELS)
    assert set(completing.POPULATIONS) == set(POPULATIONS)
    assert set(completing.LOOKUPS) == {*VOCABULARIES, FIELD, ORGANISATION}
    assert set(completing.MEASURES) >= {"stock", "share", *CHANGES, *FLOWS, *RATES, *MEASURES}


HEAVY = ("pandas", "numpy", "sqlalchemy", "httpx", "prefect", "pydantic", "rich", "asyncio", "uvicorn", "altair")


@pytest.mark.parametrize("code", ["import flows.cli", "from flows import cli, completing; completing.sources('a')"])
def test_the_command_line_starts_without_what_is_slow_to_load(code: str) -> None:
    check = f"import sys; {code}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
