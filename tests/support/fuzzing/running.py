"""One target attacked for some time, guided by the code that inputs reach (atheris) or, without it, by chance alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzzing.mutating import MOST_BYTES, mutated

if TYPE_CHECKING:
    from fuzzing.targets import Target

CODE = ("scrapers", "normalise", "classify.organisation_table", "extruct", "json_repair", "warcio", "protego")
"""What is watched for code that inputs reach."""
GRACE_SECONDS = 60.0
"""So much longer than it was given a process may take, to begin and to end."""


@dataclass(frozen=True, slots=True)
class Tried:
    """How many inputs a target was given, in how many seconds, and the files of those that broke its contract."""

    target: str
    inputs: int
    seconds: float
    crashes: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Effort:
    """How long an attack on a target goes on: ``seconds`` or ``runs``, whichever is over first."""

    runs: int | None
    seconds: float
    seed: int


class Attack:
    """Gives inputs to a target, counts them, and keeps one for each way in which the contract is broken."""

    def __init__(self, target: Target, folder: Path, count: Any) -> None:
        self._target = target
        self._folder = folder
        self._count = count
        self._met: set[str] = set()

    def __call__(self, data: bytes) -> None:
        """Try one input."""
        self._count.value += 1
        try:
            self._target.outcome(data)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
            self._keep(data, error)

    def _keep(self, data: bytes, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        way = f"{type(error).__name__} {frames[-1].filename} {frames[-1].lineno}" if frames else type(error).__name__
        if way in self._met:
            return
        self._met.add(way)
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._target.name}-{type(error).__name__}-{hashlib.sha256(way.encode()).hexdigest()[:8]}"
        (self._folder / name).write_bytes(data)
        (self._folder / f"{name}.txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")


def begin() -> tuple[list[str], bool]:
    """Import what is attacked, watched if atheris is there; return the names of the targets, and whether it is.

    Nothing of ours may be imported before: what is imported already is not watched.
    """
    try:
        import atheris
    except ImportError:
        return sorted(_targets()), False
    with atheris.instrument_imports(include=list(CODE)):
        return sorted(_targets()), True


def _targets() -> Mapping[str, Target]:
    from fuzzing.targets import targets

    return targets()


def attack(name: str, effort: Effort, folder: Path, *, is_guided: bool) -> Tried:
    """Attack a target in a process of its own, which may die of it; see ``Tried``."""
    for left in folder.glob(f"{name}-*"):
        left.unlink()
    context = get_context("fork")
    count = context.Value("q", 0, lock=False)
    began = time.monotonic()
    one = _guided if is_guided else _by_chance
    process = context.Process(target=one, args=(name, effort, folder, count))
    process.start()
    process.join(effort.seconds + GRACE_SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    if process.exitcode:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}-died").write_text(f"the process ended with {process.exitcode}", encoding="utf-8")
    crashes = tuple(path for path in sorted(folder.glob(f"{name}-*")) if path.suffix != ".txt")
    return Tried(name, int(count.value), time.monotonic() - began, crashes)


def _guided(name: str, effort: Effort, folder: Path, count: Any) -> None:
    import atheris

    target, corpus = _targets()[name], folder / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for data in target.seeds():
        if len(data) <= MOST_BYTES:
            (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    with _quietly(folder / f"{name}.log"):
        options = [
            f"-max_total_time={effort.seconds:.0f}",
            f"-runs={effort.runs or -1}",
            f"-seed={effort.seed}",
            f"-max_len={MOST_BYTES}",
            f"-artifact_prefix={folder}/{name}-libfuzzer-",
            "-timeout=60",
            "-report_slow_units=60",
            "-rss_limit_mb=4096",
            "-verbosity=0",
        ]
        atheris.Setup([sys.argv[0], *options, str(corpus)], Attack(target, folder, count))
        atheris.Fuzz()


def _by_chance(name: str, effort: Effort, folder: Path, count: Any) -> None:
    target, chance, until = _targets()[name], random.Random(effort.seed), time.monotonic() + effort.seconds
    attacks, seeds = Attack(target, folder, count), target.seeds()
    with _quietly(folder / f"{name}.log"):
        for data in seeds:
            attacks(data)
        while time.monotonic() < until and (effort.runs is None or count.value < effort.runs):
            attacks(mutated(chance.choice(seeds), chance, seeds))


@contextlib.contextmanager
def _quietly(log: Path) -> Iterator[None]:
    """Send what a process says into a file; libFuzzer writes past Python."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        yield
