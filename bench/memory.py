"""The memory of a contestant: of all its processes together, at its most."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

SAMPLED_SECONDS = 0.2


class Peak:
    """The most that a process and those it began held at once.

    What several processes share, as the code of Python, is divided among them ("proportional set size", man 5 proc).
    Linux keeps no such peak, so it is sampled; what is held for a moment only may be missed, of every contestant alike.
    """

    def __init__(self, process: int) -> None:
        self.mebibytes = 0.0
        self._process = process
        self._ended = threading.Event()

    def sample(self) -> None:
        """Look every ``SAMPLED_SECONDS`` until the end."""
        while not self._ended.wait(SAMPLED_SECONDS):
            with suppress(psutil.NoSuchProcess):
                self.mebibytes = max(self.mebibytes, self._now() / 1024**2)

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def _now(self) -> int:
        whole = psutil.Process(self._process)
        return sum(_held(process) for process in (whole, *whole.children(recursive=True)))


def _held(process: psutil.Process) -> int:
    try:
        held: int = process.memory_full_info().pss
    except psutil.NoSuchProcess:
        return 0
    return held


@contextmanager
def peak_of(process: int) -> Iterator[Peak]:
    """Yield the peak of a process, which grows until the context ends."""
    peak = Peak(process)
    sampling = threading.Thread(target=peak.sample)
    sampling.start()
    try:
        yield peak
    finally:
        peak.end()
        sampling.join()
