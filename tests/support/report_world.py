"""A catalogue of twelve, then fourteen micro-credentials, and one held back: every figure of its report by hand."""

from __future__ import annotations

from datetime import date

from linked_worlds import classified
from small_runs import Told, a_programme, a_source
from small_world import DELFT, TARTU, TEACHER, a_microcredential

from flows.measuring import take_snapshots
from flows.observatory import Observatory
from models.records import OrganisationRole, Outcome, Programme

HOME = a_source(slug="home", name="Home <b>University</b>", kind="institution", country="NL", cadence="quarterly")
SHOP = a_source(slug="shop", name="Shop of Courses", kind="commercial_platform", country="US")
GOOGLE = OrganisationRole(role="developed_by", name="Google")
HOSTILE = OrganisationRole(role="taught_by", name="<svg onload=alert(1)>{{ 7*7 }}")
FIRST, SINCE, AS_OF = date(2023, 10, 31), date(2024, 1, 31), date(2024, 4, 30)
SUBJECTS = (
    "Glaciers", "Maps", "Rivers", "Bridges", "Poems", "Bees", "Tides", "Soils", "Stars", "Choirs", "Locks", "Wool",
    "Clocks", "Salt",
)  # fmt: skip


def micro(number: int) -> Programme:
    """Return one of fourteen, each ten euro dearer than the one before.

    Six are made by universities of two countries, five by one of them with a company; of three it is not told how.
    """
    makers = (DELFT, TARTU, TEACHER) if number < 6 else (DELFT, GOOGLE) if number < 11 else (DELFT, TEACHER)
    return a_microcredential(
        f"m{number}", f"{SUBJECTS[number]}, an introduction", 100.0 + 10 * number, 3.0, *makers,
        *([HOSTILE] if number == 0 else []), subjects=("Geology",),
    )  # fmt: skip


def told(observatory: Observatory) -> None:
    """Tell the history, classify and link what is listed, and measure two days."""
    home, shop = Told(observatory.engine, HOME), Told(observatory.engine, SHOP)
    home.run("2024-01-01", *(micro(number) for number in range(12)))
    for day in ("2024-04-10", "2024-04-20"):
        home.run(day, *(micro(number) for number in range(14)))
    shop.run("2024-01-02", a_programme("x", 50, title="Selling by Telephone", organisations=()))
    shop.run("2024-04-11", outcome=Outcome.SUSPECT, reason="no entry at all")
    classified(observatory, HOME, SHOP)
    take_snapshots(observatory, SINCE, FIRST)
    take_snapshots(observatory, AS_OF, SINCE)
