"""Bytes to text and trees, safely: bounded, without entities, recovering what can be recovered and saying so."""

from __future__ import annotations


class PageUnreadable(Exception):
    """A page whose bytes hold nothing its format allows. The message says what was expected and what was found."""
