"""Prefect's own worker over many flow runs, each a process of its own: whether the worker holds more after each."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from bench.two_years.living import keys
from bench.two_years.measuring import held
from bench.two_years.serving import served
from bench.two_years.world import moment_of, sizes_of
from flows import console

ROOT = Path(__file__).parents[2]
PREFECT = Path(sys.executable).with_name("prefect")
START_SECONDS = 120
_MEBI = 1024**2


def measure_worker(runs: int, sources: int, largest: int) -> Iterator[str]:
    """Yield a table of Markdown, a row a flow run: what the worker and Prefect's server hold after it.

    Raises:
        subprocess.CalledProcessError: if a flow run did not end well.
        TimeoutError: if the server does not come up.
    """
    sizes = sizes_of(sources, largest)
    with TemporaryDirectory(prefix="microcred-worker-", ignore_cleanup_errors=True) as name, served(sizes) as world:
        environment = _environment(Path(name), world.port)
        with _running(environment, "server", "start", "--host", "127.0.0.1", "--port", _port(environment)) as server:
            _wait_for(f"{environment['PREFECT_API_URL']}/health")
            _prefect(environment, "work-pool", "create", "microcred", "--type", "process")
            _prefect(environment, "deploy", "--all")
            with _running(environment, "worker", "start", "--pool", "microcred", "--limit", "1") as worker:
                yield "| flow run | seconds | worker MiB | descriptors | threads | server MiB |"
                yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
                for run in range(1, runs + 1):
                    world.show(moment_of(run).date())
                    began = time.perf_counter()
                    _harvest(environment, list(sizes), moment_of(run).isoformat())
                    row = _row(run, time.perf_counter() - began, worker.pid, server.pid)
                    console.say(row)
                    yield row


def _row(run: int, seconds: float, worker: int, server: int) -> str:
    ours, theirs = held(worker), held(server)
    cells = (
        str(run), f"{seconds:.1f}", f"{ours.resident_bytes / _MEBI:.1f}", str(ours.descriptors), str(ours.threads),
        f"{theirs.resident_bytes / _MEBI:.1f}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _harvest(environment: Mapping[str, str], slugs: list[str], as_of: str) -> None:
    named = str(slugs).replace("'", '"')
    wanted = ("-p", f"sources={named}", "-p", f"as_of={as_of}", "-p", "include_retired=true")
    _prefect(environment, "deployment", "run", "harvest/named", "--watch", "--watch-timeout", "300", *wanted)


def _prefect(environment: Mapping[str, str], *arguments: str) -> None:
    command = [str(PREFECT), "--no-prompt", *arguments]
    subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _running(environment: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(PREFECT), "--no-prompt", *arguments]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _environment(home: Path, world: int) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return os.environ | {
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "MICROCRED_HOME": str(home),
        "MICROCRED_DATA_DIR": str(home / "data"),
        "MICROCRED_LOOPBACK_PORT": str(world),
        **keys(),
    }


def _port(environment: Mapping[str, str]) -> str:
    return environment["PREFECT_API_URL"].removesuffix("/api").rpartition(":")[2]


def _wait_for(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise TimeoutError(f"{url} did not answer within {START_SECONDS} s")
