"""A real archive and the database that its runs made: harvests over HTTP from the imitated world, with mishaps."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.accept import accept
from flows.db_diff import TableDifference, differences
from flows.live import due_sources, harvest_source, harvest_sources, open_fetcher, simulated_clock
from flows.observatory import Observatory, open_archive
from flows.replay import replay
from flows.settings import Settings
from models.records import Outcome, RunRecord
from models.store import Store, open_database
from sandbox.server import Site, serve
from sandbox.world import World
from scrapers.archive import Archive

GZIP_MEMBER = b"\x1f\x8b\x08"
ROOT = Path(__file__).parents[2]
SOURCES = ("opensap", "nova_academy", "cornwall_college", "edx", "credly_ibm")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)


@contextmanager
def opened(
    data_dir: Path, database: str | None = None, *, port: int | None = None, archive: str | None = None
) -> Iterator[Observatory]:
    """An observatory over the archive of ``data_dir``, by default with the SQLite file there."""
    settings = Settings(
        data_dir=data_dir, database_url=database, loopback_port=port, archive_url=archive, _env_file=None
    )
    engine = open_database(settings.database)
    yield Observatory(settings=settings, engine=engine, store=Store(engine), archive=open_archive(settings))
    engine.dispose()


@dataclass
class Teller:
    """Harvests the imitated world day by day."""

    observatory: Observatory
    site: Site

    def harvest(self, moment: datetime, *slugs: str) -> dict[str, RunRecord]:
        self.site.set_day(moment.date())
        sources = due_sources(self.observatory, slugs, moment, retired=True)
        runs = asyncio.run(harvest_sources(self.observatory, sources, as_of=moment))
        return {run.source: run for run in runs}

    def break_off(self, moment: datetime, slug: str) -> None:
        """Harvest a source and be ended after its first page."""

        async def run() -> None:
            [source] = due_sources(self.observatory, (slug,), moment, retired=True)
            async with open_fetcher(
                self.observatory.settings, clock=simulated_clock(self.observatory.settings, moment)
            ) as fetcher:
                task = asyncio.create_task(
                    harvest_source(
                        self.observatory, source, fetcher, as_of=moment, on_page=lambda _: void(task.cancel())
                    )
                )
                await asyncio.gather(task, return_exceptions=True)

        asyncio.run(run())

    def fault(self, slug: str, **options: object) -> None:
        self.site.fault(self.site.hosts(slug)[0], **options)  # type: ignore[arg-type]  # options of a fault by name


def void(_: object) -> None:
    """Nothing, whatever it is given."""


def tell(data_dir: Path) -> None:
    """Harvest over five dates: all well, nothing new, mishaps of every kind, one accepted, all well again."""
    with serve(World(seed=3), day=FIRST.date()) as site, opened(data_dir, port=site.port) as observatory:
        teller = Teller(observatory, site)
        runs = teller.harvest(FIRST, *SOURCES)
        assert {run.outcome for run in runs.values()} == {Outcome.OK}
        again = teller.harvest(FIRST + timedelta(hours=12), *SOURCES)
        assert {run.outcome for run in again.values()} == {Outcome.UNCHANGED}

        mishaps = datetime(2024, 2, 1, tzinfo=UTC)
        teller.fault("opensap", kind="status", status=403)
        teller.fault("cornwall_college", kind="truncate")
        teller.fault("nova_academy", kind="status", status=404, path="/en/programmes/")
        teller.fault("edx", kind="offsite_next")
        ended = teller.harvest(mishaps, *SOURCES)
        assert ended["opensap"].outcome is Outcome.BLOCKED
        assert {ended[slug].outcome for slug in ("cornwall_college", "nova_academy", "edx")} == {Outcome.PARTIAL}

        site.clear_faults()
        teller.fault("opensap", kind="empty")
        assert teller.harvest(datetime(2024, 2, 8, tzinfo=UTC), "opensap")["opensap"].outcome is Outcome.SUSPECT
        # A run between a suspect one and its acceptance is judged against the look before both.
        site.clear_faults()
        teller.harvest(datetime(2024, 2, 15, tzinfo=UTC), "opensap", "edx")
        accept(observatory, "opensap", reason="they moved house", as_of=datetime(2024, 2, 8, tzinfo=UTC))
        teller.fault("opensap", kind="empty")
        assert teller.harvest(datetime(2024, 2, 22, tzinfo=UTC), "opensap")["opensap"].outcome is Outcome.SUSPECT

        site.clear_faults()
        teller.break_off(datetime(2024, 3, 1, tzinfo=UTC), "edx")
        teller.harvest(datetime(2024, 3, 1, tzinfo=UTC), *SOURCES)
        # The past comes in after the present.
        replay(observatory, ROOT / "tests" / "sources" / "opensap", accept=True)
        leave_open(observatory.archive)


def leave_open(archive: Archive) -> None:
    """Leave what a killed program leaves: a file with its suffix, whose last record is cut."""
    whole = archive.root / archive.files("nova_academy")[0]
    with archive.run_writer("nova_academy", "0123456789abcdef", datetime(2024, 4, 1, 6, tzinfo=UTC)) as writer:
        file = archive.root / writer.file
    begun, rest = file.read_bytes(), whole.read_bytes()
    file.unlink()
    second = rest.index(GZIP_MEMBER, len(GZIP_MEMBER))
    file.with_name(f"{file.name}.open").write_bytes(begun + rest[second:-40])


def unequal(left: Observatory, right: Observatory, *slugs: str) -> list[TableDifference]:
    """What two databases say differently."""
    return [one for one in differences(left.engine, right.engine, slugs) if not one.is_equal]
