"""How far long work is, on the terminal: how much is done, how fast, and how long it will still take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

RATE_WINDOW_SECONDS = 120
"""The rate is that of the last two minutes: hosts answer unevenly, and what was long ago says little."""


class Advance(Protocol):
    """Is told of work done."""

    def __call__(self, count: int = 1, at: str = "") -> None:
        """Count ``count`` more; ``at`` says what is worked on now."""


class Done(ProgressColumn):
    """How many are done, of how many if that is known."""

    def render(self, task: Task) -> Text:
        """Return such as ``12/50 pages``."""
        of = "" if task.total is None else f"/{task.total:,.0f}"
        return Text(f"{task.completed:,.0f}{of} {task.fields['unit']}")


class Rate(ProgressColumn):
    """How fast it goes."""

    def render(self, task: Task) -> Text:
        """Return such as ``3.1 a second`` or ``40 a minute``, empty until it is known."""
        return Text(rate_words(task.speed or task.finished_speed))


class TimeLeft(TimeRemainingColumn):
    """How long it will still take, empty where that cannot be known."""

    def render(self, task: Task) -> Text:
        """Return such as ``0:02:10 left``."""
        if task.total is None or task.time_remaining is None or task.finished:
            return Text("")
        return Text.assemble(super().render(task), " left")


def rate_words(per_second: float | None) -> str:
    """Return a rate as people say it; empty if it is not known."""
    if not per_second:
        return ""
    return f"{per_second:,.1f} a second" if per_second >= 1 else f"{60 * per_second:,.1f} a minute"


def progress_on(console: Console) -> Progress:
    """Return the lines of progress as this project shows them: every task has a field ``unit``."""
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=16), Done(), Rate(),
        TimeLeft(compact=True), TimeElapsedColumn(),
        console=console, transient=True, speed_estimate_period=RATE_WINDOW_SECONDS,
    )  # fmt: skip


@contextmanager
def shown(console: Console, what: str, unit: str, total: int | None) -> Iterator[Advance]:
    """Show one line of progress; see ``flows.console.progress``."""
    with progress_on(console) as lines:
        task = lines.add_task(what, total=total, unit=unit)

        def advance(count: int = 1, at: str = "") -> None:
            lines.update(task, advance=count, description=f"{what} {at}" if at else None)

        yield advance
