"""What the advisory service says fails the check, what it does not say never does and is called so."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from supply.advisories import NO_ANSWER, Audited, audited, pinned, said

HASH = "sha256:" + "0" * 64


def test_a_vulnerability_fails() -> None:
    found = said(
        {
            "dependencies": [
                {"name": "good", "version": "1", "vulns": []},
                {"name": "bad", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}, {"id": "X"}]},
                {"name": "unknown", "skip_reason": "Dependency not found on PyPI"},
            ]
        }
    )
    assert found.exit_code == 1
    assert found.found == ("bad 2: PYSEC-1; mended in 2.1", "bad 2: X; mended in no version")
    assert found.words()[-1] == f"{NO_ANSWER} about: unknown"


def test_nothing_known_of_anything_is_no_answer() -> None:
    """pip-audit itself says "No known vulnerabilities found" then."""
    found = said({"dependencies": [{"name": "a", "skip_reason": "not found"}, {"name": "b", "skip_reason": "x"}]})
    assert (found.exit_code, found.words()) == (
        0, [f"{NO_ANSWER}: 2 packages were not checked; run it again with internet"],
    )  # fmt: skip


def test_everything_answered_and_nothing_found() -> None:
    assert said({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}).words() == [
        "1 packages: 0 known vulnerabilities"
    ]


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.txt"
    file.write_text(
        f"# made by uv\njinja2==2.4.1 \\\n    --hash={HASH}\n    # via x\nidna==3.10 \\\n    --hash={HASH}\n"
    )
    return file


def test_a_machine_without_internet_is_not_failed(requirements: Path) -> None:
    assert pinned(requirements) == ("jinja2", "idna")
    found = audited(requirements, service_url="http://127.0.0.1:1/v1/query")
    assert found == Audited(found=(), answered=0, skipped=("jinja2", "idna"))
    assert found.exit_code == 0


class Osv(BaseHTTPRequestHandler):
    """An advisory service in the format of OSV (https://ossf.github.io/osv-schema/) that knows one advisory."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {
            "id": "PYSEC-2019-217", "summary": "escape", "aliases": [], "published": "2019-04-08T00:00:00Z",
            "affected": [{"package": {"name": "jinja2", "ecosystem": "PyPI"}, "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.8.1"}]}]}],
        }  # fmt: skip
        body = json.dumps({"vulns": [known]} if asked["package"]["name"] == "jinja2" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_service_that_answers_is_believed(requirements: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Osv)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = audited(requirements, service_url=f"http://127.0.0.1:{server.server_address[1]}/v1/query")
    server.shutdown()
    server.server_close()
    assert (found.answered, found.exit_code) == (2, 1)
    assert found.found == ("jinja2 2.4.1: PYSEC-2019-217; mended in 2.8.1",)
