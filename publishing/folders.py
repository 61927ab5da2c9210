"""A folder that gets all its files or none: they are made beside their place, and moved when all are whole."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp


@contextmanager
def filled_at_once(folder: Path) -> Iterator[Path]:
    """Yield an empty folder within ``folder``; what is put there takes its place when the block ends without an error.

    Files of the same name are replaced, others stay. After an error nothing has changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = Path(mkdtemp(prefix=".partial-", dir=folder))
    try:
        yield partial
        for file in sorted(path for path in partial.rglob("*") if path.is_file()):
            place = folder / file.relative_to(partial)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
