"""The keys that some sources need, each from an environment variable of its own."""

from __future__ import annotations

from flows.settings import KEY_PREFIX, value_of
from models.records import Source


def key_variable(source: Source) -> str | None:
    """Return the environment variable that holds the key of a source, ``None`` if it needs none."""
    return f"{KEY_PREFIX}{source.needs_key.upper()}" if source.needs_key else None


def key_of(source: Source) -> str | None:
    """Return the key of a source (environment before ``.env``), ``None`` if it needs none, or it is not set."""
    variable = key_variable(source)
    return None if variable is None else value_of(variable)


def has_key(source: Source) -> bool:
    """Whether the key that a source needs is set; also if it needs none."""
    return not source.needs_key or key_of(source) is not None
