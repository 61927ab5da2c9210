"""The command line in a process that has loaded the program already: moments then fall into the work, not the loading.

A server that has loaded this module forks (``multiprocessing``, method ``forkserver``): what it forks is a process of
its own that runs the real command from its first line to its end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import dying
import httpx
import psycopg

import classify.programme
import flows.cli
import flows.linking_up
import flows.plainly
import flows.reading_process
import flows.rebuild
import models.backup
import models.queries
import models.upgrade
import scrapers.platforms.html_catalogue

__all__ = ["classify", "flows", "httpx", "models", "psycopg", "run_command", "scrapers"]


def run_command(
    folder: Path,
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    told: Path,
    at: tuple[str, int, str] | None,
) -> None:
    """Become a command: a process group, environment and streams of its own; killed at a place if one is given."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for stream, file in ((1, "out"), (2, "err")):
        descriptor = os.open(told / file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, stream)
        os.close(descriptor)
    sys.argv = ["microcred", *arguments]
    if at is not None:
        dying.set_up("SIGKILL", *at)
    flows.cli.main()
