"""What commands leave that nobody disturbed, a copy to disturb them in, and random moments to do it at."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import killed_world
import pytest
from killed_world import FIRST, HARVEST, SECOND, Catalogues, bodies_in, environment, url_of
from killing import Commands
from live_site import Site

# Workers of one run draw the same moments: pytest-xdist tells each the number of the run.
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID")
_DRAWN = (random.Random(_RUN) if _RUN else random.SystemRandom()).randrange(1, 1_000_000)
SEED = int(os.environ.get("MICROCRED_TEST_SEED", "0")) or _DRAWN


def moments(count: int, what: str) -> list[object]:
    """So many random moments of what lasts from 0 to 1, uniform; the seed is in the name of each test."""
    drawn = random.Random(f"{SEED} {what}")
    shares = [drawn.random() for _ in range(count)]
    return [pytest.param(share, id=f"seed {SEED} {number} at {share:.3f}") for number, share in enumerate(shares)]


@dataclass(frozen=True)
class Undisturbed:
    """Data directories after the first look and after the second, and how long a command took that nobody disturbed."""

    first: Path
    second: Path
    sources: Path
    seconds: float
    bodies: Counter[tuple[str, str]]


@pytest.fixture(scope="session")
def undisturbed(_server: tuple[object, int], tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Two looks that nobody disturbed, by the real command."""
    server, port = _server
    folder = tmp_path_factory.mktemp("undisturbed")
    killed_world.declare(folder / "sources")
    server.site = Site(port)  # type: ignore[attr-defined]  # a server without a type of its own
    catalogues = Catalogues(server.site)  # type: ignore[attr-defined]
    Commands(folder, {}).run_prepared("--version")  # loads the program
    for name, look, at in (("first", 1, FIRST), ("second", 2, SECOND)):
        if look == 2:
            shutil.copytree(folder / "first", folder / "second")
        catalogues.look = look
        began = time.monotonic()
        done = Commands(folder, environment(folder / name, folder / "sources", port)).run_prepared(*HARVEST, at)
        assert done.returncode == 0, done.stderr
    seconds = time.monotonic() - began
    return Undisturbed(
        folder / "first", folder / "second", folder / "sources", seconds, bodies_in(folder / "second" / "archive")
    )


@dataclass(frozen=True)
class Second:
    """The second look at both catalogues, which are to be harvested in ``data``, a copy of what the first look left."""

    commands: Commands
    data: Path
    site: Site
    catalogues: Catalogues

    @property
    def url(self) -> str:
        return url_of(self.data)


@pytest.fixture
def second(undisturbed: Undisturbed, site: Site, tmp_path: Path) -> Second:
    shutil.copytree(undisturbed.first, tmp_path / "data")
    commands = Commands(tmp_path, environment(tmp_path / "data", undisturbed.sources, site.port))
    return Second(commands, tmp_path / "data", site, Catalogues(site, look=2))
