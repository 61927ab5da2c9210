"""Folders and files for the user of this process alone, whatever the umask: pages, and what is made of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

FOLDER_MODE, FILE_MODE = 0o700, 0o600


def private_folder(path: Path) -> None:
    """Make a folder, and those missing above it, for this user alone; what is there stays as it is."""
    if path.is_dir():
        return
    private_folder(path.parent)
    path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def private_file(path: Path) -> BinaryIO:
    """Make a file for this user alone, and open it to be written.

    Raises:
        FileExistsError: if there is one.
    """
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE), "w+b")


def private_if_new(path: Path) -> None:
    """Make an empty file for this user alone, unless there is a file: it stays as it is."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
