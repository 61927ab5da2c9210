"""What the tests of a misbehaving network share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from archive_story import opened
from harvest_faults import declared, first_looks
from raw_catalogue import Looks
from raw_server import RawServer


@pytest.fixture(scope="session")
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.fixture(scope="session")
def _sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with declared(tmp_path_factory.mktemp("sources")):
        yield


@pytest.fixture(scope="session")
def looks(_sources: None, server: RawServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Looks]]:
    """Looks at each source, with an earlier good one; what follows is added to one database."""
    with opened(tmp_path_factory.mktemp("known"), port=server.port) as observatory:
        yield first_looks(observatory, server)
