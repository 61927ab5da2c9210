"""Work for another process that ends it on purpose."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection
from typing import Any


def doubled(number: int) -> int:
    return 2 * number


def slowly_doubled(number: int, seconds: float) -> int:
    time.sleep(seconds)
    return 2 * number


def refused(words: str) -> int:
    raise ValueError(words)


def unsendable() -> Any:
    return lambda: None


def killed() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def half_an_answer() -> bytes:
    """Answer with much, and be killed when half of it is on its way."""

    def half(self: Connection, buffer: Any, write: Any = os.write) -> None:
        write(self.fileno(), bytes(buffer)[: len(buffer) // 2])
        killed()

    Connection._send = half  # type: ignore[attr-defined,method-assign]  # the one place where bytes go out
    return bytes(50_000)
