"""A virtual environment for the peers, made on first use outside the repository: their pins and ours do not agree."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).with_name("peers")
REQUIREMENTS = PEERS / "requirements.txt"


def python_of_peers() -> Path:
    """Return the Python that has the peers installed.

    Raises:
        subprocess.CalledProcessError: if the environment cannot be made.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache / "microcred-observatory" / f"peers-{version}"
    python, mark = folder / "bin" / "python", folder / "complete"
    if not mark.is_file():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "--requirement", str(REQUIREMENTS)]
        subprocess.run(install, check=True)
        mark.touch()
    return python
