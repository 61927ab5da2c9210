"""The command line as tests run it: in this process, in one of its own, or at a terminal of a given width."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.cli import main

COMMAND = Path(sys.executable).parent / "microcred"
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended: its exit code, data, and what it said beside it."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """What it said beside the data, on one line however it was folded."""
        return " ".join(self.stderr.split())


Run = Callable[..., Done]


def without_ours() -> dict[str, str]:
    """The environment without anything of this project, of Prefect, or about a terminal."""
    ours = ("MICROCRED_", "PREFECT_", "COLUMNS", "LINES")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def in_a_process(folder: Path, *arguments: str, **environment: str) -> Done:
    """Run the command line in a process of its own, in ``folder``, with its data in ``folder/data``."""
    done = subprocess.run(
        [str(COMMAND), *arguments], cwd=folder, env=_with_data(folder, environment), capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def in_this_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **environment: str
) -> Iterator[Run]:
    """The command line in this process, as ``in_a_process``: to start another one for each command takes seconds.

    ``answers`` are the lines that a person types.
    """
    for name in os.environ.keys() - without_ours().keys():
        monkeypatch.delenv(name)
    for name, value in {"MICROCRED_DATA_DIR": str(folder / "data"), **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    before = list(logging.root.handlers), logging.root.level

    def run(*arguments: str, answers: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["microcred", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(answers))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Done(int(ended.value.code or 0), told.out, told.err)

    yield run
    logging.root.handlers[:], logging.root.level = before


def at_a_terminal(folder: Path, columns: int, *arguments: str, **environment: str) -> Done:
    """Run the command line at a terminal so wide; what stands there is returned without control codes."""
    streams = [pty.openpty() for _ in range(2)]
    for _, inner in streams:
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    written: list[list[bytes]] = [[], []]
    readers = [
        threading.Thread(target=_read, args=(outer, into)) for (outer, _), into in zip(streams, written, strict=True)
    ]
    process = subprocess.Popen(
        [str(COMMAND), *arguments], cwd=folder, env=_with_data(folder, environment) | {"TERM": "xterm"},
        stdin=subprocess.DEVNULL, stdout=streams[0][1], stderr=streams[1][1], start_new_session=True,
    )  # fmt: skip
    for reader in readers:
        reader.start()
    code = process.wait(timeout=240)
    for _, inner in streams:
        os.close(inner)
    for reader in readers:
        reader.join()
    for outer, _ in streams:
        os.close(outer)
    out, err = (_CONTROL.sub("", b"".join(pieces).decode()).replace("\r\n", "\n") for pieces in written)
    return Done(code, out, err)


def _read(outer: int, into: list[bytes]) -> None:
    while True:
        try:
            piece = os.read(outer, 65536)
        except OSError:  # Linux says so when the other end is closed
            return
        if not piece:
            return
        into.append(piece)


def _with_data(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    return without_ours() | {"MICROCRED_DATA_DIR": str(folder / "data")} | dict(environment)
