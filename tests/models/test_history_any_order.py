"""Random runs in random order, beside an independent account that looks at every look of every item in turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from small_runs import Told, a_programme, a_source, at
from sqlalchemy import Engine, text

from models.records import Outcome
from models.search_tables import make_index

REFS = ("a", "b")
PRICES = (1.0, 2.0)
WORDS = ("early words", "late words")


@dataclass(frozen=True)
class Look:
    """A run: hours since the first day, outcome, and the price and the words of each listed ref."""

    hours: int
    outcome: Outcome
    listed: dict[str, tuple[float, str]]

    @property
    def moment(self) -> datetime:
        return at("2024-01-01") + timedelta(hours=self.hours)


LISTED = st.dictionaries(st.sampled_from(REFS), st.tuples(st.sampled_from(PRICES), st.sampled_from(WORDS)))
OUTCOMES = st.sampled_from(
    [Outcome.OK, Outcome.OK, Outcome.UNCHANGED, Outcome.PARTIAL, Outcome.SUSPECT, Outcome.FAILED]
)
LOOKS = st.lists(
    # Eight hours apart at least, so that some looks share a day and some do not.
    st.builds(Look, hours=st.integers(0, 20).map(lambda n: n * 8), outcome=OUTCOMES, listed=LISTED),
    min_size=1,
    max_size=8,
    unique_by=lambda look: look.hours,
)


def account_of(looks: list[Look], ref: str) -> tuple[list[Any], list[Any]]:
    """Follow one programme through all looks in order of time, in the simplest way there is."""
    windows: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    last_words = None
    for look in sorted(looks, key=lambda look: look.hours):
        if look.outcome in {Outcome.SUSPECT, Outcome.FAILED}:
            continue
        listed = windows and windows[-1]["withdrawn"] is None
        if ref in look.listed:
            price, words = look.listed[ref]
            if not listed:
                windows.append({"opened": look.moment, "seen": look.moment, "missed": None, "withdrawn": None})
                versions.append({"price": price, "from": look.moment, "to": None, "cause": "look"})
            else:
                windows[-1] |= {"seen": look.moment, "missed": None}
                if versions[-1]["price"] != price:
                    versions[-1]["to"] = look.moment
                    cause = "reparse" if words == last_words else "look"
                    versions.append({"price": price, "from": look.moment, "to": None, "cause": cause})
            last_words = words
        elif listed and look.outcome is not Outcome.PARTIAL:
            missed = windows[-1]["missed"]
            if missed is None:
                windows[-1]["missed"] = look.moment
            elif missed.date() != look.moment.date():
                windows[-1]["withdrawn"] = versions[-1]["to"] = look.moment
    return [tuple(w.values()) for w in windows], [tuple(v.values()) for v in versions]


def stored(told: Told, ref: str) -> tuple[list[Any], list[Any]]:
    """The same from the database."""
    windows = told.engine_rows(
        "select distinct window_number, opened_at, last_seen_at, missed_at, withdrawn_at from programme_history "
        f"where ref = '{ref}' order by window_number"
    )
    versions = told.engine_rows(
        f"select price_amount, valid_from, valid_to, cause from programme_history where ref = '{ref}' "
        "order by version_number"
    )
    return [window[1:] for window in windows], versions


SPANS = """
select p.ref, s.seen_from, s.seen_until, f.price_amount, s.listing_digest from programme_span s
join programme p on p.id = s.programme_id join programme_facts f on f.id = s.facts_id order by 1, 2"""
FACTS = """
select p.ref, f.price_amount, f.read_at from programme_facts f
join programme p on p.id = f.programme_id order by 1, 2"""


def evidence(engine: Engine) -> list[Any]:
    """All evidence, by what it says and not by its numbers, which follow the order of arrival."""
    with engine.connect() as connection:
        return [connection.execute(text(sql)).all() for sql in (SPANS, FACTS)]


def empty(engine: Engine) -> None:
    """Forget everything, so that one database serves all examples."""
    tables = (
        "programme_listed", "programme_search", "programme_version", "programme_window", "programme_span",
        "programme_sighting", "programme_facts", "programme", "capture", "run",
    )  # fmt: skip
    with engine.execution_options(microcred_writes=True).begin() as connection:
        for name in tables:
            connection.execute(text(f"delete from {name}"))
        make_index(connection)


def tell(told: Told, looks: list[Look]) -> None:
    for look in looks:
        programmes = (a_programme(ref, price, words=words) for ref, (price, words) in look.listed.items())
        told.run(look.moment.isoformat(), *programmes, outcome=look.outcome)


def listed_now(told: Told) -> list[Any]:
    return told.engine_rows("select ref, opened_at, missed_at, price_amount from programme_current order by ref")


def listed_by_account(looks: list[Look]) -> list[Any]:
    accounts = {ref: account_of(looks, ref) for ref in sorted(REFS)}
    last = {ref: (windows[-1], versions[-1]) for ref, (windows, versions) in accounts.items() if windows}
    return [
        (ref, opened, missed, version[0])
        for ref, ((opened, _, missed, withdrawn), version) in last.items()
        if withdrawn is None
    ]


def check(engine: Engine, looks: list[Look]) -> None:
    told = Told(engine, a_source())
    empty(engine)
    tell(told, looks)
    for ref in REFS:
        assert stored(told, ref) == account_of(looks, ref)
    assert listed_now(told) == listed_by_account(looks)
    in_this_order = evidence(engine)
    empty(engine)
    tell(told, sorted(looks, key=lambda look: look.hours))
    assert evidence(engine) == in_this_order


def test_any_order_gives_the_history_that_an_independent_account_gives(engine: Engine):
    @settings(max_examples=100 if engine.dialect.name == "sqlite" else 25)
    @given(LOOKS)
    def holds(looks: list[Look]) -> None:
        check(engine, looks)

    holds()
