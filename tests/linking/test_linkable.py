from __future__ import annotations

from datetime import date

from small_runs import a_source

from linking.linkable import Span, linkable
from models.classification import Entity, KnownOrganisation
from models.records import Offering, OrganisationRole, PriceFacts, Programme, programme_key

UNIVERSITY = Entity(id="xx-university-a", name="University of A", kind="institution", country="NL")
PLATFORM = Entity(id="xx-shop", name="Shop", kind="platform")
EDX = r"(?:course-v1:)?([^+/]+)[+/]([^+/]+)[+/][^+/]+"


def known(role: str, name: str, entity: Entity | None = None, kind: str | None = None) -> KnownOrganisation:
    kind = entity.kind if entity else kind
    return KnownOrganisation(role=role, name=name, kind=kind, country=None, entity=entity, evidence=None)


def roles(*organisations: KnownOrganisation, url: str | None = None) -> tuple[OrganisationRole, ...]:
    return tuple(OrganisationRole(role=each.role, name=each.name, url=url) for each in organisations)


def test_everything_that_is_compared():
    who = (
        known("taught_by", "Univ. of A", UNIVERSITY),
        known("developed_by", "School of Ice"),
        known("awarded_by", "UoA"),
        known("awarded_by", "Shop", PLATFORM),
        known("listed_on", "Alpha", UNIVERSITY),
    )
    programme = Programme(
        ref="course-v1:AX+ICE101x+2025",
        kind="course",
        title="Reading Ice",
        url="https://www.shop.example/learn/ice?utm_source=feed",
        description="Course code ICE2041. More at https://uni.example/ice.",
        languages=("en-GB", "nl"),
        organisations=roles(*who),
        duration_weeks_min=6,
        duration_weeks_max=8,
        effort_hours_per_week_min=2,
        effort_hours_per_week_max=3,
        ects=3.0,
        ects_basis="stated",
        eqf_level=6,
        delivery="online",
        price=PriceFacts(price_type="paid", price_amount=450, price_amount_max=450, price_currency="EUR"),
        verbatim={"title.et": "Jää lugemine", "other": "x"},
        offerings=(Offering(ref="a", start_date=date(2025, 3, 11)), Offering(ref="b")),
    )
    source = a_source(kind="commercial_platform", slug="shop", programme=EDX)
    made = linkable(7, programme, source, who, date(2025, 1, 1))
    assert (made.item_id, made.source, made.source_kind) == (7, "shop", "commercial_platform")
    assert made.programme == ("shop", "AX+ICE101x")
    assert (made.title, made.titles, made.languages) == ("Reading Ice", ("Jää lugemine",), {"en", "nl"})
    # A code of one word may be that of many; the platform and the catalogue are no makers.
    assert made.organisations == {"xx-university-a", "name:school of ice"}
    assert made.named
    assert (made.page, made.pages) == ("shop.example/learn/ice", {"uni.example/ice"})
    assert made.codes == {"ICE2041", "ICE101"}
    assert made.starts == {date(2025, 3, 11)}
    assert (made.weeks, made.hours) == (Span(least=6, most=8), Span(least=12, most=24, printed=False))
    assert (made.ects, made.eqf_level, made.delivery) == (3.0, 6, "online")
    assert made.price == ("EUR", 450)
    assert made.first_seen == date(2025, 1, 1)


def test_who_runs_a_catalogue_of_its_own_is_an_organisation_of_the_programme():
    who = (known("listed_on", "University of A", UNIVERSITY),)
    programme = Programme(ref="1", kind="course", title="Ice", organisations=roles(*who))
    assert linkable(1, programme, a_source(kind="institution"), who).organisations == {"xx-university-a"}
    assert linkable(1, programme, a_source(kind="register"), who).organisations == frozenset()


def test_the_host_of_an_organisation_that_is_in_no_table():
    who = (known("taught_by", "Institute of Ice"),)
    programme = Programme(
        ref="1", kind="course", title="Ice", organisations=roles(*who, url="https://www.ice.example/")
    )
    source = a_source(kind="register")
    assert linkable(1, programme, source, who).organisations == {"name:institute of ice", "host:ice.example"}
    own = a_source(kind="register", hosts=("ice.example",))
    assert linkable(1, programme, own, who).organisations == {"name:institute of ice"}
    assert not linkable(1, programme, source, who).named


def test_what_all_runs_state_alike_is_that_of_the_programme():
    def run(ref: str, **facts: object) -> Offering:
        return Offering(ref=ref, **facts)  # type: ignore[arg-type]  # facts of a run

    price = PriceFacts(price_type="paid", price_amount=90, price_amount_max=90, price_currency="GBP")
    runs = (run("a", duration_weeks_max=4.0, price=price, language="fr"), run("b", duration_weeks_max=4.0, price=price))
    alike = Programme(ref="1", kind="course", title="Ice", effort_hours_per_week_max=5, offerings=runs)
    made = linkable(1, alike, a_source(), ())
    assert (made.weeks, made.hours) == (Span(least=4, most=4), Span(least=20, most=20, printed=False))
    assert (made.price, made.languages) == (("GBP", 90), {"fr"})
    others = (*runs, run("c", duration_weeks_max=8.0, price=PriceFacts(price_type="free", price_amount=0.0)))
    made = linkable(1, Programme(ref="1", kind="course", title="Ice", offerings=others), a_source(), ())
    assert (made.weeks, made.hours, made.price) == (None, None, ("GBP", 90))


def test_hours_printed_or_converted_are_no_product():
    stated = Programme(
        ref="1", kind="course", title=None, workload_hours_min=75, workload_hours_max=90, workload_basis="converted"
    )
    made = linkable(1, stated, a_source(), ())
    assert (made.title, made.hours) == ("", Span(least=75, most=90))


def test_programme_keys():
    source = a_source(programme=EDX)
    same = ["course-v1:AX+ICE101x+1T2025", "course-v1:AX+ICE101x+2T2026", "AX/ICE101x/1T2014"]
    assert {programme_key(source, ref) for ref in same} == {"AX+ICE101x"}
    assert programme_key(source, "401") == "401"
    assert programme_key(source, "course-v1:AX+ICE101x") == "course-v1:AX+ICE101x"
    assert programme_key(a_source(), same[0]) == same[0]
