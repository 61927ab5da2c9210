"""What a source's declaration states about every one of its listings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.records import OrganisationName


def organisations(options: Mapping[str, Any]) -> tuple[OrganisationName, ...]:
    """Return the organisations of ``[[options.organisations]]``: role, name, and kind and country where declared.

    Raises:
        TypeError: if an entry has an unknown key or lacks its role or name.
    """
    return tuple(OrganisationName(**entry) for entry in options.get("organisations", ()))
