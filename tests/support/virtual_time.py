"""An event loop whose waits take no time: its clock jumps to whatever is due next."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Made = TypeVar("Made")

STEP_SECONDS = 1e-6


class _Jumping(selectors.DefaultSelector):
    """Lets the time pass that it is asked to wait for."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        # Also without a wait some time goes by, as it does for any other clock.
        self.loop.now += (timeout or 0.0) + STEP_SECONDS
        return super().select(0 if timeout is not None else None)


class VirtualLoop(asyncio.SelectorEventLoop):
    """``now`` is its time in seconds; it has nothing to do with the clock of the day."""

    def __init__(self) -> None:
        self.now = 1000.0
        selector = _Jumping()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now


def run_virtually(work: Coroutine[Any, Any, Made]) -> Made:
    """Run something to its end in a time of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
