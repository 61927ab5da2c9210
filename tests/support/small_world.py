"""Two catalogues whose every figure can be counted on one's fingers: what the ten questions are asked of."""

from __future__ import annotations

from datetime import date
from typing import Any

from linked_worlds import classified
from small_runs import Told, a_programme, a_source, in_euro

from flows.measuring import take_snapshots
from flows.observatory import Observatory
from models.records import OrganisationRole, Programme

HOME = a_source(slug="home", name="Home University", kind="institution", country="NL")
SHOP = a_source(slug="shop", name="Shop of Courses", kind="commercial_platform", country="US")
DELFT = OrganisationRole(role="developed_by", name="Delft University of Technology", country="NL")
TARTU = OrganisationRole(role="developed_by", name="University of Tartu", country="EE")
TEACHER = OrganisationRole(role="taught_by", name="Delft University of Technology", country="NL")
ASSESSED = {"assessment": "A written exam.", "certificate": "A certificate of 3 credits."}
AS_OF, SINCE = date(2024, 4, 30), date(2024, 1, 31)


def a_microcredential(
    ref: str, title: str, price: float, ects: float, *who: OrganisationRole, **more: Any
) -> Programme:
    """What states all that the EU's definition asks for."""
    return a_programme(
        ref, in_euro(price), title=title, kind="microcredential", credential_label="Micro-credential", ects=ects,
        ects_basis="stated", credits_value=ects, credits_unit="ects", organisations=who, statements=ASSESSED,
        words=f"{ref} {price}", **more,
    )  # fmt: skip


def listed(price_of_a: float) -> list[Programme]:
    """The two micro-credentials that Home University lists at every look."""
    return [
        a_microcredential(
            "a", "Reading Glacier Ice from Space", price_of_a, 3.0, DELFT, TEACHER, subjects=("Geology",)
        ),
        a_microcredential("b", "Teaching with Maps", 300, 5.0, DELFT, TARTU, TEACHER, subjects=("Education",)),
    ]


def told(observatory: Observatory) -> None:
    """Tell both histories, classify what is listed, link it and measure it."""
    home, shop = Told(observatory.engine, HOME), Told(observatory.engine, SHOP)
    talk = a_programme("c", None, title="Open Evening", organisations=(TEACHER,))
    late = a_programme("d", 80, title="Rivers of Northern Europe", organisations=(TEACHER,), subjects=("Geology",))
    home.run("2024-01-01", *listed(120), talk)
    home.run("2024-04-10", *listed(150), late)
    home.run("2024-04-20", *listed(150), late)
    twin = a_programme("a2", 99, title="Reading Glacier Ice from Space", organisations=(TEACHER,))
    other = a_programme("x", 50, title="Selling by Telephone", organisations=())
    for day in ("2024-01-02", "2024-04-11", "2024-04-21"):
        shop.run(day, twin, other)
    classified(observatory, HOME, SHOP)
    take_snapshots(observatory, AS_OF, SINCE)
