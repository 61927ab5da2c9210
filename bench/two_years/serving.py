"""The world served from a process of its own, so that what it holds is not counted as ours.

``python -m bench.two_years.serving SIZES`` prints its port, then does what it is told on stdin, a line of JSON each.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from bench.two_years.world import FIRST, Incident, world_of

_DONE = "done"


@dataclass(frozen=True, slots=True)
class Served:
    """The world while it is served."""

    port: int
    process: subprocess.Popen[str]

    def show(self, day: date, incident: Incident | None = None) -> None:
        """Let all catalogues show a day, and one of them have a fault.

        Raises:
            RuntimeError: if the server is gone.
        """
        wanted: dict[str, Any] = {"day": day.isoformat()}
        if incident is not None:
            wanted |= {"host": incident.host, "fault": dict(incident.fault)}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(wanted) + "\n")
        self.process.stdin.flush()
        if self.process.stdout.readline().strip() != _DONE:
            raise RuntimeError("the server of the world is gone")


@contextmanager
def served(sizes: Mapping[str, int]) -> Iterator[Served]:
    """Serve the world of catalogues of such sizes on loopback until the context is left."""
    command = [sys.executable, "-m", "bench.two_years.serving", json.dumps(dict(sizes))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Served(int(process.stdout.readline()), process)
        finally:
            process.kill()


def main() -> None:
    """Serve until stdin ends."""
    from sandbox.server import serve

    with serve(world_of(json.loads(sys.argv[1])), day=FIRST.date()) as site:
        _say(str(site.port))
        for line in sys.stdin:
            wanted = json.loads(line)
            site.clear_faults()
            site.set_day(date.fromisoformat(wanted["day"]))
            if "fault" in wanted:
                site.fault(wanted["host"], **wanted["fault"])
            _say(_DONE)


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
