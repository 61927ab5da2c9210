"""What somebody may have meant who wrote a name that there is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 3


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Return the known names most like ``word``, the likeliest first; none if none is like it."""
    names = list(known)
    close = get_close_matches(word.lower(), names, n=SHOWN, cutoff=0.6)
    if len(close) < SHOWN and len(word) >= SHOWN:
        close += [name for name in names if word.lower() in name and name not in close]
    return close[:SHOWN]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `` (did you mean X or Y?)``, or nothing if no known name is like ``word``."""
    close = nearest(word, known)
    return f" (did you mean {' or '.join(close)}?)" if close else ""


def none_called(what: str, words: Iterable[str], known: Iterable[str]) -> str:
    """Return ``no WHAT X (did you mean Y?), Z`` for names that there are not."""
    names = list(known)
    return f"no {what} " + ", ".join(f"{word}{did_you_mean(word, names)}" for word in words)
