"""``source.toml``: what is missing, unknown or of a wrong kind is named, with what is expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.records import programme_key
from scrapers.source import SourceInvalid, discover, load_source, scraper_for

GOOD = """
name = "Example"
kind = "institution"
country = "NL"
language = "en"
platform = "futurelearn"
start = ["https://www.tu.example/feed"]
cadence = "weekly"
complete = true
evidence = "assumed"
evidence_note = "nobody saw it"
terms = { url = "https://www.tu.example/terms", checked = 2026-11-23, note = "not read" }
"""


def declare(folder: Path, text: str) -> Path:
    (folder / "source.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_declaration(tmp_path: Path) -> None:
    text = GOOD + (
        "\n[expect]\nprogrammes = { min = 40, max = 400 }\nmax_drop = 0.1\nfill = { credits_value = 0.5 }\n"
        'max_growth = 5\nmay_change = ["currency", "amount"]\n'
        '[lookups.delivery]\n"On campus + MS Teams" = "blended"\n'
        '[[earlier]]\nuntil = 2020-01-01\nplatform = "udacity"\nstart = ["https://old.tu.example/feed"]\n'
    )
    source = load_source(declare(tmp_path, text))
    assert source.slug == tmp_path.name
    assert source.hosts == ("www.tu.example", "old.tu.example")
    assert (source.expect.programmes_min, source.expect.programmes_max, source.expect.max_drop) == (40, 400, 0.1)
    assert (source.expect.max_growth, source.expect.may_change) == (5, {"currency", "amount"})
    assert source.expect.fill == {"title": 0.98, "url": 0.98, "credits_value": 0.5}
    assert source.lookups == {"delivery": {"On campus + MS Teams": "blended"}}
    assert source.format_on(date(2019, 12, 31)).platform == "udacity"
    assert source.format_on(date(2020, 1, 1)).platform == "futurelearn"


EARLIER = """
[[earlier]]
since = 2018-01-01
until = 2020-01-01
platform = "html_catalogue"
start = ["https://www.tu.example/list"]
[earlier.options]
items = "li"
[earlier.archive]
urls = ["http://old.tu.example/list"]
near_days = 3
whole_days = 1
[[earlier]]
until = 2018-01-01
scraper = "before_2018"
start = ["https://www.tu.example/courses.asp"]
"""
SCRAPER = """
from collections.abc import AsyncIterator, Iterable
from models.records import Listing, Page, Problem
from scrapers.scraper import Fetch, References, Scraper

class Catalogue(Scraper):
    async def pages(self, fetch: Fetch) -> AsyncIterator[Page]:
        yield await fetch.get(self.format.start[0])
    def listings(self, page: Page, references: References) -> Iterable[Listing | Problem]:
        yield Listing(ref="1", kind="course", title="of before 2018")
"""


def test_each_day_has_its_format_with_settings_or_a_module_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tu_example"
    folder.mkdir()
    (folder / "before_2018.py").write_text(SCRAPER, encoding="utf-8")
    source = load_source(declare(folder, GOOD + EARLIER))
    monkeypatch.setenv("MICROCRED_SOURCES_DIR", str(tmp_path))
    names = {
        day: type(scraper_for(source, date.fromisoformat(day))).__module__
        for day in ("2017-12-31", "2018-01-01", "2019-12-31", "2020-01-01")
    }
    assert names == {
        "2017-12-31": "tu_example_before_2018",
        "2018-01-01": "scrapers.platforms.html_catalogue",
        "2019-12-31": "scrapers.platforms.html_catalogue",
        "2020-01-01": "scrapers.platforms.futurelearn",
    }
    form = source.format_on(date(2019, 1, 1))
    assert (form.since, form.options) == (date(2018, 1, 1), {"items": "li"})
    assert (form.archive.near_days, form.archive.whole_days) == (3, 1)
    today = source.format_on(date(2026, 1, 1)).archive
    assert (today.near_days, today.whole_days) == (7, None)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("since = 2018-01-01", "since = 2020-01-01"), "a date, before until"),
        (("since = 2018-01-01", "since = 2017-06-01"), "two formats hold before 2018-01-01"),
        (("until = 2020-01-01", "until = 2018-01-01"), "a date, before until"),
        (('scraper = "before_2018"', ""), "there is no scraper.py"),
        (('scraper = "before_2018"', 'scraper = "../evil"'), "the name of a module"),
        (("near_days = 3", "near_days = -3"), "a whole number of days"),
        (("whole_days = 1", "whole_days = true"), "a whole number of days"),
    ],
)
def test_what_is_wrong_with_earlier_formats_is_named(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    (tmp_path / "before_2018.py").write_text(SCRAPER, encoding="utf-8")
    with pytest.raises(SourceInvalid, match=complaint):
        load_source(declare(tmp_path, GOOD + EARLIER.replace(*change)))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('kind = "institution"', 'kind = "school"'), "kind = 'school' is not one of"),
        (('country = "NL"', 'country = "nl"'), "country = 'nl' is not"),
        (("complete = true", ""), "complete is missing; it is true or false"),
        (('"https://www.tu.example/feed"', '"http://www.tu.example/feed"'), "start"),
        (('platform = "futurelearn"', 'platform = "moodle"'), "platform 'moodle' does not exist"),
        (('platform = "futurelearn"', ""), "there is no scraper.py"),
        (("complete = true", "complete = true\ncolour = 1"), "unknown key colour"),
        (("complete = true", "complete = "), "source.toml"),
        (("checked = 2026-11-23", 'checked = "yesterday"'), "checked"),
        (("complete = true", "complete = true\nexpect = { max_drop = 2 }"), "a share, 0 to 1"),
        (("complete = true", "complete = true\nexpect = { max_growth = -1 }"), "a number, 0 or more"),
        (("complete = true", 'complete = true\nexpect = { may_change = ["colour"] }'), "a list of facts"),
        (("complete = true", "complete = true\nconcurrency = 50"), "concurrency = 50 is not 1 to 4"),
        (("complete = true", "complete = true\nprogramme = '('"), "a regular expression with a group"),
        (("complete = true", "complete = true\nprogramme = 'course-v1'"), "a regular expression with a group"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(SourceInvalid, match=complaint):
        load_source(declare(tmp_path, GOOD.replace(*change)))


def test_catalogues_of_runs_say_which_course_a_run_is_of() -> None:
    runs = [source for source in discover().values() if source.formats[0].platform in {"open_edx", "edx_course_feed"}]
    assert len(runs) >= 10
    for source in (*runs, discover()["fun_mooc"]):
        assert programme_key(source, "course-v1:AX+ICE101x+1T2025") == programme_key(source, "AX/ICE101x/session02")


def test_all_sources_are_found_and_have_scrapers() -> None:
    sources = discover()
    assert len(sources) >= 12
    for source in sources.values():
        for form in source.formats:
            day = date(2026, 1, 1) if form.until is None else form.until.replace(year=form.until.year - 1)
            assert scraper_for(source, day).format == form
