from __future__ import annotations

import pytest
from small_runs import Told, a_source
from sqlalchemy import Engine


@pytest.fixture
def told(engine: Engine) -> Told:
    """An empty database to which runs are told."""
    return Told(engine, a_source())
