"""A rebuild as a Prefect flow: shards on workers, each read and stored there. All work is done by ``flows.rebuild``.

To be triggered by hand; deployed by ``prefect.yaml``.
"""

from __future__ import annotations

from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from sqlalchemy import make_url

from flows.linking_up import link_listings
from flows.observatory import open_observatory
from flows.rebuild import REBUILT_COLUMNS, archived_sources, plan_of, rebuilt_row
from flows.rebuild import rebuild as store_again
from flows.settings import Settings
from flows.spreading import spread

ARTIFACT_KEY = "rebuild-sources"


class RebuildFailed(Exception):
    """Runs could not be stored, or a shard broke off; the message says which and why. All others are stored."""


@flow(name="rebuild")
def rebuild(
    into: str = "observatory_rebuilt", sources: list[str] | None = None, *, shards: int = 1, jobs: int = 1
) -> list[dict[str, Any]]:
    """Make a database anew from the archive, beside the one in use. Broken off, it goes on when it is started again.

    Args:
        into: the name of the database: one that is there on the same PostgreSQL server, or else a SQLite file in the
            data directory, without its suffix. An address with a password has no place among Prefect's parameters.
        sources: slugs; none for all that the archive holds.
        shards: into how many parts the sources are divided, each a task that reads and stores it; a few times as many
            as there are workers even out what they have to do. More than 1 needs PostgreSQL.
        jobs: how many processes are begun here, unless there is a Dask cluster to join.

    Returns:
        One row a source.

    Raises:
        RebuildFailed: at the end, if something could not be stored.
        ValueError: if ``into`` is the database in use, or SQLite is to be written by several.
    """
    settings = Settings()
    target = _beside(settings, into)
    if shards > 1 and not target.database.startswith("postgresql"):
        raise ValueError("several workers store into one PostgreSQL database; with SQLite leave shards at 1")
    with open_observatory(target) as observatory:
        slugs = archived_sources(observatory.archive, sources or ())
        if shards == 1:
            made: dict[str, Any] = {"1/1": _stored(into, slugs, None, jobs)}
        else:
            pieces = {
                part: {"into": into, "slugs": slugs, "shard": part}
                for part in (f"{number}/{shards}" for number in range(1, shards + 1))
                if archived_sources(observatory.archive, slugs, part)
            }
            made = spread(target, jobs, rebuild_shard, pieces)
        if not sources:
            link_listings(observatory)
    rows = [row for one in made.values() if isinstance(one, list) for row in one]
    rows.sort(key=lambda row: str(row["source"]))
    create_table_artifact(
        key=ARTIFACT_KEY,
        table=[{column: row[column] for column in REBUILT_COLUMNS} | {"failed": len(row["failed"])} for row in rows],
        description=f"Made anew in {into}",
    )
    wrong = [f"shard {part}: {type(one).__name__}: {one}" for part, one in made.items() if not isinstance(one, list)]
    wrong += [failure for row in rows for failure in row["failed"]]
    if wrong:
        raise RebuildFailed("; ".join(wrong))
    return rows


@task(task_run_name="rebuild-{shard}", cache_policy=NO_CACHE, persist_result=False)
def rebuild_shard(into: str, slugs: list[str], shard: str) -> list[dict[str, Any]]:
    """Read and store the sources of a shard, on whichever machine this is; what is stored already is left alone."""
    return _stored(into, slugs, shard, jobs=1)


def _stored(into: str, slugs: list[str], shard: str | None, jobs: int) -> list[dict[str, Any]]:
    target = _beside(Settings(), into)
    if shard is not None:
        target = target.model_copy(update={"engine": "processes"})  # the shard is what was spread
    with open_observatory(target) as observatory:
        acceptances = observatory.decisions.acceptances()
        of_shard = archived_sources(observatory.archive, slugs, shard)
        plans = [plan_of(observatory.archive, slug, acceptances) for slug in of_shard]
        return [rebuilt_row(one) | {"failed": one.failed} for one in store_again(observatory, plans, jobs=jobs)]


def _beside(settings: Settings, name: str) -> Settings:
    """Return the settings with the database called ``name`` in the place of the one in use.

    Raises:
        ValueError: if that is the one in use.
    """
    url = make_url(settings.database)
    if url.get_backend_name() == "postgresql":
        other = url.set(database=name)
    else:
        other = make_url(f"sqlite:///{settings.data_dir / f'{name}.sqlite'}")
    if other == url:
        raise ValueError("that is the database in use: name another one")
    return settings.model_copy(update={"database_url": other.render_as_string(hide_password=False)})
