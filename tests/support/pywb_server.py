"""A real pywb (https://github.com/webrecorder/pywb), served on loopback from WARC files that a test has written.

It runs in a virtual environment of its own, made on first use outside the repository: in ``MICROCRED_PYWB_VENV``, or
in the user's cache under a name that changes with the pinned requirements. Where it cannot be made, tests fail.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).with_name("pywb-requirements.txt")
UV = Path(sys.executable).with_name("uv")
INSTALL_SECONDS = 300
START_SECONDS = 30


class PywbCannotBeHad(Exception):
    """The environment cannot be made or the server does not start. The message says why."""


def environment() -> Path:
    """Return the virtual environment with pywb, made if it is not there. Several processes may ask at once.

    Raises:
        PywbCannotBeHad: if it cannot be made.
    """
    named = os.environ.get("MICROCRED_PYWB_VENV")
    folder = Path(named) if named else _cached()
    mark = folder / "complete"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not mark.is_file() or mark.read_text(encoding="utf-8") != _version():
            shutil.rmtree(folder, ignore_errors=True)
            _run([str(UV), "venv", "--quiet", "--python", sys.executable, str(folder)])
            into = ["--python", str(folder / "bin" / "python")]
            _run([str(UV), "pip", "install", "--quiet", "--no-deps", *into, "--requirement", str(REQUIREMENTS)])
            mark.write_text(_version(), encoding="utf-8")
    return folder


def _cached() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "microcred-observatory" / f"pywb-{_version()}"


def _version() -> str:
    facts = REQUIREMENTS.read_bytes() + sys.version.encode()
    return hashlib.sha256(facts).hexdigest()[:12]


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PywbCannotBeHad(f"{' '.join(command)}: {error}") from error
    except subprocess.CalledProcessError as error:
        raise PywbCannotBeHad(f"{' '.join(command)}: {error.stderr.strip()[-1000:]}") from error


class PywbServer:
    """One pywb with any number of collections."""

    def __init__(self, environment: Path, root: Path) -> None:
        self._bin = environment / "bin"
        self._root = root
        self.port = _free_port()
        self._log = (root / "wayback.log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ports(self) -> Mapping[str, int]:
        """What an ``HttpFetcher`` must be told as ``loopback_port``."""
        return {"localhost": self.port}

    def collection(self, name: str, warcs: Sequence[Path]) -> str:
        """Add a collection of WARC files and return its base address."""
        manager = str(self._bin / "wb-manager")
        _run([manager, "init", name], self._root)
        _run([manager, "add", name, *map(str, warcs)], self._root)
        return f"http://localhost:{self.port}/{name}"

    def start(self) -> None:
        """Start it and wait until it accepts connections.

        Raises:
            PywbCannotBeHad: if it does not.
        """
        command = [str(self._bin / "wayback"), "--port", str(self.port), "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(command, cwd=self._root, stdout=self._log, stderr=subprocess.STDOUT)
        until = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < until:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        said = (self._root / "wayback.log").read_text(encoding="utf-8", errors="replace")
        raise PywbCannotBeHad(f"pywb does not serve on port {self.port}: {said[-1000:]}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def pywb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PywbServer]:
    """A running pywb without collections."""
    try:
        server = PywbServer(environment(), tmp_path_factory.mktemp("pywb"))
        server.start()
    except PywbCannotBeHad as error:
        pytest.fail(f"no pywb: {error}")
    yield server
    server.stop()
