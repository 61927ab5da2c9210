"""Where contestants run; the peers have a virtual environment of their own, made on first use outside this project."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).with_name("peers")
REQUIREMENTS = PEERS / "requirements.txt"


def with_bytecode_kept() -> dict[str, str]:
    """Return the environment of a contestant: compiled modules are kept between starts, as they are once installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(_cache() / "bytecode")}


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microcred-observatory"


def python_of_peers() -> Path:
    """Return the Python that has the peers installed.

    Raises:
        subprocess.CalledProcessError: if the environment cannot be made.
    """
    version = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = _cache() / f"peers-{version}"
    python, mark = folder / "bin" / "python", folder / "complete"
    if not mark.is_file():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "--requirement", str(REQUIREMENTS)]
        subprocess.run(install, check=True)
        mark.touch()
    return python
