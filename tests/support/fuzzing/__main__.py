"""``python -m fuzzing``: attacks every parser, family and normaliser with invented inputs, and says what broke."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from fuzzing import running


def main() -> int:
    """Return 1 if an input broke a contract, else 0."""
    options = _options()
    logging.disable(logging.CRITICAL)
    known, is_guided = running.begin()
    names = options.target or known
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.stderr.write(f"no such target: {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    if not is_guided:
        sys.stderr.write("atheris is not installed: inputs are made by chance, not guided by the code they reach\n")
    sys.stdout.write(f"{'target':32} {'inputs':>9} {'seconds':>8}  broken\n")
    effort = running.Effort(options.runs, options.seconds, options.seed)
    total = broken = 0
    for name in names:
        tried = running.attack(name, effort, options.folder, is_guided=is_guided)
        total, broken = total + tried.inputs, broken + len(tried.crashes)
        shown = ", ".join(path.name for path in tried.crashes) or "-"
        sys.stdout.write(f"{name:32} {tried.inputs:9,} {tried.seconds:8.1f}  {shown}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{total:,} inputs, {broken} ways to break a contract; kept in {options.folder}\n")
    return int(broken > 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fuzzing", description=__doc__)
    parser.add_argument("target", nargs="*", help="names of targets; without any: all")
    parser.add_argument("--seconds", type=float, default=10.0, help="at most so long on each target (10)")
    parser.add_argument("--runs", type=int, help="at most so many inputs for each target")
    parser.add_argument("--seed", type=int, default=1, help="of the chances taken (1)")
    scratch = Path(tempfile.gettempdir()) / "microcred-fuzzing"
    parser.add_argument("--folder", type=Path, default=scratch, help=f"where inputs that break are kept ({scratch})")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
