"""Labels made by reading: what listings of recordings say; ``tests/labels/GUIDE.md`` tells how they are made."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import tomli

from models.records import Page

ATTRIBUTES = (
    "mc_class", "mode", "field_broad", "field_narrow", "eqf_level", "platform_level", "workload_hours", "ects",
    "price_type", "price",
)  # fmt: skip
NOT_STATED = "-"
_COLUMNS = ("recording", "ref", "language", *ATTRIBUTES, "note")


class LabelsInvalid(ValueError):
    """Labels or a recording of theirs cannot be read. The message says which and why."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader took from one listing. ``values`` has a cell for each attribute that was labelled."""

    recording: str
    ref: str
    language: str
    values: Mapping[str, str]

    @property
    def is_held_out(self) -> bool:
        """Whether it is of the half that nobody looks at when rules are mended: chosen by its ref, not by its words."""
        return hashlib.sha256(f"{self.recording} {self.ref}".encode()).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True)
class LabelledRecording:
    """Pages of one source in which labelled listings stand."""

    name: str
    source: str
    pages: tuple[Page, ...]


def read_labels(directory: Path) -> tuple[Label, ...]:
    """Return the labels of ``directory/labels.csv``.

    Raises:
        LabelsInvalid: if the file is missing, has other columns, or labels a listing twice.
    """
    file = directory / "labels.csv"
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise LabelsInvalid(f"{file}: {error.strerror}") from error
    if not rows or set(rows[0]) != set(_COLUMNS):
        raise LabelsInvalid(f"{file}: the columns are {', '.join(_COLUMNS)}")
    labels = tuple(_label(row) for row in rows)
    keys = [(label.recording, label.ref) for label in labels]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise LabelsInvalid(f"{file}: {' '.join(twice)} is labelled twice")
    return labels


def _label(row: Mapping[str, str]) -> Label:
    values = {name: row[name].strip() for name in ATTRIBUTES if row[name].strip()}
    return Label(row["recording"], row["ref"], row["language"], values)


def read_recording(directory: Path, name: str, recordings: Path) -> LabelledRecording:
    """Return the pages of ``directory/recordings/<name>.toml``; their files are relative to ``recordings``.

    Raises:
        LabelsInvalid: if it cannot be read.
    """
    file = directory / "recordings" / f"{name}.toml"
    try:
        data = tomli.loads(file.read_text(encoding="utf-8"))
        pages = tuple(_page(capture, recordings) for capture in data["capture"])
        return LabelledRecording(name, data["source"], pages)
    except (OSError, KeyError, ValueError) as error:
        raise LabelsInvalid(f"{file}: {error}") from error


def _page(capture: Mapping[str, str], recordings: Path) -> Page:
    body = (recordings / capture["file"]).read_bytes()
    return Page(
        url=capture["url"],
        final_url=capture["url"],
        at=datetime.fromisoformat(capture["at"]).astimezone(UTC),
        status=200,
        content_type=capture["content_type"],
        body=body,
        digest=f"sha256:{hashlib.sha256(body).hexdigest()}",
    )
