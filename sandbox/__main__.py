"""``python -m sandbox``: serve an imitated world until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import date

from sandbox.all_catalogues import KEYS
from sandbox.faults import KINDS
from sandbox.server import serve
from sandbox.world import SOURCES, World


def main(arguments: list[str] | None = None) -> int:
    """Serve a world, say how to point ``microcred`` at it, and wait. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which world (default 0)")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--day", type=date.fromisoformat, default=date(2023, 1, 1), help="the day shown, YYYY-MM-DD")
    parser.add_argument(
        "--fault", action="append", default=[], type=_fault, metavar="SOURCE:KIND[:PATH]",
        help="let a catalogue fail or lie, at addresses that contain PATH if given; several add up. Kinds: "
        + ", ".join(KINDS),
    )  # fmt: skip
    options = parser.parse_args(arguments)
    with serve(World(options.seed), day=options.day, port=options.port) as site:
        for slug, kind, path in options.fault:
            for host in site.hosts(slug):
                site.fault(host, kind, path=path)
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


def _fault(words: str) -> tuple[str, str, str | None]:
    slug, _, rest = words.partition(":")
    kind, _, path = rest.partition(":")
    if slug not in SOURCES or kind not in KINDS:
        raise argparse.ArgumentTypeError(f"{words!r} is no SOURCE:KIND[:PATH] of this sandbox")
    return slug, kind, path or None


if __name__ == "__main__":
    sys.exit(main())
