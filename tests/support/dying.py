"""Run the command line in this process, and send it a signal at a named place.

``python dying.py SIGNAL PLACE NTH WHEN ARGUMENT...``: PLACE is ``module:name`` of a function or method, WHEN ``before``
or ``after`` its NTH call; or ``statement``, the NTH that writes; or ``torn``, in the middle of the NTH answer that
is appended to a WARC file. With ``READS_BESIDE`` in the environment a second process reads pages from the first one on.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import os
import re
import signal
import sys
from collections.abc import Callable
from typing import Any

WRITES = re.compile(r"\s*(create|drop|alter|insert|update|delete)\b", re.IGNORECASE)


def end(signal_name: str) -> None:
    os.kill(os.getpid(), signal.Signals[signal_name])


def at_call(place: str, nth: int, when: str, then: Callable[[], None]) -> None:
    module, _, name = place.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, last = name.split(".")
    for part in outer:
        owner = getattr(owner, part)
    function, calls = getattr(owner, last), itertools.count(1)

    @functools.wraps(function)
    def watched(*arguments: Any, **facts: Any) -> Any:
        is_it = next(calls) == nth
        if is_it and when == "before":
            then()
        made = function(*arguments, **facts)
        if is_it and when == "after":
            then()
        return made

    setattr(owner, last, watched)


def at_statement(nth: int, then: Callable[[], None]) -> None:
    from sqlalchemy import Engine, event

    statements = itertools.count(1)

    def before(*told: Any) -> None:
        if WRITES.match(told[2]) and next(statements) == nth:
            then()

    event.listen(Engine, "before_cursor_execute", before)


def torn(nth: int, then: Callable[[], None]) -> None:
    from scrapers.warc import RunWriter

    append, records = RunWriter._append, itertools.count(1)

    class Half:
        def __init__(self, handle: Any) -> None:
            self.handle = handle

        def write(self, member: bytes) -> None:
            self.handle.write(member[: len(member) // 2])
            self.handle.flush()
            then()

    def appended(self: Any, *members: bytes) -> Any:
        if next(records) == nth:
            self._handle = Half(self._handle)
        return append(self, *members)

    RunWriter._append = appended  # type: ignore[method-assign]


def set_up(signal_name: str, place: str, nth: int, when: str) -> None:
    """Have a signal sent to this process at a place."""
    then = functools.partial(end, signal_name)
    if place == "statement":
        at_statement(nth, then)
    elif place == "torn":
        torn(nth, then)
    else:
        at_call(place, nth, when, then)
    if "READS_BESIDE" in os.environ:
        from flows.reading_beside import Reader

        Reader.__init__.__kwdefaults__["worth_pages"] = 1


def main() -> None:
    signal_name, place, nth, when, *arguments = sys.argv[1:]
    set_up(signal_name, place, int(nth), when)
    from flows.cli import main as command

    sys.argv = ["microcred", *arguments]
    command()


if __name__ == "__main__":
    main()
