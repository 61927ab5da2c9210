"""The weekly run as the deployed flow does it (``flows.harvest``), and what it costs; all of it in this process."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.two_years.measuring import Held, Stored, cpu_seconds, difference, held, stored
from bench.two_years.serving import Served
from bench.two_years.world import incident_of, moment_of
from flows.accept import accept
from flows.live import harvest_sources
from flows.observatory import open_observatory
from flows.settings import KEY_PREFIX, Settings
from flows.sharding import sources_to_harvest
from flows.showing import status_of
from models.records import Outcome, RunRecord
from sandbox.all_catalogues import KEYS

REASON = "looked at: the catalogue really was so on that day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the looks of one run came to, and what they cost; ``seconds`` by the clock, ``cpu_seconds`` of this process.

    ``touched`` counts programmes that were new, changed, missing or withdrawn.
    """

    looks: int
    unchanged: int
    failed: int
    accepted: int
    listings: int
    touched: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One weekly run, and what lay on the disk ``before`` it and after.

    ``objects`` are those that Python's collector knows of, 0 where they were not counted.
    """

    week: int
    looked: Looked
    held: Held
    before: Stored
    stored: Stored
    objects: int = 0

    @property
    def grown(self) -> Stored:
        """By how much the run made everything on the disk grow."""
        return difference(self.before, self.stored)

    def as_row(self) -> dict[str, Any]:
        """Return all of it as one flat row."""
        grown = {f"grown_{name}": size for name, size in asdict(self.grown).items()}
        counted = {"week": self.week, "objects": self.objects}
        return counted | asdict(self.looked) | asdict(self.held) | asdict(self.stored) | grown


@dataclass(frozen=True, slots=True)
class Life:
    """One observatory that looks every week at the same catalogues of a world that is served."""

    settings: Settings
    slugs: Sequence[str]
    world: Served

    def weeks(self, count: int, *, counted: frozenset[int] = frozenset()) -> Iterator[Week]:
        """Yield week after week as it is lived; in those of ``counted`` the objects of this process are counted."""
        for week in range(1, count + 1):
            before = self.stored()
            self.world.show(moment_of(week).date(), incident_of(week, self.slugs))
            looked = self.look(moment_of(week))
            yield Week(
                week=week, looked=looked, held=held(), before=before, stored=self.stored(),
                objects=len(gc.get_objects()) if week in counted else 0,
            )  # fmt: skip

    def again(self, week: int, hours: int = 12) -> tuple[Looked, Stored]:
        """Look once more some hours later, when nothing has changed, and return by how much the disk grew."""
        before = self.stored()
        self.world.show(moment_of(week).date())
        looked = self.look(moment_of(week) + timedelta(hours=hours))
        return looked, difference(before, self.stored())

    def look(self, moment: datetime) -> Looked:
        """Do what a deployed harvest does: open, look at all sources at once, take the status, close.

        What is held back is accepted, as by a person, before the observatory is closed.
        """
        used, began = cpu_seconds(), time.perf_counter()
        with open_observatory(self.settings) as observatory:
            with sources_to_harvest(observatory, self.slugs, moment, retired=True) as due:
                records = asyncio.run(harvest_sources(observatory, due, as_of=moment))
            suspect = [record.source for record in records if record.outcome is Outcome.SUSPECT]
            accepted = [accept(observatory, slug, reason=REASON, as_of=moment) for slug in suspect]
            status_of(observatory.engine, observatory.settings, moment)
        seconds, used = time.perf_counter() - began, cpu_seconds() - used
        kept = [record for record in records if record.source not in suspect]
        return _looked([*kept, *accepted], accepted=len(accepted), seconds=seconds, used=used)

    def stored(self) -> Stored:
        """Return what lies on the disk."""
        return stored(self.settings.data_dir, self.settings.database)


def _looked(records: Sequence[RunRecord], *, accepted: int, seconds: float, used: float) -> Looked:
    outcomes = Counter(record.outcome for record in records)
    return Looked(
        looks=len(records),
        unchanged=outcomes[Outcome.UNCHANGED],
        failed=sum(outcomes[bad] for bad in (Outcome.FAILED, Outcome.BLOCKED, Outcome.PARTIAL)),
        accepted=accepted,
        listings=sum(record.programmes for record in records),
        touched=sum(record.new + record.changed + record.missing + record.withdrawn for record in records),
        seconds=seconds,
        cpu_seconds=used,
    )


def settings_for(data: Path, database_url: str | None, world: Served) -> Settings:
    """Return the settings of an observatory in ``data`` that reads from the world, and set the keys it asks for."""
    os.environ |= keys()
    return Settings(data_dir=data, database_url=database_url, archive_url=None, contact=None, loopback_port=world.port)


def keys() -> Mapping[str, str]:
    """Return the keys that catalogues of the sandbox ask for, as variables of the environment; it takes any."""
    return {f"{KEY_PREFIX}{name.upper()}": "sandbox" for name in KEYS}
