"""What is kept between requests, and for how long: until the database has changed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable, Sequence
from threading import Lock, Thread
from typing import Any, TypeVar, cast

from models.queries import QueryRefused, database_state, listed_frame, programmes_found
from web.asked import NotUnderstood
from web.catalogue import Catalogue, Integers
from web.reach import Reach

Answer = TypeVar("Answer")

ANSWERS_MOST = 500
log = logging.getLogger(__name__)


class Memory:
    """Answers of the database, kept until it changes, and the catalogue, read again in the background when it does.

    Until the new catalogue is there, readers get the one before: it is at most one reading old.
    """

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._state = ""
        self._looked_at = float("-inf")
        self._answers: dict[Hashable, Any] = {}
        self._catalogue: Catalogue | None = None
        self._catalogue_state = ""
        self._looking, self._reading = Lock(), Lock()

    def answer(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return what ``make`` gave for ``key`` since the database last changed, or what it gives now."""
        state = self._look()
        known = self._answers.get((state, key))
        if known is not None:
            return cast(Answer, known)
        made = make()
        if len(self._answers) >= ANSWERS_MOST:
            self._answers.clear()
        self._answers[state, key] = made
        return made

    def catalogue(self) -> Catalogue:
        """Return all programmes; waits only if they were never read."""
        state = self._look()
        if self._catalogue is None:
            self._read(state)
        elif self._catalogue_state != state and not self._reading.locked():
            Thread(target=self._read, args=(state,), daemon=True, name="catalogue").start()
        assert self._catalogue is not None
        return self._catalogue

    def programmes_with(self, words: Sequence[str]) -> Integers:
        """Return the numbers of the programmes that hold all words by the full-text index of the database.

        Raises:
            NotUnderstood: if there are too many words.
        """
        asked = " ".join(words)
        try:
            return self.answer(("words", asked), lambda: programmes_found(self._reach.engine, asked))
        except QueryRefused as error:
            raise NotUnderstood(str(error)) from None

    def _look(self) -> str:
        with self._looking:
            if time.monotonic() - self._looked_at >= self._reach.seconds_fresh:
                state = database_state(self._reach.engine)
                if state != self._state:
                    self._answers.clear()
                self._state, self._looked_at = state, time.monotonic()
            return self._state

    def _read(self, state: str) -> None:
        with self._reading:
            if self._catalogue is not None and self._catalogue_state == state:
                return
            began = time.monotonic()
            catalogue = Catalogue(listed_frame(self._reach.engine))
            catalogue.warm()
            self._catalogue, self._catalogue_state = catalogue, state
            log.info("%d programmes read in %.1f s", len(catalogue), time.monotonic() - began)
