"""Extracts of the history as files: columns of integers beside the database, made of it and of no other use.

An extract is never changed: a new one has files of other names, and ``extract.json``, which names them, is put in the
place of the old one at once. What is not whole, of another layout or damaged counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from models.change_log import Mark
from trends.stocks import NO_EPISODES, Daily, Episodes

FORMAT = 1
"""Raised whenever what the files hold changes its meaning."""
NAME = "extract.json"
COLUMNS = ("listing", "begins", "ends", "packed")
LEFT_BEHIND_SECONDS = 24 * 3600
"""Nobody writes so long on an extract: its process was killed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of the episodes of a database at a moment.

    ``layout`` says what the packed categories mean. ``slugs`` are the sources by their codes, ``retired`` the days on
    which some of them were retired; ``daily`` are the daily changes under these. ``listings`` says of how many listings
    the episodes are.
    """

    mark: Mark
    layout: str
    slugs: tuple[str, ...]
    retired: Mapping[str, int]
    listings: int
    daily: Daily


@dataclass(frozen=True, slots=True)
class Extract:
    """All episodes of a database at a moment, in the order of their listings, and what was counted of them."""

    counted: Counted
    episodes: Episodes


def kept_extract(folder: Path, layout: str) -> Extract | None:
    """Return the extract of a folder, its columns still on disk; ``None`` if there is none that can be used."""
    try:
        said = json.loads((folder / NAME).read_text("utf-8"))
        if said["format"] != FORMAT or said["layout"] != layout:
            return None
        columns = {name: np.load(folder / f"{said['token']}-{name}.npy", mmap_mode="r") for name in COLUMNS}
        file = folder / f"{said['token']}-daily.npy"
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != said["daily_digest"]:
            return None
        together, changes, first = np.load(BytesIO(content)), {}, 0
        for name, size in said["cuts"].items():
            changes[name] = together[:, first : first + size]
            first += size
        if {len(column) for column in columns.values()} != {said["episodes"]}:
            return None
        counted = Counted(
            mark=Mark(**said["mark"]), layout=layout, slugs=tuple(said["slugs"]), retired=said["retired"],
            listings=said["listings"], daily=Daily(said["first"], changes),
        )  # fmt: skip
        return Extract(counted, Episodes(**columns))
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Keeping:
    """Writes an extract part by part, and puts it in the place of the one that is kept, if any, when it is whole.

    A context, at whose end nothing is left of an extract that was not finished. That something could not be written is
    told by ``finish`` alone: who counts the episodes goes on without an extract.

    Args:
        folder: made when needed.
        episodes: how many there will be.
    """

    def __init__(self, folder: Path, episodes: int) -> None:
        self._folder = folder
        self._episodes = episodes
        self._token = secrets.token_hex(8)
        self._files = ExitStack()
        self._failed: OSError | None = None

    def __enter__(self) -> Self:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._columns = {name: self._files.enter_context(self._part(name).open("wb")) for name in COLUMNS}
            for name, file in self._columns.items():
                kind = np.lib.format.dtype_to_descr(getattr(NO_EPISODES, name).dtype)
                about = {"descr": kind, "fortran_order": False, "shape": (self._episodes,)}
                np.lib.format.write_array_header_1_0(file, about)
        except OSError as error:
            self._failed = error
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        # What could not be written is tried once more as a file is closed; it has been told.
        with suppress(OSError):
            self._files.close()
        for name in COLUMNS:
            with suppress(OSError):
                self._part(name).unlink(missing_ok=True)

    def add(self, part: Episodes) -> None:
        """Write the next episodes; all come in the order of their listings."""
        if self._failed is not None:
            return
        try:
            for name, file in self._columns.items():
                file.write(np.ascontiguousarray(getattr(part, name)).data)
        except OSError as error:
            self._failed = error

    def finish(self, counted: Counted) -> None:
        """Write what was counted, and let the extract be the one that is kept.

        Raises:
            OSError: if the folder cannot be written, or something before could not be.
        """
        if self._failed is not None:
            raise self._failed
        self._files.close()
        # Until now another process, which removes the extracts that its own replaces, would leave them alone.
        for name in COLUMNS:
            self._part(name).replace(self._file(name))
        daily = self._file("daily")
        np.save(daily, np.hstack(list(counted.daily.changes.values())).astype(np.int32))
        said = {
            "format": FORMAT, "token": self._token, "layout": counted.layout, "mark": asdict(counted.mark),
            "slugs": counted.slugs, "retired": counted.retired, "listings": counted.listings,
            "episodes": self._episodes, "first": counted.daily.first,
            "cuts": {name: of.shape[1] for name, of in counted.daily.changes.items()},
            "daily_digest": hashlib.sha256(daily.read_bytes()).hexdigest(),
        }  # fmt: skip
        written = self._folder / f"{self._token}.json"
        written.write_text(json.dumps(said, indent=1), "utf-8")
        written.replace(self._folder / NAME)
        for file in self._folder.iterdir():
            if not file.name.startswith(self._token) and (file.suffix == ".npy" or _is_left_behind(file)):
                file.unlink(missing_ok=True)

    def _part(self, name: str) -> Path:
        return self._file(name).with_suffix(".part")

    def _file(self, name: str) -> Path:
        return self._folder / f"{self._token}-{name}.npy"


def _is_left_behind(file: Path) -> bool:
    """Whether a file is of an extract in the making on which nobody is at work any more."""
    with suppress(FileNotFoundError):
        return file.suffix == ".part" and time.time() - file.stat().st_mtime > LEFT_BEHIND_SECONDS
    return False
