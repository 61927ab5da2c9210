"""``microcred report`` on both databases: its figures by hand, what it is made of, the same bytes each time."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import report_world
from archive_story import opened
from browser import DESK, PHONE, browser_path, browsing
from bs4 import BeautifulSoup, Tag
from small_runs import Told
from sqlalchemy import text

from flows.measuring import take_snapshots
from flows.observatory import Observatory
from flows.printing import NotPrinted, print_pdf
from flows.report import Wanted, write_report
from web.report_change import DoesNotAddUp
from web.words import plain

TITLE = "Credentials <script>document.title='owned'</script> {{ 7*7 }}"
NO_PAST = "no source was looked at completely near both ends, so too little of the past is known."
AUTHOR = '"><img src=http://evil.example/x onerror=alert(1)>'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    """A data directory whose SQLite file knows the history of ``report_world``; not to be written to."""
    folder = tmp_path_factory.mktemp("report")
    shutil.copy(migrated_sqlite, folder / "observatory.sqlite")
    with opened(folder) as observatory:
        report_world.told(observatory)
    return folder


@pytest.fixture
def on_sqlite(world: Path, tmp_path: Path) -> Iterator[Observatory]:
    """The same history in a file that may be written to."""
    (tmp_path / "data").mkdir()
    shutil.copy(world / "observatory.sqlite", tmp_path / "data")
    with opened(tmp_path / "data") as found:
        yield found


@pytest.fixture(scope="module")
def file(world: Path) -> Path:
    """The report of that history, whose title and author attack."""
    with opened(world) as observatory:
        return written(observatory)[0]


@pytest.fixture(scope="module")
def page(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(encoding="utf-8"), "lxml")


def written(observatory: Observatory, wanted: Wanted | None = None) -> tuple[Path, BeautifulSoup]:
    made = write_report(observatory.settings, wanted or Wanted(title=TITLE, author=AUTHOR))
    path = Path(made["files"][0]["path"])
    return path, BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


def words(node: Tag) -> str:
    return " ".join(node.get_text().replace("\u00a0", " ").split())


def rows(page: BeautifulSoup, heading: str) -> dict[str, list[str]]:
    """The rows of the table below a heading, by their names."""
    found = page.find(id=heading)
    assert found is not None
    table = found.find_next("table")
    assert table is not None
    return {words(tr.th): [words(td) for td in tr.find_all("td")] for tr in table.tbody.find_all("tr")}


def said(page: BeautifulSoup, heading: str) -> list[str]:
    found = page.find(id=heading)
    assert found is not None
    listed = found.find_next("ul")
    assert listed is not None
    return [words(li.p or li) for li in listed.find_all("li")]


def test_the_summary_says_what_can_be_counted_by_hand(page: BeautifulSoup):
    # 14 of the first catalogue, one of the second; of two that came between 1 January and 10 April 31 of 100 days had
    # passed at the end of January: 14 / (12 + 2 * 0.31) = 1.109. Of eleven it is known how they were made.
    assert said(page, "summary") == [
        (
            "2 catalogues in 2 countries listed 14 micro-credentials at the end of 2024-04-30. "
            "What is known allows no other number."
        ),
        (
            "These are 14 of the 15 credentials of any kind listed (93.3 %). "
            "14 of the micro-credentials state all that the definition asks for. "
            "Counted as programmes, all kinds are 15."
        ),
        (
            "From 2024-01-31 to 2024-04-30, in the sources that can be compared, the number of micro-credentials "
            "grew by 10.9 % or not at all (0.0 % to +16.7 %)."
        ),
        (
            "Of those for which it is known how they were developed, 100.0 % were made in partnership, "
            "whether or not also alone. For 21.4 % it is unknown; depending on these the share lies between 78.6 % "
            "and 100.0 %. The most frequent ways: with institutions abroad (6) and with an employer (5)."
        ),
        "Half of the 14 prices known in euro are 165 euro or less.",
    ]
    below = [words(li.find_all("p")[1]) for li in page.find(id="summary").find_next("ul").find_all("li")]
    assert below[0] == (
        "Panel: all sources; coverage: 1 of 2 sources in time, 1 stale, 0 never completely; over 14; unknown: 0.0 %."
    )
    assert below[2] == (
        "Panel: sources looked at near both ends of the period; "
        "coverage: 1 sources matched, 1 stale, 0 at one end only; over 12; unknown: 0.0 %."
    )
    assert said(page, "cannot")[3:] == [
        "Growth over a year: no snapshot of a period of twelve months to this day was taken."
    ]


def test_the_tables_say_what_can_be_counted_by_hand(page: BeautifulSoup):
    assert rows(page, "stock") == {
        "2024-01-31": ["12", "12", "12", "12", "12", "1 / 1 / 0"],
        "2024-04-30": ["14", "14", "14", "14", "14", "1 / 1 / 0"],
    }
    assert rows(page, "partnership") == {
        "2024-01-31": ["91.7 %", "8.3 %"],
        "2024-04-30": ["78.6 %", "21.4 %"],
    }
    assert rows(page, "organisations") == {
        "Delft University of Technology": ["Institution", "Netherlands", "14", "9", "0", "14"],
        "University of Tartu": ["Institution", "Estonia", "6", "0", "0", "6"],
        "Google": ["Employer", "United States", "5", "0", "0", "5"],
        plain(report_world.HOSTILE.name): ["Unknown", "Unknown", "0", "1", "0", "1"],
        "Nobody is named in this role": ["", "", "0", "5", "14", ""],
    }
    assert rows(page, "by-price-type") == {"Paid": ["12", "14", "14", "14", "100.0 %", "+10.9 %", "0.0 % to +16.7 %"]}
    assert rows(page, "by-development-modes")["Unknown"] == ["1", "3", "3", "3", "21.4 %", "too few", "–"]
    assert rows(page, "prices")["Price in euro"] == ["132.50", "165.00", "197.50", "14", "0.0 %"]
    assert rows(page, "prices")["Price per hour of learning, euro"] == ["–", "too few", "–", "0", "100.0 %"]
    assert rows(page, "overlap") == {
        "1 catalogue": ["14", "100.0 %"], "2 catalogues": ["0", "0.0 %"], "3+ catalogues": ["0", "0.0 %"],
        "Listings behind them": ["14", ""],
    }  # fmt: skip


def test_the_change_adds_up_and_the_sources_say_how_they_stood(page: BeautifulSoup):
    parts = rows(page, "parts")
    assert parts == {
        "All": ["12", "0", "+2", "0", "0", "0", "0", "14"],
        "Catalogue: institution": ["12", "0", "+2", "0", "0", "0", "0", "14"],
        "Developed: in partnership": ["11", "0", "0", "0", "0", "0", "0", "11"],
        "Developed: unknown": ["1", "0", "+2", "0", "0", "0", "0", "3"],
    }
    assert list(rows(page, "growth").items())[-1] == (
        "2024-01-31 to 2024-04-30",
        ["+10.9 %", "0.0 % to +16.7 %", "1", "12", "+2", "0", "0", "0", "0", "14"],
    )
    assert rows(page, "sources") == {
        "Home <b>University</b>": [
            "Institution", "Netherlands", "in time", "2024-04-20", "matched", "14", "0.0 %", "0", "0", "assumed",
        ],
        "Shop of Courses": [
            "Commercial platform", "United States", "stale", "2024-01-02", "one end only", "1", "0.0 %", "1", "0",
            "assumed",
        ],
    }  # fmt: skip
    assert said(page, "coverage")[2] == (
        "1 run was held back by a gate and nobody has accepted it: shop. What changed there is not in the figures."
    )


def test_nothing_in_it_asks_anybody_and_words_of_strangers_are_text(file: Path, page: BeautifulSoup):
    for tag in ("script", "link", "iframe", "object", "embed", "form", "base", "img", "image", "use", "foreignobject"):
        assert page.find_all(tag) == [], tag
    ids = [node["id"] for node in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for node in page.find_all(True):
        for name, value in node.attrs.items():
            assert not name.startswith("on"), node
            assert name not in {"style", "src", "srcset", "data", "action", "background", "poster"}, node
            if name in {"href", "xlink:href"}:
                assert value[0] == "#", value
                assert value[1:] in ids, value
            for target in re.findall(r"url\(([^)]*)\)", str(value)):
                assert target.strip("'\"").startswith("#"), target
    [style] = page.find_all("style")
    assert "url(" not in style.string
    assert "@import" not in style.string
    assert page.h1.get_text() == TITLE
    assert page.find(class_="author").get_text() == AUTHOR
    assert page.title.get_text().startswith(TITLE)
    assert "49" not in page.h1.get_text()
    everywhere = file.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert re.findall(r"https?://[^\s<\"]*", everywhere.replace('xmlns:xlink="http://www.w3.org/1999/xlink"', "")) == [
        "http://evil.example/x"
    ] * everywhere.count("http://evil.example/x")


def test_every_picture_is_told_in_words_and_in_a_table(page: BeautifulSoup):
    pictures = page.find_all("svg")
    assert len(pictures) > 20
    for picture in pictures:
        assert picture["role"] == "img"
        assert picture.title.get_text()
        assert picture.desc.get_text()
        assert picture.find_parent("div", class_="block").table is not None
    for table in page.find_all("table"):
        assert table.caption.get_text()
        assert all(th.get("scope") for th in table.find_all("th"))
    levels = [int(node.name[1]) for node in page.find_all(re.compile("^h[1-6]$"))]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_the_same_figures_give_the_same_bytes_whatever_comes_later(file: Path, on_sqlite: Observatory):
    Told(on_sqlite.engine, report_world.HOME).run("2024-06-01", *(report_world.micro(number) for number in range(14)))
    take_snapshots(on_sqlite, date(2024, 6, 30), report_world.AS_OF)
    later, _ = written(on_sqlite, Wanted(as_of=report_world.AS_OF, title=TITLE, author=AUTHOR))
    assert later.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_another_database_gives_the_same_bytes(file: Path, database_url: str, tmp_path: Path):
    with opened(tmp_path / "data", database_url) as observatory:
        report_world.told(observatory)
        found, _ = written(observatory)
    assert found.read_bytes() == file.read_bytes()


def test_with_too_little_history_it_refuses_to_speak_of_growth_and_shares(tmp_path: Path):
    with opened(tmp_path / "data") as observatory:
        told = Told(observatory.engine, report_world.HOME)
        told.run("2024-04-20", *(report_world.micro(number) for number in range(3)))
        report_world.classified(observatory, report_world.HOME)
        take_snapshots(observatory, report_world.AS_OF, report_world.SINCE)
        _, page = written(observatory)
    assert len(said(page, "summary")) == 2
    assert "%" not in "".join(said(page, "summary"))
    assert said(page, "cannot")[3:] == [
        f"Growth from 2024-01-31 to 2024-04-30: {NO_PAST}",
        "Growth over a year: no snapshot of a period of twelve months to this day was taken.",
        "A trend: only one day was measured.",
        "Which share was made in partnership: how is known of 3 only; at least 10 are needed.",
        "What they cost: 3 prices are known in euro; at least 10 are needed.",
    ]


def test_a_year_is_reported_where_it_was_measured(on_sqlite: Observatory):
    take_snapshots(on_sqlite, report_world.AS_OF, date(2023, 4, 30))
    _, page = written(on_sqlite)
    used = page.find(string="Snapshots that figures are taken from").find_parent("table")
    assert [words(tr.find_all("td")[-1]) for tr in used.tbody.find_all("tr")] == [
        "start of the period, and a day of the series", "the figures of this report", "growth over a year",
    ]  # fmt: skip
    assert said(page, "cannot")[3:] == [f"Growth from 2023-04-30 to 2024-04-30: {NO_PAST}"]
    assert "Growth over a year" not in page.get_text()


def test_figures_that_contradict_each_other_are_not_reported(on_sqlite: Observatory):
    with on_sqlite.engine.begin() as connection:
        connection.execute(text("update trend_row set value = value + 1 where measure = 'change_within'"))
    with pytest.raises(DoesNotAddUp, match="do not add up"):
        write_report(on_sqlite.settings, Wanted())


def test_the_command_writes_where_it_is_told_and_says_what(
    on_sqlite: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from typer.testing import CliRunner

    from flows.cli import app

    monkeypatch.setenv("MICROCRED_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MICROCRED_DATABASE_URL", on_sqlite.settings.database)
    answer = CliRunner().invoke(app, ["report", "--as-of", "2024-04-30", "--json", "--author", "An Agency"])
    assert answer.exit_code == 0, answer.output
    made = json.loads(answer.stdout)
    [file] = made["files"]
    assert Path(file["path"]) == tmp_path / "data" / "reports" / "microcred-report-2024-04-30.html"
    content = Path(file["path"]).read_bytes()
    assert (file["bytes"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert made["citation"].startswith("An Agency. Micro-credentials: ")
    assert made["snapshots"][-1] in made["citation"]
    for arguments, told in (
        (["--as-of", "2020-01-01"], "microcred snapshot --as-of 2020-01-01"), (["--definition", "no"], "there are: eu"),
    ):  # fmt: skip
        refused = CliRunner().invoke(app, ["report", *arguments])
        assert refused.exit_code == 1
        assert isinstance(refused.exception, ValueError)
        assert told in str(refused.exception)


def test_without_a_browser_the_page_is_there_and_the_next_step_is_told(on_sqlite: Observatory, tmp_path: Path):
    settings = on_sqlite.settings.model_copy(update={"browser": str(tmp_path / "no-browser")})
    own = tmp_path / "own" / "r.html"
    with pytest.raises(NotPrinted, match="apt-get install chromium"):
        write_report(settings, Wanted(out=own, with_pdf=True))
    assert own.is_file()
    broken = tmp_path / "broken-browser"
    broken.write_text("#!/bin/sh\necho it does not start >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    with pytest.raises(NotPrinted, match="exit code 3: it does not start"):
        print_pdf(own, tmp_path / "r.pdf", browser=str(broken))
    slow = tmp_path / "slow-browser"
    slow.write_text("#!/bin/sh\nsleep 60\n", encoding="utf-8")
    slow.chmod(0o755)
    with pytest.raises(NotPrinted, match="took longer than 0 s"):
        print_pdf(own, tmp_path / "r.pdf", browser=str(slow), seconds_most=0.3)
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == []
    assert list(tmp_path.glob(".printing-*")) == []


def test_a_real_browser_shows_and_prints_it(file: Path, tmp_path: Path):
    browser = browser_path()
    if browser is None:
        pytest.skip("no Chromium here: install one (apt-get install chromium), or name it in MICROCRED_TEST_BROWSER")
    html = Path(shutil.copy(file, tmp_path / "a report.html"))
    pdf = print_pdf(html, html.with_suffix(".pdf"), browser=browser)
    assert pdf == tmp_path / "a report.pdf"
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) > 4
    with browsing(tmp_path / "profile") as tab:
        for size, dark in ((DESK, False), (DESK, True), (PHONE, False)):
            tab.look(size=size, dark=dark)
            tab.open(html.as_uri())
            assert tab.console == []
            assert tab.asked == [html.as_uri()]
            assert tab.run("document.title").startswith(TITLE)
            assert tab.run("getComputedStyle(document.body).backgroundColor") == (
                "rgb(21, 24, 28)" if dark else "rgb(255, 255, 255)"
            )
            assert tab.run("document.documentElement.scrollWidth") <= size[0]
            assert tab.run("document.querySelectorAll('h1').length") == 1
            assert tab.run("[...document.querySelectorAll('svg')].filter(s => s.checkVisibility()).length") > 10
