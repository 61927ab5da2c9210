"""``python -m sandbox``: serve an imitated world until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import date

from sandbox.all_catalogues import KEYS
from sandbox.server import serve
from sandbox.world import SOURCES, World


def main(arguments: list[str] | None = None) -> int:
    """Serve a world, say how to point ``microcred`` at it, and wait. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which world (default 0)")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--day", type=date.fromisoformat, default=date(2023, 1, 1), help="the day shown, YYYY-MM-DD")
    options = parser.parse_args(arguments)
    with serve(World(options.seed), day=options.day, port=options.port) as site:
        lines = (
            f"World {options.seed} on {options.day}, {len(SOURCES)} catalogues on 127.0.0.1:{site.port}",
            f"MICROCRED_LOOPBACK_PORT={site.port} microcred harvest {SOURCES[0]}",
            f"Keys, any value will do: {' '.join(f'MICROCRED_KEY_{key.upper()}=sandbox' for key in KEYS)}",
            "Ctrl-C ends it.",
        )
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
