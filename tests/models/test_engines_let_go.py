"""A process that opens a database again and again keeps nothing of the engines that it is done with."""

from __future__ import annotations

import gc
import weakref

from models.database import open_database


def test_nothing_keeps_an_engine_whose_database_is_closed(database_url: str) -> None:
    engine = open_database(database_url)
    left = weakref.ref(engine.dialect)
    engine.dispose()
    del engine
    gc.collect()
    assert left() is None
