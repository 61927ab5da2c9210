"""Pictures, documents, addresses and what is kept in memory, each for itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree
from small_runs import Told
from sqlalchemy import Engine
from starlette.datastructures import QueryParams

from flows.cli import app
from flows.serve import is_this_machine
from models.read_only import open_to_read
from web import explore, pictures, words
from web.asked import NotUnderstood
from web.documents import DOCUMENTS, document, there_are
from web.memory import Memory
from web.reach import Reach

DOCS = Path(__file__).parents[2] / "docs"


def a_row(day: date, category: str, value: float | None) -> dict[str, object]:
    return {"as_of": day, "category": category, "value": value, "low": None, "high": None}


def texts(svg: str) -> list[str]:
    return [text for text in etree.fromstring(svg).itertext() if text.strip()]


def test_a_picture_names_itself_and_holds_words_as_words():
    evil = "<script>x</script>&\"'"
    rows = [a_row(date(2024, month, 1), category, month) for month in (1, 7) for category in (evil, "Unknown")]
    drawn = pictures.lines(rows, name="p", title=evil, description="two lines <b>", unit=evil)
    assert drawn is not None
    for svg in (drawn.wide, drawn.narrow):
        tree = etree.fromstring(svg)
        assert tree.get("role") == "img"
        assert [texts(svg)[0], texts(svg)[1]] == [evil, "two lines <b>"]
        assert evil in texts(svg)[2:]
        assert tree.xpath("//*[local-name()='script' or local-name()='image' or @style or @href]") == []
    assert "var(--series-1)" in drawn.wide
    assert "var(--soft)" in drawn.wide


def test_what_cannot_be_drawn_is_no_picture():
    assert pictures.lines([], name="p", title="", description="", unit="") is None
    assert pictures.lines([a_row(date(2024, 1, 1), "a", None)], name="p", title="", description="", unit="") is None
    assert pictures.parts([], name="p", title="", description="", unit="") is None
    one_day = pictures.lines([a_row(date(2024, 1, 1), "a", 2)], name="p", title="", description="", unit="Credentials")
    assert one_day is not None
    assert "Credentials" in texts(one_day.wide)


def test_every_document_is_shown_and_its_links_lead_to_pages_here(tmp_path: Path):
    assert set(there_are(DOCS)) == set(DOCUMENTS)
    (tmp_path / "methodology.md").write_text(
        "# A <b>title</b>\n\n## Days & more\n\n[one](accuracy.md#x) [two](../README.md) [three](data-dictionary.md)\n\n"
        "[four](#days--more) [five](javascript:alert(1)) [six](https://tu.example/)\n\n| a |\n| --- |\n| `x` |\n",
        encoding="utf-8",
    )
    shown = document(tmp_path, "methodology")
    assert "&lt;b&gt;title&lt;/b&gt;" in shown.html
    assert '<h2 id="days--more">' in shown.html
    assert shown.contents == (("Days & more", "days--more"),)
    assert '<a href="/method/accuracy#x">one</a>' in shown.html
    assert "<a>two</a>" in shown.html
    assert '<a href="/dictionary">three</a>' in shown.html
    assert 'href="javascript' not in shown.html
    assert there_are(None) == {}


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://tu.example/a", True), ("http://tu.example", True), ("javascript:alert(1)", False), ("//x", False),
        ("data:text/html,x", False), ("https://", False), ("http://[x", False), ("", False), (None, False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_are_linked(address: str | None, safe: bool):
    assert (words.web_address(address) is not None) == safe


def test_an_address_that_is_read_gives_the_same_address():
    for asked in ("q=a+b&class=core&class=broad&mode=unknown&sort=price", "state=any&definition=spain_2023", ""):
        wanted = explore.asked_of(QueryParams(asked)).wanted
        again = explore.address("/explore", explore.parameters_of(wanted))
        assert explore.asked_of(QueryParams(again.partition("?")[2])).wanted == wanted
    with pytest.raises(NotUnderstood):
        explore.asked_of(QueryParams("page=-1"))


def test_numbers_and_names_for_people():
    assert [words.number(v) for v in (1234, 0.5, None, float("nan"), -3)] == ["1,234", "0.50", "–", "–", "−3"]
    assert words.share(-0.0789) == "−7.9 %"
    assert words.titled("price_eur_per_ects_median") == "Price in euro per ECTS median"
    assert words.label("mode", "partner_employer") == "With an employer"
    assert words.plain("a\u202eb\n\x07c") == "ab c"


def test_the_memory_forgets_when_a_run_comes_in(engine: Engine, told: Told):
    told.run("2024-01-01", "a")
    reading = open_to_read(engine.url.render_as_string(hide_password=False))
    reach = Reach(
        engine=reading, page_text=lambda *_: "", reasons=lambda *_: (), declared={}, seconds_fresh=0.0
    )  # fmt: skip
    memory = Memory(reach)
    answers = iter("xyz")
    assert [memory.answer("k", lambda: next(answers)) for _ in range(2)] == ["x", "x"]
    assert len(memory.catalogue()) == 1
    told.run("2024-01-08", "a", "b")
    assert memory.answer("k", lambda: next(answers)) == "y"
    until = datetime.now(UTC).timestamp() + 20
    while len(memory.catalogue()) != 2:
        assert datetime.now(UTC).timestamp() < until
    reading.dispose()


def test_serve_is_a_command_and_knows_who_can_reach_it():
    assert "serve" in {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    assert [host for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "192.168.1.2", "tu.example") if
            is_this_machine(host)] == ["127.0.0.1", "::1", "localhost"]  # fmt: skip
