"""Prefect's server gone in the middle of a harvest: what was looked at is stored all the same, and it is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import in_a_process
from databases import runs_in
from harvest_places import AS_OF, SOURCES, Place, outcomes, site, undisturbed
from prefect_here import BIN, environment_of, free_port, start, stop, wait_for
from sqlalchemy import Engine

from models.records import Outcome
from sandbox.server import Site

__all__ = ["site", "undisturbed"]

SLOW, SLOW_SECONDS = "open.sap.com", 8.0
"""A host of which every answer takes so long, so that a harvest lasts."""
ENDS_WITHIN_SECONDS = 240


@dataclass
class PrefectServer:
    """A server that is killed, and may be started again where it was."""

    home: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=20)


def started(home: Path, port: int, environment: dict[str, str]) -> PrefectServer:
    log = home / "server.log"
    process = start(environment, log, "server", "start", "--host", "127.0.0.1", "--port", str(port))
    wait_for(f"http://127.0.0.1:{port}/api/health", log)
    return PrefectServer(home, port, environment, process)


@pytest.fixture
def server(tmp_path: Path, site: Site) -> Iterator[PrefectServer]:
    port = free_port()
    environment = environment_of(
        tmp_path, port, MICROCRED_DATA_DIR=str(tmp_path / "data"), MICROCRED_LOOPBACK_PORT=str(site.port)
    )
    running = started(tmp_path, port, environment)
    yield running
    stop(running.process)


def begun(data: Path) -> bool:
    """Whether a page of the slow source is being waited for."""
    return any((data / "archive" / "opensap").rglob("*.open"))


def stored(data: Path) -> bool:
    """Whether a source is stored, and the slow one is not."""
    file = data / "observatory.sqlite"
    return file.exists() and runs_in(file) >= 1


@pytest.mark.faults
@pytest.mark.parametrize("again", [False, True], ids=["stays away", "comes again"])
@pytest.mark.parametrize("moment", [begun, stored])
def test_a_server_killed_in_mid_run_costs_no_look(
    server: PrefectServer, site: Site, undisturbed: Engine, moment: Callable[[Path], bool], again: bool
) -> None:
    data = server.home / "data"
    site.fault(SLOW, "slow", seconds=SLOW_SECONDS)
    try:
        command = [str(BIN / "microcred"), "harvest", *SOURCES, *AS_OF]
        # Prefect asks a server that has gone six times, in more than a minute; twice where it never comes again.
        environment = server.environment | ({} if again else {"PREFECT_CLIENT_MAX_RETRIES": "1"})
        running = subprocess.Popen(command, env=environment, cwd=server.home, text=True, stderr=subprocess.PIPE)
        until = time.monotonic() + 120
        while not moment(data):
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < until
            time.sleep(0.05)
        server.kill()
        if again:
            server.process = started(server.home, server.port, server.environment).process
        _, said = running.communicate(timeout=ENDS_WITHIN_SECONDS)
    finally:
        site.clear_faults()
    place = Place(site, data, f"sqlite:///{data}/observatory.sqlite")
    place.assert_right(undisturbed)
    assert running.returncode == (0 if again else 1), said
    # Prefect itself prints lines of its own code when its log cannot be sent.
    assert again or "error: Prefect's server does not answer" in " ".join(said.split())
    assert outcomes(place.harvest(0)) == [Outcome.OK, Outcome.OK]
    place.assert_right(undisturbed)


@pytest.mark.faults
def test_a_server_that_is_not_there_is_told_of(site: Site, tmp_path: Path) -> None:
    done = in_a_process(
        tmp_path, "harvest", *SOURCES, *AS_OF, MICROCRED_LOOPBACK_PORT=str(site.port),
        PREFECT_API_URL=f"http://127.0.0.1:{free_port()}/api", PREFECT_HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 1
    assert "unset PREFECT_API_URL and harvest without it" in done.said
    assert "Traceback" not in done.stderr


WITHOUT_PREFECT = """\
import sys
sys.modules["prefect"] = None
sys.argv[0] = "microcred"
from flows.cli import main
main()
"""


@pytest.mark.faults
def test_a_plain_harvest_needs_no_prefect(site: Site, undisturbed: Engine, tmp_path: Path) -> None:
    place = Place(site, tmp_path / "data", f"sqlite:///{tmp_path}/data/observatory.sqlite")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "MICROCRED_"))}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PREFECT, "harvest", *SOURCES, *AS_OF], cwd=tmp_path, text=True, check=False,
        capture_output=True, timeout=120,
        env=environment | {
            "MICROCRED_DATA_DIR": str(tmp_path / "data"), "MICROCRED_LOOPBACK_PORT": str(site.port),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    place.assert_right(undisturbed)
