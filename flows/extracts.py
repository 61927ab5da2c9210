"""Extracts of the history as files: columns of integers beside the database, made of it and of no other use.

An extract is never changed: a new one has files of other names, and ``extract.json``, which names them, is put in the
place of the old one at once. What is not whole, of another layout or damaged counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from models.change_log import Mark
from trends.stocks import Daily, Episodes

FORMAT = 1
"""Raised whenever what the files hold changes its meaning."""
NAME = "extract.json"
COLUMNS = ("listing", "begins", "ends", "packed")


@dataclass(frozen=True, slots=True)
class Extract:
    """All episodes of a database at a moment, in the order of their listings.

    ``layout`` says what the packed categories mean. ``slugs`` are the sources by their codes, ``retired`` the days on
    which some of them were retired; ``daily`` are the daily changes under these. ``listings`` says of how many listings
    the episodes are.
    """

    mark: Mark
    layout: str
    slugs: tuple[str, ...]
    retired: Mapping[str, int]
    listings: int
    episodes: Episodes
    daily: Daily


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
        return Extract(
            mark=Mark(**said["mark"]), layout=layout, slugs=tuple(said["slugs"]), retired=said["retired"],
            listings=said["listings"], episodes=Episodes(**columns), daily=Daily(said["first"], changes),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_extract(folder: Path, extract: Extract) -> None:
    """Put an extract in the place of the one that is kept, if any.

    Raises:
        OSError: if the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(8)
    for name in COLUMNS:
        np.save(folder / f"{token}-{name}.npy", getattr(extract.episodes, name))
    daily = folder / f"{token}-daily.npy"
    np.save(daily, np.hstack(list(extract.daily.changes.values())).astype(np.int32))
    said = {
        "format": FORMAT, "token": token, "layout": extract.layout, "mark": asdict(extract.mark),
        "slugs": extract.slugs, "retired": extract.retired, "listings": extract.listings,
        "episodes": len(extract.episodes.listing), "first": extract.daily.first,
        "cuts": {name: of.shape[1] for name, of in extract.daily.changes.items()},
        "daily_digest": hashlib.sha256(daily.read_bytes()).hexdigest(),
    }  # fmt: skip
    written = folder / f"{token}.json"
    written.write_text(json.dumps(said, indent=1), "utf-8")
    written.replace(folder / NAME)
    for file in folder.iterdir():
        if file.suffix == ".npy" and not file.name.startswith(token):
            file.unlink(missing_ok=True)
