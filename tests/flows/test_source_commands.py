"""``sources check``: one request a source, and a cause for every failure that a person can act on."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from live_site import Reply, Site, _server, site

from flows.contract import Checked, check_sources, note_checks
from flows.settings import Settings

__all__ = ["_server", "site"]

JSON = {"content-type": "application/json"}
OPENSAP = ("open.sap.com", "/api/v2/courses")
COURSES = b'{"data": [{"type": "courses", "id": "1", "attributes": {"title": "A", "slug": "a"}}], "links": {}}'


@pytest.fixture
def check(site: Site, tmp_path: Path) -> Callable[..., Checked]:
    settings = Settings(data_dir=tmp_path, loopback_port=site.port)

    def one(slug: str, *, retired: bool = False) -> Checked:
        told: list[Checked] = []
        [result] = check_sources([slug], settings, retired=retired, on_result=told.append)
        assert told == [result]
        return result

    return one


def answer(site: Site, reply: Any) -> None:
    host, path = OPENSAP
    site.on(path, reply, host=host)


def test_a_source_that_answers_as_declared_is_ok(site: Site, check: Any) -> None:
    answer(site, Reply(COURSES, headers=JSON))
    found = check("opensap")
    assert (found.result, found.status, found.entries, found.cause) == ("ok", 200, 1, "")
    assert found.robots.startswith("allowed")
    assert site.paths(robots=True) == ["/robots.txt", "/api/v2/courses"]


@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        (Reply(status=404), "the address has moved or is gone"),
        (Reply(status=403), "the host refuses programs"),
        (Reply(status=401), "wants a key"),
        (Reply(b"<html><body>Please log in</body></html>"), "another type of answer"),
        (Reply(b'{"data": []}', headers=JSON), "no entries"),
        (Reply(b'{"data": {"a": 1}}', headers=JSON), "the format has changed"),
        (Reply(b'{"data": [', headers=JSON), "the format has changed"),
        (Reply(status=301, headers={"location": "https://elsewhere.example/"}), "leads to another host"),
    ],
    ids=["moved", "refused", "key", "login page", "empty", "other shape", "cut off", "other host"],
)
def test_every_failure_has_a_cause(site: Site, check: Any, reply: Reply, cause: str) -> None:
    answer(site, reply)
    found = check("opensap")
    assert found.result == "failed"
    assert cause in found.cause


def test_robots_txt_is_obeyed(site: Site, check: Any) -> None:
    site.on(
        "/robots.txt", Reply(b"User-agent: *\nDisallow: /api/", headers={"content-type": "text/plain"}), host=OPENSAP[0]
    )
    answer(site, Reply(COURSES, headers=JSON))
    found = check("opensap")
    assert (found.result, found.robots) == ("failed", "forbidden: /api/v2/courses")
    assert "robots.txt" in found.cause
    assert site.times("/api/v2/courses") == 0


def test_a_sitemap_counts_by_its_addresses(site: Site, check: Any) -> None:
    body = b"<urlset><url><loc>https://www.federica.eu/mooc/a/</loc></url></urlset>"
    site.on("/sitemap.xml", Reply(body, headers={"content-type": "application/xml"}), host="www.federica.eu")
    assert check("federica").entries == 1


def test_without_its_key_a_source_is_skipped_and_says_how_to_get_one(site: Site, check: Any) -> None:
    found = check("kmooc")
    assert found.result == "skipped"
    assert "MICROCRED_KEY_KMOOC" in found.cause
    assert "https://www.data.go.kr" in found.cause
    assert site.asked == []


def test_with_its_key_a_source_is_asked(site: Site, check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROCRED_KEY_KMOOC", "k-1")
    path = "/B552881/kmooc_v2_0/courseList_v2_0?size=100&page=1&serviceKey=k-1"
    body = b'{"header": {"totalCount": 1}, "items": [{"id": "1", "name": "A"}]}'
    site.on(path, Reply(body, headers=JSON), host="apis.data.go.kr")
    found = check("kmooc")
    assert (found.result, found.entries) == ("ok", 1)
    assert "k-1" not in str(found)


def test_a_retired_source_is_skipped_unless_asked_for(check: Any) -> None:
    assert check("udacity").result == "skipped"
    assert check("udacity", retired=True).result == "failed"


def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no source nobody"):
        check_sources(["nobody"], Settings(data_dir=tmp_path), retired=False, on_result=print)


def test_results_are_noted_as_live_checks(tmp_path: Path) -> None:
    file = tmp_path / "live-checks.toml"
    file.write_text("# Checks of live hosts.\n", encoding="utf-8")
    results = [
        Checked(source="nzqa", result="ok", status=200, content_type="text/html", entries=20),
        Checked(source="opensap", result="failed", cause="404 Not Found: moved"),
        Checked(source="kmooc", result="skipped"),
    ]
    assert note_checks(file, results, "microcred sources check") == 2
    assert note_checks(file, results[:1], "microcred sources check nzqa") == 1
    noted = tomllib.loads(file.read_text(encoding="utf-8"))["check"]
    assert [(n["source"], n["result"]) for n in noted] == [
        ("nzqa", "ok: 200, text/html, 20 entries on the first page"),
        ("opensap", "failed: 404 Not Found: moved"),
        ("nzqa", "ok: 200, text/html, 20 entries on the first page"),
    ]
