"""Fewer and shorter runs of Python's collector of garbage while a harvest goes on."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (5_000, 5, 80)
"""How many new containers a collection waits for, and how many collections the next older generation.

A collection of the middle generation looks at 25,000 containers: at 100,000 it kept the event loop waiting for 44 ms.
"""


def rarely() -> None:
    """Let the collector run seldom from now on: for a process that ends with its work."""
    gc.set_threshold(*_THRESHOLDS)


@contextmanager
def seldom() -> Iterator[None]:
    """Let the collector run seldom, and pass over what is there already, until the context is left.

    A full collection looks at every object of the process, libraries and rules included, and nothing else runs
    meanwhile: it kept the event loop waiting for 100 ms, and collections took a tenth of a harvest's processor time.
    So there is one at the end, when nobody waits: left to itself the collector would hardly ever look again at what was
    passed over, and a process that harvests every week would keep what each harvest left in cycles.
    """
    before = gc.get_threshold()
    gc.freeze()
    rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        gc.collect()


def pass_over_what_is_there() -> None:
    """Have the collector never look at what was made until now, as at what was there when ``seldom`` began.

    A run makes records of forty fields each while it lets go as many listings, so that the collector, which counts the
    difference, does not run: then it looked at all that 10,000 programmes are made of at once, and kept the event loop
    waiting for 53 ms. They go when nobody holds them any more, as all do; what was left in cycles goes when ``seldom``
    ends. Outside it nothing is passed over, since nothing would end that.
    """
    if gc.get_threshold() == _THRESHOLDS:
        gc.freeze()
