"""The database made anew from the archive alone, and what it says differently."""

from __future__ import annotations

import shutil
from pathlib import Path

from flows.db_diff import differences
from flows.observatory import open_observatory
from flows.rebuild import archived_sources, plan_of, rebuild
from flows.settings import Settings


def different_when_remade(settings: Settings, file: Path) -> list[str]:
    """Rebuild an observatory into a new SQLite file and return, in words, what failed or is not the same.

    Every page is read again: the readings that were kept are thrown away.
    """
    shutil.rmtree(settings.readings_dir, ignore_errors=True)
    anew = settings.model_copy(update={"database_url": f"sqlite:///{file}"})
    with open_observatory(settings) as lived, open_observatory(anew) as remade:
        acceptances = remade.decisions.acceptances()
        plans = [plan_of(remade.archive, slug, acceptances) for slug in archived_sources(remade.archive)]
        failed = [words for one in rebuild(remade, plans) for words in one.failed]
        compared = list(differences(lived.engine, remade.engine))
    return failed + [f"{one.source}: {one.table}: {one.samples}" for one in compared if not one.is_equal]
