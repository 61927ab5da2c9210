"""Processes that work for this one, and whose end, however it comes, is noticed at once.

An executor of our own, since that of the standard library (``ProcessPoolExecutor``, CPython 3.11) gives all its
processes one pipe for their answers: one that is killed while it sends an answer leaves half of it there, and the
executor waits for the other half for ever. Here each process has a pipe of its own, which ends with it.

They are begun without the program that this one runs (command line, database, HTTP client), which multiprocessing
would have them load first, and without the process that it keeps to count what processes share.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, ParamSpec, TypeVar

from flows.collecting import rarely

Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class _Call:
    future: Future[Any]
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]


_PROGRAM = "import sys; sys.path[:] = sys.argv[2:]; from flows.processes import work; work(int(sys.argv[1]))"


class Processes(Executor):
    """Up to ``size`` processes, each begun when there is work that none is free for.

    As soon as one has ended unasked, what it did and all that waits fails with ``BrokenExecutor``, and nothing more is
    taken; what others are at comes to its end.
    """

    def __init__(self, size: int) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []
        """Those that were begun."""
        self._size = size
        self._due: SimpleQueue[_Call | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._lock = Lock()
        self._undone = 0
        self._broken: str | None = None
        self._is_shut = False

    def submit(self, fn: Callable[Given, Made], /, *args: Given.args, **kwargs: Given.kwargs) -> Future[Made]:
        """Have a function called by one of the processes; it and all that is given and returned must be picklable.

        The function is one of an imported module: the program itself, ``__main__``, is not loaded there.

        Raises:
            BrokenProcessPool: if a process has ended unasked.
            RuntimeError: if the executor is shut down.
            OSError: if no process can be begun.
        """
        with self._lock:
            if self._broken is not None:
                raise BrokenProcessPool(self._broken)
            if self._is_shut:
                raise RuntimeError("the processes were told to end")
            if self._undone >= len(self._threads) < self._size:
                self._begin()
            self._undone += 1
            future: Future[Made] = Future()
            self._due.put(_Call(future, fn, args, kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more; the processes end when all that was taken is done, or else when what they are at is."""
        with self._lock:
            self._is_shut = True
        if cancel_futures:
            self._drop(lambda call: call.future.cancel())
        for _ in self._threads:
            self._due.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _begin(self) -> None:
        # A fork would copy open databases, and the threads of an event loop or of a progress bar.
        ours, theirs = Pipe()
        warned = [f"-W{rule}" for rule in sys.warnoptions]
        command = [sys.executable, *warned, "-c", _PROGRAM, str(theirs.fileno()), *sys.path]
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])  # noqa: S603
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()  # else the pipe would not end with the process
        self.processes.append(process)
        self._threads.append(Thread(target=self._serve, args=(process, ours), daemon=True))
        self._threads[-1].start()

    def _serve(self, process: subprocess.Popen[bytes], pipe: Connection) -> None:
        """Give work to one process until there is none; in a thread of its own."""
        with pipe:
            while (call := self._due.get()) is not None:
                if call.future.set_running_or_notify_cancel():
                    self._do(call, process, pipe)
                with self._lock:
                    self._undone -= 1
            with suppress(OSError):
                pipe.send(None)
            process.wait()

    def _do(self, call: _Call, process: subprocess.Popen[bytes], pipe: Connection) -> None:
        if self._broken is not None:
            call.future.set_exception(BrokenProcessPool(self._broken))
            return
        try:
            pipe.send((call.function, call.arguments, call.named))
            is_made, value = pipe.recv()
        except (EOFError, OSError):
            self._broken = f"a process that worked for this one has ended unasked (exit code {process.wait()})"
            call.future.set_exception(BrokenProcessPool(self._broken))
            self._drop(self._fail)
        except Exception as error:  # noqa: BLE001 - what cannot be pickled, here or there, concerns this call alone
            call.future.set_exception(error)
        else:
            if is_made:
                call.future.set_result(value)
            else:
                call.future.set_exception(value)

    def _fail(self, call: _Call) -> None:
        if call.future.set_running_or_notify_cancel():
            call.future.set_exception(BrokenProcessPool(self._broken))

    def _drop(self, end: Callable[[_Call], object]) -> None:
        """Take back all that waits."""
        ends: list[None] = []
        with suppress(Empty):
            while True:
                call = self._due.get_nowait()
                if call is None:
                    ends.append(None)
                else:
                    end(call)
        for one in ends:
            self._due.put(one)


def work(descriptor: int) -> None:
    """Do what comes through a pipe until there is no more, or until the process at its other end is gone."""
    rarely()
    with suppress(EOFError, KeyboardInterrupt), Connection(descriptor) as pipe:
        Thread(target=_end_with, args=(descriptor,), daemon=True).start()
        while (asked := pipe.recv()) is not None:
            function, arguments, named = asked
            try:
                answer = True, function(*arguments, **named)
            except Exception as error:  # noqa: BLE001 - it is raised where the answer is asked for
                answer = False, error
            _send(pipe, answer)


def _end_with(descriptor: int) -> None:
    """End when the process at the other end is killed: what this one is at would be for nobody."""
    waiting = select.poll()
    waiting.register(descriptor, 0)  # for its end, which is always told, and not for what comes
    waiting.poll()
    os._exit(1)


def _send(pipe: Connection, answer: tuple[bool, Any]) -> None:
    try:
        pipe.send(answer)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - a message is pickled before its first byte goes out: nothing was sent
        pipe.send((False, TypeError(f"an answer cannot be sent to another process: {error}")))
