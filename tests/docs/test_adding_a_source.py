"""``docs/adding-a-source.md`` is run as it stands: its commands, in their order, against a sandbox of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "adding-a-source.md"
PORT = "8123"
SECONDS_MAX = 120


def blocks() -> list[tuple[str, bool]]:
    """The shell blocks of the document, and whether each is meant to fail."""
    found = re.findall(r"```sh( fails)?\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    return [(body, bool(fails)) for fails, body in found]


def script(port: int) -> str:
    """All blocks as one shell session: what one block exports, the next one sees."""
    parts = ["set -e"]
    for body, fails in blocks():
        commands = body.replace(PORT, str(port)).strip()
        if commands.endswith("&\nexport MICROCRED_LOOPBACK_PORT=" + str(port)):
            commands += f"\nuntil (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done"
        parts.append(f"if {commands}; then echo 'this should have failed' >&2; exit 9; fi" if fails else commands)
    return "\n".join(parts)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_walk_leads_from_an_address_to_a_harvest(tmp_path: Path, port: int) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MICROCRED_", "PREFECT_"))}
    environment = kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "MICROCRED_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": str(ROOT),
    }
    with (tmp_path / "said").open("w+") as said:
        shell = ["bash", "-c", script(port)]
        walk = subprocess.Popen(
            shell,
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            code = walk.wait(SECONDS_MAX)
        finally:
            os.killpg(walk.pid, signal.SIGKILL)
            walk.wait()
        said.seek(0)
        words = said.read()
    assert code == 0, words
    assert "jsonld_sitemap" in words
    assert "1 of 1 examples hold" in words

    folder = tmp_path / "mine" / "scrapers" / "sources" / "web_learning"
    assert sorted(file.name for file in folder.iterdir()) == ["source.toml"]  # no Python was needed
    declared = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8"))
    assert (declared["platform"], declared["country"], declared["kind"]) == (
        "jsonld_sitemap",
        "IT",
        "government_platform",
    )
    expected = json.loads((tmp_path / "mine/tests/sources/web_learning/expected.json").read_text(encoding="utf-8"))
    [run] = expected["runs"]
    assert len(run["programmes"]) >= 2
    assert all(programme["title"] and programme["url"] for programme in run["programmes"])
    assert re.search(r"web_learning\s+\S+\s+ok", words), words


def test_the_document_teaches_every_command_for_sources() -> None:
    taught = set(re.findall(r"microcred sources (\w+)", DOCUMENT.read_text(encoding="utf-8")))
    assert taught >= {"new", "try", "record", "test", "check"}
