"""Reads the licence of every package that ``uv.lock`` pins and that is installed, and refuses those not accepted.

``python -m supply.licences``: exit code 1 if one is not on the list of ``accepted.toml``. A package says its licence as
an SPDX expression (``License-Expression``, PEP 639), else in classifiers, else in words of its own (``License``), the
first line of which is taken. Of an expression, all parts joined by AND must be accepted, and one of those joined by OR;
of several classifiers, all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

import tomli
from license_expression import ExpressionError, get_spdx_licensing  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
ACCEPTED = Path(__file__).with_name("accepted.toml")
_CLASSIFIER = "License :: "
_NO_LICENCE = "OSI Approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Licences that are accepted, as packages name them; by package, why it is accepted whatever it says."""

    accepted: frozenset[str]
    exceptions: Mapping[str, str]


def rules(file: Path = ACCEPTED) -> Rules:
    """Read the rules.

    Raises:
        ValueError: if an exception gives no reason.
    """
    said = tomli.loads(file.read_text(encoding="utf-8"))
    without = [name for name, reason in said["exceptions"].items() if not reason.strip()]
    if without:
        raise ValueError(f"{file.name}: an exception without a reason: {', '.join(without)}")
    return Rules(accepted=frozenset(said["accepted"]), exceptions=said["exceptions"])


def licence_of(package: Distribution) -> tuple[str, ...]:
    """Return the licence of a package: one expression or one line of words, or its classifiers; empty if unknown."""
    about = package.metadata
    if expression := about.json.get("license_expression"):
        return (str(expression),)
    classifiers = [
        one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith(_CLASSIFIER)
    ]
    if named := tuple(sorted({one for one in classifiers if one != _NO_LICENCE})):
        return named
    words = str(about.json.get("license", "")).strip().splitlines()
    return (words[0].strip(),) if words else ()


def is_accepted(licence: str, accepted: Collection[str]) -> bool:
    """Whether a licence, or an SPDX expression of several, is accepted."""
    if licence in accepted:
        return True
    try:
        parsed = get_spdx_licensing().parse(licence, validate=True)
    except ExpressionError:
        return False
    return _holds(parsed, accepted)


def _holds(parsed: Any, accepted: Collection[str]) -> bool:
    parts = getattr(parsed, "args", ())
    if not parts:
        return str(parsed) in accepted
    found = [_holds(part, accepted) for part in parts]
    return all(found) if parsed.operator.strip() == "AND" else any(found)


def refused(packages: Mapping[str, tuple[str, ...]], by: Rules) -> Iterator[str]:
    """Yield in words which packages are not accepted, and which exceptions nothing needs."""
    for name, licences in sorted(packages.items()):
        fits = bool(licences) and all(is_accepted(licence, by.accepted) for licence in licences)
        if name in by.exceptions and fits:
            yield f"{name}: no exception is needed: {'; '.join(licences)} is accepted"
        elif not fits and name not in by.exceptions:
            yield f"{name}: {'; '.join(licences) or 'no licence named'} is not on the list of {ACCEPTED.name}"


def locked_and_installed() -> dict[str, tuple[str, ...]]:
    """Return the licence of each package that is pinned and installed, by its normalised name (PEP 503)."""
    lock = tomli.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    pinned = {package["name"] for package in lock["package"]}
    named = ((re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(), one) for one in distributions())
    return {name: licence_of(one) for name, one in named if name in pinned}


def main() -> None:
    """Check, tell, and exit."""
    packages = locked_and_installed()
    wrong = list(refused(packages, rules()))
    sys.stderr.write("\n".join([*wrong, f"{len(packages)} licences read, {len(wrong)} not in order"]) + "\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
