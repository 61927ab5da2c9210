"""Where archived pages are read: processes of this machine, or the workers of a Dask cluster, as the setting says.

Both are a ``concurrent.futures.Executor``, so that nothing but this module knows which it is (docs/decisions/0024).
Dask is imported only when it is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from flows.processes import Processes
from flows.settings import Settings

CONNECTED_WITHIN_SECONDS, WORKERS_WITHIN_SECONDS = 15, 60
"""So long a Dask scheduler is waited for, and then its first worker."""
INSTALL = "it comes with the extra `dask`: `pip install 'microcred-observatory[dask]'`, or leave MICROCRED_ENGINE unset"


class EngineUnavailable(ValueError):
    """The engine that the settings name cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Workers ready to be given work, and how many pieces they do at once."""

    executor: Executor
    size: int


@contextmanager
def open_pool(settings: Settings, jobs: int) -> Iterator[Pool]:
    """Open the workers that the settings name; those that are begun here end with it.

    Args:
        settings: name the engine, and the scheduler of a cluster that is there already.
        jobs: how many workers are begun, unless there is such a cluster.

    Raises:
        EngineUnavailable: if Dask is not installed, or its cluster does not answer or has no workers.
    """
    if settings.engine == "processes":
        with Processes(jobs) as pool:
            yield Pool(pool, jobs)
        return
    with _dask_pool(settings.dask_address, jobs) as workers:
        yield workers


@contextmanager
def _dask_pool(address: str | None, jobs: int) -> Iterator[Pool]:
    distributed = dask_module("distributed")
    if address is None:
        with distributed.LocalCluster(**cluster_options(jobs)) as cluster, distributed.Client(cluster) as client:
            yield Pool(client.get_executor(pure=False), jobs)
        return
    with ExitStack() as stack:
        try:
            client = stack.enter_context(distributed.Client(address, timeout=CONNECTED_WITHIN_SECONDS))
            client.wait_for_workers(1, timeout=WORKERS_WITHIN_SECONDS)
        except (OSError, ValueError) as error:  # a TimeoutError is an OSError
            raise EngineUnavailable(
                f"no Dask workers at {address}: {error}; start `dask scheduler` and `dask worker {address} "
                "--nthreads 1`, or mend MICROCRED_DASK_ADDRESS"
            ) from error
        yield Pool(client.get_executor(pure=False), sum(client.nthreads().values()))


def dask_module(name: str) -> Any:
    """Return a module of Dask, which is not always installed and says little of its types.

    Raises:
        EngineUnavailable: if it is not.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise EngineUnavailable(f"Dask is not installed ({error.name}): {INSTALL}") from error


def cluster_options(jobs: int) -> dict[str, object]:
    """Return how a Dask cluster is begun on this machine: ``jobs`` processes of one thread, without a dashboard.

    Reading is work for the processor, and threads of one Python process would take turns.
    """
    return {
        "n_workers": jobs,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
        "silence_logs": logging.ERROR,
    }
