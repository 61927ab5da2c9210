"""Gates that hold a look against what the look before said: each at its bound, a step below it and a step above."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from small_runs import a_page, a_programme, a_source, at

from models.judge import judge
from models.records import (
    Expectations,
    Harvested,
    Offering,
    OrganisationRole,
    Outcome,
    PreviousLook,
    PriceFacts,
    Programme,
    Source,
)

DAY = at("2024-01-08")
BEFORE = at("2024-01-01")
PAGE = a_page("https://alpha.example/", "body", DAY)
TWENTY = range(20)


def programme(number: int, **facts: Any) -> Programme:
    return a_programme(f"c{number}", **facts)


def reason(
    was: list[Programme], now: list[Programme], *, source: Source | None = None, duplicates: int = 0, **others: Any
) -> str:
    """Why a look at ``now`` is held back or partial after one at ``was``; empty if it is good."""
    then = {p.ref: p for p in was}
    pages = (PAGE, a_page("https://alpha.example/2", "more", DAY))[: others.pop("pages", 2)]
    words = {p.ref: p.listing_digest for p in now}
    previous = PreviousLook(
        as_of=others.pop("as_of", BEFORE),
        refs=frozenset(then),
        page_digests={PAGE.url: "sha256:other"},
        code_version=others.pop("read_by", "1"),
        reworded=frozenset(ref for ref, p in then.items() if ref in words and words[ref] != p.listing_digest),
        said={ref: p for ref, p in then.items() if words.get(ref) != p.listing_digest},
        **others,
    )
    harvested = Harvested(pages=pages, programmes=tuple(now), duplicates=duplicates)
    judged = judge(source or a_source(), harvested, previous, code_version="1")
    assert (judged.outcome is Outcome.OK) is (judged.reason == "")
    return judged.reason


def changed(many: int, before: dict[str, Any], after: dict[str, Any]) -> tuple[list[Programme], list[Programme]]:
    """Twenty programmes, of which the first ``many`` have other facts (and other words) afterwards."""
    was = [_numbered(n, before) for n in TWENTY]
    return was, [_numbered(n, after | {"words": f"new {n}"}) if n < many else was[n] for n in TWENTY]


def _numbered(number: int, facts: dict[str, Any]) -> Programme:
    titled = {"title": f"{facts['title']} {number}"} if "title" in facts else {}
    return programme(number, **(facts | titled))


def run(start: str | None, ref: str = "r1") -> dict[str, Any]:
    return {"offerings": (Offering(ref=ref, start_date=date.fromisoformat(start) if start else None),)}


def priced(amount: float, currency: str = "EUR") -> dict[str, Any]:
    return {"price": PriceFacts(price_type="paid", price_amount=amount, price_currency=currency)}


def taught_by(name: str) -> dict[str, Any]:
    listed = OrganisationRole(role="listed_on", name="Alpha")
    return {"organisations": (OrganisationRole(role="taught_by", name=name), listed)}


@pytest.mark.parametrize(
    ("before", "after", "most", "said"),
    [
        pytest.param({}, {"title": "Kurs"}, 5, "the title is another one in {} of the 20", id="title"),
        pytest.param({}, {"url": "https://alpha.example/x"}, 10, "the address is another one in {}", id="url"),
        pytest.param(
            {"languages": ("en",)}, {"languages": ("es",)}, 5, "the languages are other ones in {} of the 20",
            id="languages",
        ),
        pytest.param(
            taught_by("A"), taught_by("B"), 10, "the organisations are other ones in {} of the 20", id="organisations",
        ),
        pytest.param(priced(10), priced(10, "USD"), 5, "the currency is another one in {} of the 20", id="currency"),
        pytest.param(priced(10), priced(50), 5, "the price is 5 times what it was", id="five times"),
        pytest.param(priced(10), priced(0), 5, "the price is 5 times what it was", id="to zero"),
        pytest.param(priced(10), priced(49), 20, "", id="less than five times"),
        pytest.param(
            {"offer_state": "open"}, {"offer_state": "closed"}, 18, "the state of the offer is another one in {}",
            id="offer_state",
        ),
        pytest.param(run("2023-09-01"), run("2022-09-02"), 5, "a start that was over was moved", id="past start"),
        pytest.param(run("2024-09-01"), run("2024-08-31"), 5, "or one by a day", id="a day off"),
        pytest.param(run("2024-09-02"), run("2024-02-09"), 5, "day and month exchanged", id="day and month"),
        pytest.param(run("2023-09-01"), run("2024-09-01"), 20, "", id="the next run"),
        pytest.param(run("2024-09-01"), run("2024-10-01"), 20, "", id="a plan that moves"),
        pytest.param(run("2023-09-01"), run("2022-09-02", "r2"), 20, "", id="another run"),
        pytest.param(priced(10), {"price": PriceFacts()}, 10, "price is gone from {} of the 20", id="no price"),
        pytest.param({"description": "x"}, {}, 10, "description is gone from {} of the 20", id="no description"),
        pytest.param(run("2024-09-01"), run(None), 10, "start is gone from {} of the 20", id="no start"),
        pytest.param(
            taught_by("A"), {"organisations": taught_by("A")["organisations"][1:]}, 10,
            "organisations is gone from {} of the 20", id="the platform alone",
        ),
        pytest.param({}, {"description": "x"}, 20, "", id="more than before"),
        pytest.param({"title": "Für"}, {"title": "FÃ¼r"}, 2, "titles are those of 2024-01-01 in broken", id="misread"),
    ],
)  # fmt: skip
def test_a_fact_may_change_in_so_many_programmes_and_not_in_more(
    before: dict[str, Any], after: dict[str, Any], most: int, said: str
) -> None:
    assert reason(*changed(most, before, after)) == ""
    if most < len(TWENTY):
        assert said.format(most + 1) in reason(*changed(most + 1, before, after))


def test_what_was_said_more_than_a_year_ago_may_all_be_other() -> None:
    was, now = changed(20, {}, {"url": "https://alpha.example/x"})
    assert reason(was, now) != ""
    assert reason(was, now, as_of=at("2022-11-01")) == ""


def test_few_programmes_may_all_change() -> None:
    was, now = changed(20, priced(10), priced(10, "USD"))
    assert reason(was[:9], now[:9]) == ""
    assert "in 10 of the 10" in reason(was[:10], now[:10])


def test_a_declaration_says_what_may_change() -> None:
    was, now = changed(20, priced(10), priced(0, "USD"))
    lenient = a_source(expect=Expectations(may_change=frozenset({"currency", "amount"})))
    assert reason(was, now, source=lenient) == ""
    was, now = changed(20, priced(10), {"price": PriceFacts()})
    assert reason(was, now, source=a_source(expect=Expectations(fill={"price": 0.0}))) == ""


def test_other_code_is_named_beside_what_changed() -> None:
    was, now = changed(20, {}, {"url": "https://alpha.example/x"})
    assert "microcred reread" in reason(was, now, read_by="0")
    assert "microcred reread" not in reason(was, now)


def test_of_very_many_only_some_are_looked_into_and_stand_for_the_rest() -> None:
    was = [programme(n) for n in range(200)]
    now = [programme(n, title=f"Kurs {n}", words=f"new {n}") for n in range(200)]
    then = {p.ref: p for p in was}
    previous = PreviousLook(
        as_of=BEFORE, refs=frozenset(then), page_digests={}, code_version="1", reworded=frozenset(then),
        said={ref: then[ref] for ref in sorted(then)[:50]},
    )  # fmt: skip
    judged = judge(a_source(), Harvested(pages=(PAGE,), programmes=tuple(now)), previous, code_version="1")
    assert "the title is another one in 200 of the 200" in judged.reason


def test_half_of_the_ids_renamed_and_runs_of_the_same_course() -> None:
    was = [programme(n, title=f"T{n}") for n in TWENTY]
    renamed = [programme(n + 100, title=f"T{n}") for n in range(5)]
    assert "5 of the 20 refs of 2024-01-01 are gone and their titles" in reason(was, [*renamed, *was[5:]])
    assert reason(was, [*renamed[:4], *was[4:]]) == ""
    others = [programme(n + 100, title=f"New {n}") for n in range(5)]
    assert reason(was, [*others, *was[5:]]) == ""
    of_runs = a_source(programme=r"(T\d+)\+\w+")
    was = [a_programme(f"T{n}+2023", title=f"T{n}") for n in TWENTY]
    now = [a_programme(f"T{n}+2024", title=f"T{n}") if n < 8 else was[n] for n in TWENTY]
    assert reason(was, now, source=of_runs) == ""
    assert "8 of the 20 refs" in reason(was, now)


def test_everything_twice_and_more_new_than_there_was() -> None:
    was = [programme(n, title=f"T{n}") for n in TWENTY]
    twins = [programme(n + 100, title=f"T{n}") for n in range(5)]
    assert "5 new refs bear titles of the 20" in reason(was, [*was, *twins])
    assert reason(was, [*was, *twins[:4]]) == ""
    more = [programme(n + 100, title=f"New {n}") for n in range(21)]
    assert "21 of 41 programmes are new since 2024-01-01, when there were 20" in reason(was, [*was, *more])
    assert reason(was, [*was, *more[:20]]) == ""
    assert reason(was, [*was, *more], source=a_source(expect=Expectations(max_growth=2))) == ""


def test_one_title_on_most() -> None:
    def titled(many: int) -> Harvested:
        listed = tuple(programme(n, title="Course" if n < many else f"T{n}") for n in TWENTY)
        return Harvested(pages=(PAGE,), programmes=listed)

    judged = judge(a_source(), titled(11), None, code_version="1")
    assert "11 of 20 programmes bear one title, 'Course'" in judged.reason
    assert judge(a_source(), titled(10), None, code_version="1").outcome is Outcome.OK


def test_an_old_copy_undoes_what_the_last_look_saw() -> None:
    was, now = changed(3, {}, {"description": "as before"})
    old = dict.fromkeys((PAGE.url, "https://alpha.example/2"), at("2023-12-25"))
    assert "2 pages and 3 programmes are again what they were before 2024-01-01, as of 2023-12-25" in reason(
        was, now, older=old
    )
    was, now = changed(2, {}, {"description": "as before"})
    assert reason(was, now, older=old) == ""


def test_a_list_that_moves_while_it_is_read_makes_the_look_partial() -> None:
    was = [programme(n, title=f"T{n}") for n in TWENTY]
    assert "1 listings more than on 2024-01-01 repeat another and 1 programmes" in reason(was, was[1:], duplicates=1)
    assert reason(was, was[1:]) == ""
    assert reason(was, was, duplicates=1) == ""
    assert reason(was, was[2:], duplicates=1) == ""
    assert reason(was, was[1:], duplicates=1, pages=1) == ""
