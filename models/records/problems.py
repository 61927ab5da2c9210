"""``Problem``: nothing is lost silently."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """The step of the data's way that met a problem."""

    FETCH = "fetch"
    PARSE = "parse"
    NORMALISE = "normalise"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something a rule did not understand, with the words as printed.

    ``code`` is a word of the vocabulary ``problem_code``; ``field`` the field of the listing concerned, if any.
    """

    stage: Stage
    code: str
    message: str
    field: str | None = None
    words: str | None = None
    ref: str | None = None
    url: str | None = None
