"""The SQL console: a real server, real questions, and nothing that can be written, seen or waited for."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import served
from browser import PHONE, browser_path, browsing
from served import Served
from small_runs import Told, a_source

from flows.serve import opened_reach
from flows.settings import Settings
from flows.sql_console import SECONDS_MOST, exported, questions, require_datasette
from models.read_only import open_to_read

FILE = "observatory-public"
DOCUMENTS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def console(filled: Path) -> Iterator[Served]:
    with served.serving(filled, sql=True) as running:
        yield running


def asked(console: Served, sql: str) -> tuple[int, Any]:
    answer = console.get(f"/sql/{FILE}.json?_shape=array&sql={quote(sql)}")
    return answer.status, json.loads(answer.text)


def test_a_question_and_its_answer(console: Served):
    sql = "select source, count(*) as n from programme_current where source = 'hostile' group by 1"
    assert asked(console, sql) == (200, [{"source": "hostile", "n": 8}])
    answer = console.get(f"/sql/{FILE}.csv?sql={quote(sql)}")
    assert list(csv.reader(io.StringIO(answer.text))) == [["source", "n"], ["hostile", "8"]]
    words = (
        "select p.ref from programme_current_fts f join programme_current p on p.rowid = f.rowid "
        "where programme_current_fts match 'gnp'"
    )
    assert asked(console, words) == (200, [{"ref": "bidi"}])


@pytest.mark.parametrize(
    "sql",
    [
        "insert into about values ('a', 'b')",
        "update programme_current set title = 'x'",
        "drop table about",
        "attach database '/tmp/other.sqlite' as other",
        "pragma query_only = off",
        "pragma journal_mode = wal",
        "vacuum into '/tmp/other.sqlite'",
        "select 1; delete from about",
        "with a as (select 1) insert into about select 'a', 'b'",
        "select load_extension('x')",
        "select writefile('/tmp/x', 'x')",
        "select readfile('/etc/passwd')",
    ],
)
def test_only_reading_is_possible(console: Served, sql: str):
    before = Path(console.database.removeprefix("sqlite:///")).parent / "export" / "console" / f"{FILE}.sqlite"
    bytes_before = before.read_bytes()
    status, said = asked(console, sql)
    assert status == 400
    assert said["ok"] is False
    assert before.read_bytes() == bytes_before


def test_a_slow_question_is_stopped(console: Served):
    began = time.monotonic()
    endless = "with recursive a(n) as (select 1 union all select n + 1 from a) select count(*) from a"
    status, said = asked(console, endless)
    assert status == 400
    assert "took too long" in said["error"]
    assert time.monotonic() - began < 5 * SECONDS_MOST
    assert console.get("/").status == 200


def test_all_ten_questions_run(console: Served):
    found = questions(DOCUMENTS)
    assert len(found) == 10
    assert found["question-1"]["title"] == "1. How many core micro-credentials are listed now, and where?"
    assert found["question-1"]["sql"].startswith("select c.source_country as country")
    for name in found:
        answer = console.get(f"/sql/{FILE}/{name}.json")
        assert answer.status == 200, (name, answer.text[:300])
        assert json.loads(answer.text)["ok"] is True
    page = console.get(f"/sql/{FILE}").text
    assert all(f"/sql/{FILE}/{name}" in page for name in found)
    assert questions(None) == {}


def test_what_it_shows_and_what_not(console: Served):
    table = console.get(f"/sql/{FILE}/programme_current?_search=gnp")
    assert table.status == 200
    assert "Class under the definition eu_2022" in table.text  # the meaning of a column, from the dictionary
    assert "1 row" in table.text
    assert "<script>document.title" not in console.get(f"/sql/{FILE}/programme_current?ref=script").text
    assert "/sql/sql/" not in table.text
    assert "default-src 'none'; script-src 'self'" in table.headers["content-security-policy"]
    for hidden in ("/sql/-/databases", "/sql/-/versions.json", "/sql/-/threads", "/sql/%2d/databases.json",
                   f"/sql/{FILE}.db"):  # fmt: skip
        answer = console.get(hidden)
        assert answer.status in {403, 404}, hidden
        assert "export/console" not in answer.text


def test_an_address_that_is_not_there_is_no_news_for_whoever_runs_the_server(
    console: Served, capfd: pytest.CaptureFixture[str]
):
    assert console.get("/sql/elsewhere").status == 404
    assert "Traceback" not in "".join(capfd.readouterr())


def test_the_menu_leads_there_only_where_it_is(console: Served, on_sqlite: Served):
    assert '<a href="/sql/">SQL</a>' in console.get("/").text
    assert '<a href="/sql/">SQL</a>' in console.get("/explore?q=data").text
    assert console.get("/sql/").status == 200
    assert "/sql/" not in on_sqlite.get("/").text
    assert on_sqlite.get("/sql/").status == 404


def test_the_file_is_written_again_when_the_database_has_changed(filled: Path, tmp_path: Path):
    shutil.copy(filled / "observatory.sqlite", tmp_path / "observatory.sqlite")
    settings = Settings(data_dir=tmp_path, _env_file=None)
    told: list[tuple[str, int]] = []

    def write() -> float:
        engine = open_to_read(settings.database)
        file = exported(settings, engine, lambda view, rows: told.append((view, rows)))
        engine.dispose()
        return file.stat().st_mtime_ns

    first = write()
    assert ("programme_current", 0) not in told
    assert told
    told.clear()
    assert write() == first
    assert not told
    with served.opened(tmp_path) as observatory:
        Told(observatory.engine, a_source(slug="another")).run("2024-08-01", "a")
    assert write() > first
    assert told


def test_where_datasette_is_missing(monkeypatch: pytest.MonkeyPatch, filled: Path):
    monkeypatch.setitem(sys.modules, "datasette", None)
    with pytest.raises(ValueError, match=r"pip install 'microcred-observatory\[sql\]'"):
        require_datasette()
    with pytest.raises(ValueError, match="needs Datasette"), opened_reach(
        Settings(data_dir=filled, _env_file=None), sql=True
    ):  # fmt: skip
        pass


@pytest.mark.skipif(browser_path() is None, reason="no browser: set MICROCRED_TEST_BROWSER")
def test_in_a_browser_nothing_is_asked_of_another_host(console: Served, tmp_path: Path, screenshots: Path):
    sql = quote("select source, listing_state, count(*) as n from programme_current group by 1, 2")
    places = ("", FILE, f"{FILE}/programme_current", f"{FILE}/question-1", f"{FILE}?sql={sql}")
    with browsing(tmp_path / "profile") as tab:
        for number, place in enumerate(places):
            tab.look()
            tab.open(f"{console.address}/sql/{place}")
            tab.picture(screenshots / f"sql-{number}.png", height=1400)
            assert [a for a in tab.asked if not a.startswith((console.address, "data:"))] == []
            assert tab.console == [], place
        tab.look(size=PHONE)
        tab.picture(screenshots / "sql-phone.png", height=1400)
        assert tab.run("document.querySelectorAll('table.rows-and-columns tbody tr').length") >= 5
