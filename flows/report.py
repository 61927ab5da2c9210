"""Writing a report: one HTML file about stored figures, and a PDF of it where a browser is installed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.observatory import code_version
from flows.printing import print_pdf
from flows.serve import opened_reach
from flows.settings import Settings
from models.queries import DEFAULT_DEFINITION
from models.vocab import vocabulary
from web.memory import Memory
from web.report import TITLE, Edition, citation, report
from web.report_days import report_days
from web.series import all_snapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which report: its day and knowledge (``web.report_days.report_days``), its definition, its title and author.

    ``out`` is the HTML file; ``reports/microcred-report-<as-of>.html`` in the data directory if ``None``.
    """

    as_of: date | None = None
    known_at: date | None = None
    definition: str | None = None
    title: str | None = None
    author: str | None = None
    out: Path | None = None
    with_pdf: bool = False


def write_report(settings: Settings, wanted: Wanted) -> Mapping[str, Any]:
    """Write a report and return what was written: files with sizes and digests, days, snapshots, citation.

    The HTML is written first and stays, also where the PDF then fails.

    Raises:
        ValueError: if there is no such definition, or no such snapshot; the message says how to take it.
        NotReadable: if there is no database, or its schema is not the newest.
        NotPrinted: if a PDF is wanted and cannot be made; the message says what to do.
        OSError: if a file cannot be written.
    """
    definition = wanted.definition or DEFAULT_DEFINITION
    if definition not in vocabulary("definition"):
        raise ValueError(f"there is no definition {definition!r}; there are: {', '.join(vocabulary('definition'))}")
    edition = Edition(software=code_version(), title=wanted.title or TITLE, author=wanted.author or "")
    with opened_reach(settings) as reach:
        days = report_days(
            all_snapshots(reach, Memory(reach)), definition=definition, as_of=wanted.as_of, known_at=wanted.known_at
        )
        html = report(reach, days, edition)
    latest = days.latest
    out = wanted.out or settings.data_dir / "reports" / f"microcred-report-{latest.as_of}.html"
    out.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(out, html)
    files = [out]
    if wanted.with_pdf:
        files.append(print_pdf(out, out.with_suffix(".pdf"), browser=settings.browser))
    return {
        "files": [_file(path) for path in files],
        "as_of": latest.as_of,
        "known_at": latest.known_at,
        "period_start": latest.period_start,
        "definition": latest.definition,
        "snapshots": [one.id for one in days.used()],
        "code_version": edition.software,
        "citation": citation(days, edition),
    }


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _file(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"path": str(path), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
