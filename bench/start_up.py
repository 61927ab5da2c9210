"""``python -m bench.start_up``: how long commands take until they answer, medians of several starts."""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.environment import with_bytecode_kept
from flows import console

MICROCRED = str(Path(sys.executable).with_name("microcred"))


def seconds_of(*arguments: str, data: Path) -> float:
    """Return the wall time of a command from its start to its end."""
    environment = with_bytecode_kept() | {"MICROCRED_DATA_DIR": str(data)}
    began = time.perf_counter()
    subprocess.run([MICROCRED, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - began


def seconds_to_first_request(data: Path) -> float:
    """Return the time from the start of a harvest until the host is asked for the first time."""
    with socket.create_server(("127.0.0.1", 0)) as host:
        environment = with_bytecode_kept() | {
            "MICROCRED_DATA_DIR": str(data),
            "MICROCRED_LOOPBACK_PORT": str(host.getsockname()[1]),
        }
        began = time.perf_counter()
        with subprocess.Popen([MICROCRED, "harvest", "opensap"], stderr=subprocess.DEVNULL, env=environment) as process:
            connection, _ = host.accept()
            asked = time.perf_counter() - began
            process.kill()
            connection.close()
    return asked


def main() -> None:
    """Measure, and print a table or JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--starts", type=int, default=5)
    arguments.add_argument("--json", action="store_true", help="print JSON")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        seconds_of("db", "upgrade", data=data)
        measured: dict[str, Callable[[], float]] = {
            "microcred --help": lambda: seconds_of("--help", data=data),
            "microcred query": lambda: seconds_of("query", "--sql", "select * from run_log", data=data),
            "microcred status": lambda: seconds_of("status", data=data),
            "microcred harvest, to the first request": lambda: seconds_to_first_request(data),
        }
        rows = [
            {"command": command, "seconds": statistics.median(measure() for _ in range(asked.starts))}
            for command, measure in measured.items()
        ]
    if asked.json:
        console.print_json(rows)
    else:
        console.print_table(rows, ("command", "seconds"))


if __name__ == "__main__":
    main()
