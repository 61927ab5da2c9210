"""Processes of the real command line, killed on purpose: at a moment, or at a named place of the program."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from uuid import uuid4

from command_line import COMMAND, Done, without_ours
from prepared import run_command

ROOT = Path(__file__).parents[2]
DYING = Path(__file__).with_name("dying.py")
MARK = "KILLED_ON_PURPOSE"
"""The variable by which all processes of one command are known, whoever is their parent."""
ENDS_WITHIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the program: before or after the ``nth`` call of ``name`` (see ``dying.py``)."""

    name: str
    nth: int = 1
    when: str = "before"

    def __str__(self) -> str:
        return f"{self.when} {self.name.rpartition(':')[2]} {self.nth}"


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands in ``folder`` under an environment of their own."""

    folder: Path
    environment: Mapping[str, str]
    mark: str = field(default_factory=lambda: uuid4().hex)

    def start(self, *arguments: str, at: Place | None = None, signal_name: str = "SIGKILL") -> subprocess.Popen[str]:
        """Start a command as the head of a process group, which is sent a signal at a place if one is given."""
        program = [str(COMMAND)]
        if at is not None:
            program = [sys.executable, str(DYING), signal_name, at.name, str(at.nth), at.when]
        paths = os.pathsep.join([str(ROOT), str(DYING.parent)])
        return subprocess.Popen(
            [*program, *arguments], cwd=self.folder, start_new_session=True, text=True,
            env=without_ours() | {"PYTHONPATH": paths, MARK: self.mark} | dict(self.environment),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str) -> Done:
        """Run a command to its end."""
        return ended(self.start(*arguments))

    def begin(self, *arguments: str, at: Place | None = None) -> Begun:
        """Begin a command in a process that has loaded the program (``prepared.py``); it is killed at a place."""
        own = self.folder / f"told-{uuid4().hex}"
        own.mkdir()
        started = without_ours() | {MARK: self.mark} | dict(self.environment)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["prepared"])
        place = None if at is None else (at.name, at.nth, at.when)
        process = context.Process(target=run_command, args=(self.folder, arguments, started, own, place))
        process.start()
        return Begun(process, own)

    def run_prepared(self, *arguments: str) -> Done:
        """Run a command to its end as ``begin`` does."""
        return self.begin(*arguments).ended()

    def killed_at(self, place: Place, *arguments: str, prepared: bool = False) -> None:
        """Run a command until it kills itself at a place; from its very start, or prepared."""
        done = self.begin(*arguments, at=place).ended() if prepared else ended(self.start(*arguments, at=place))
        assert done.returncode == -signal.SIGKILL, f"never killed {place}: {done.stderr}"

    def killed_after(self, seconds: float, *arguments: str, whole_group: bool) -> bool:
        """Kill a command so many seconds after its start; return whether it was still running.

        Killed is the whole process group, or only the process that was started: then the others must end by themselves.
        """
        begun = self.begin(*arguments)
        begun.process.join(seconds)
        is_running = begun.process.is_alive()
        if is_running and whole_group:
            with suppress(ProcessLookupError):  # it has not yet become the head of one
                os.killpg(begun.process.pid or 0, signal.SIGKILL)
        begun.process.kill()
        done = begun.ended()
        assert is_running or done.returncode == 0, done.stderr
        return is_running

    @contextmanager
    def stopped_at(self, place: Place, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A command that stands still at a place; killed at the end, if it was not before."""
        process = self.start(*arguments, at=place, signal_name="SIGSTOP")
        try:
            until = time.monotonic() + 60
            while _state(process.pid) != "T":
                assert process.poll() is None, ended(process).stderr
                assert time.monotonic() < until, f"never stopped {place}"
                time.sleep(0.02)
            yield process
        finally:
            process.kill()
            ended(process)

    def left_running(self) -> list[int]:
        """The processes of these commands that are still there."""
        return [int(found.name) for found in Path("/proc").iterdir() if found.name.isdigit() and self._is_ours(found)]

    def assert_none_left(self) -> None:
        """Wait a little for all processes of these commands to end."""
        until = time.monotonic() + ENDS_WITHIN_SECONDS
        while left := self.left_running():
            assert time.monotonic() < until, f"{len(left)} processes outlive the one that began them"
            time.sleep(0.05)

    def _is_ours(self, process: Path) -> bool:
        try:
            is_marked = f"{MARK}={self.mark}".encode() in (process / "environ").read_bytes().split(b"\0")
        except OSError:  # it has ended, or is nobody's business
            return False
        return is_marked and _state(int(process.name)) != "Z"


@dataclass(frozen=True, slots=True)
class Begun:
    """A command that was begun prepared."""

    process: BaseProcess
    own: Path

    def ended(self) -> Done:
        """Wait for it and return how it ended."""
        self.process.join(120)
        code = self.process.exitcode
        assert code is not None, "it does not end"
        out, err = (self.own / "out", self.own / "err")
        return Done(code, *(file.read_text() if file.exists() else "" for file in (out, err)))


def ended(process: subprocess.Popen[str]) -> Done:
    """Wait for a process and return how it ended."""
    out, err = process.communicate(timeout=120)
    return Done(process.returncode, out, err)


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return "gone"
