"""Asks the advisory service of PyPI, through pip-audit, about every package that ``uv.lock`` pins.

``python -m supply.advisories``: exit code 1 if a pinned version has a known vulnerability, 0 if none has, and also,
with a message that says so, if the service gave no answer: a machine without internet must be able to check all else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS_MOST = 300
NO_ANSWER = "no answer from the advisory service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What was said: ``found`` vulnerabilities in words, how many packages were ``answered`` for, which were not."""

    found: tuple[str, ...]
    answered: int
    skipped: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """Whether the check fails: only for a vulnerability that was found."""
        return 1 if self.found else 0

    def words(self) -> list[str]:
        """Return what a person is told, a line each."""
        if not self.answered:
            return [f"{NO_ANSWER}: {len(self.skipped)} packages were not checked; run it again with internet"]
        told = [f"{self.answered} packages: {len(self.found)} known vulnerabilities", *self.found]
        return [*told, f"{NO_ANSWER} about: {', '.join(self.skipped)}"] if self.skipped else told


def said(report: dict[str, Any]) -> Audited:
    """Return what a report of pip-audit in JSON says; it calls everything in order of which it knows nothing."""
    found: list[str] = []
    skipped: list[str] = []
    for package in report["dependencies"]:
        if "skip_reason" in package:
            skipped.append(package["name"])
        for one in package.get("vulns", ()):
            mended = ", ".join(one.get("fix_versions", ())) or "no version"
            found.append(f"{package['name']} {package['version']}: {one['id']}; mended in {mended}")
    answered = len(report["dependencies"]) - len(skipped)
    return Audited(found=tuple(found), answered=answered, skipped=tuple(skipped))


def audited(requirements: Path, *, service_url: str | None = None) -> Audited:
    """Ask about requirements that are pinned with hashes; what cannot be asked counts as not answered.

    Args:
        requirements: a file as ``uv export`` writes it.
        service_url: an OSV service to ask in the place of PyPI.
    """
    elsewhere = () if service_url is None else ("--vulnerability-service", "osv", "--osv-url", service_url)
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--disable-pip", "--require-hashes",
        "--format", "json", "--progress-spinner", "off", "--timeout", "10", *elsewhere,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS_MOST)  # noqa: S603 - our words
        return said(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return Audited(found=(), answered=0, skipped=pinned(requirements))


def pinned(requirements: Path) -> tuple[str, ...]:
    """Return the names of what is pinned."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return tuple(line.partition("==")[0].strip() for line in lines if "==" in line and not line.startswith((" ", "#")))


def exported(into: Path) -> Path:
    """Write what ``uv.lock`` pins, with all extras and what only developers need, as requirements with hashes."""
    command: Sequence[str] = (
        sys.executable, "-m", "uv", "export", "--frozen", "--all-extras", "--all-groups", "--no-emit-project",
        "--format", "requirements-txt", "--output-file", str(into),
    )  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our words
    return into


def main() -> None:
    """Ask, tell, and exit."""
    with tempfile.TemporaryDirectory() as folder:
        found = audited(exported(Path(folder) / "requirements.txt"))
    sys.stderr.write("\n".join(found.words()) + "\n")
    sys.exit(found.exit_code)


if __name__ == "__main__":
    main()
