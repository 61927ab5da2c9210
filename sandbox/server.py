"""Serves a world on loopback, from a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import uvicorn

from sandbox.site import Site
from sandbox.world import World

_START_SECONDS = 10.0


@contextmanager
def serve(world: World, *, day: date, port: int = 0) -> Iterator[Site]:
    """Serve all catalogues of ``world`` on one port of 127.0.0.1 over plain HTTP, as of ``day``; yield the site.

    The Host header says which catalogue is asked. ``port`` 0 takes a free one; ``site.port`` tells which.

    Raises:
        OSError: if the port is taken.
        RuntimeError: if the server does not come up within 10 seconds.
    """
    site = Site(world, day)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        site.port = listener.getsockname()[1]
        # What a fault breaks is meant to break: only a failure of the server itself is worth a line in the log.
        config = uvicorn.Config(
            site,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=_run, args=(server, listener), name="sandbox", daemon=True)
        thread.start()
        try:
            _wait_for(server, thread)
            yield site
        finally:
            server.should_exit = True
            thread.join()


def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    with asyncio.Runner() as runner:
        runner.run(server.serve(sockets=[listener]))


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    until = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the sandbox did not come up")
        time.sleep(0.005)
