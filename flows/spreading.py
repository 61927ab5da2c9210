"""Pieces of a flow given to workers, as the setting says: processes here, or Dask through Prefect's task runner."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Future
from importlib import import_module
from typing import Any

from prefect import Task
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner

from flows.engines import EngineUnavailable, cluster_options, dask_module, open_pool
from flows.settings import Settings

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""So often a piece is begun in all if the workers that have it are ended from outside."""


def task_runner(settings: Settings, jobs: int) -> TaskRunner[Any]:
    """Return Dask's task runner, with ``jobs`` processes unless the settings name a cluster to join.

    Raises:
        EngineUnavailable: if Dask is not installed.
    """
    dask: Any = dask_module("prefect_dask").DaskTaskRunner
    runner: TaskRunner[Any] = (
        dask(cluster_kwargs=cluster_options(jobs))
        if settings.dask_address is None
        else dask(address=settings.dask_address)
    )
    return runner


def spread(
    settings: Settings, jobs: int, work: Task[..., Any], pieces: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Give pieces of work to workers and return what each made, or the exception that it ended with, by its name.

    A piece whose worker was ended from outside is begun again: it must go on where it was, or do no harm twice.

    Args:
        settings: name the engine. Workers elsewhere read their own.
        jobs: how many processes are begun, unless there is a cluster to join.
        work: a task, called with the arguments of each piece.
        pieces: arguments by the name of the piece.

    Raises:
        EngineUnavailable: if the engine cannot be used, or workers elsewhere could not reach the database.
    """
    if settings.dask_address is not None and not settings.database.startswith("postgresql"):
        raise EngineUnavailable("workers of a cluster store into one PostgreSQL database: set MICROCRED_DATABASE_URL")
    made: dict[str, Any] = {}
    for attempt in range(1, ATTEMPTS + 1):
        left = {name: piece for name, piece in pieces.items() if name not in made}
        if not left:
            break
        if settings.engine == "processes":
            found = _in_processes(settings, jobs, work, left)
        else:
            with task_runner(settings, jobs) as runner:
                futures = {name: runner.submit(work, dict(piece)) for name, piece in left.items()}
                found = {name: _came(future) for name, future in futures.items()}
        is_last = attempt == ATTEMPTS
        made |= {name: value for name, value in found.items() if is_last or not isinstance(value, BrokenExecutor)}
        for name in left.keys() - made.keys():
            log.warning("%s: its worker was ended; it is begun again", name)
    return {name: made[name] for name in pieces}


def _in_processes(
    settings: Settings, jobs: int, work: Task[..., Any], pieces: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Do the same with processes of our own.

    Prefect's process pool (3.8.8) waits at its end for ever if one of its processes was killed while it sent a message.
    """
    found: dict[str, Any] = {}
    with open_pool(settings, jobs) as pool:
        futures: dict[str, Future[Any]] = {}
        for name, piece in pieces.items():
            try:
                futures[name] = pool.executor.submit(_called, work.fn.__module__, work.fn.__name__, dict(piece))
            except BrokenExecutor as error:
                found[name] = error
        found |= {name: _came(future) for name, future in futures.items()}
    return found


def _called(module: str, name: str, arguments: dict[str, Any]) -> Any:
    return getattr(import_module(module), name).fn(**arguments)


def _came(future: PrefectFuture[Any] | Future[Any]) -> Any:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - one bad piece never costs the others
        return error
