"""How listings say that they were developed: examples read by a person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from developed import COLLEGE, FIRM, as_harvested, found, listing, maker, source

from classify.development import development
from models.classification import Entity, KnownOrganisation
from models.records import OrganisationRole, Programme

# --------------------------------------------------------------------------------------
# Words of listings
# --------------------------------------------------------------------------------------

SAID = [
    # source, makers, facts, modes
    ("institution", [COLLEGE], {}, set()),
    ("institution", [], {"kind_as_published": "Recreational Courses"}, {"own_new_nondegree"}),
    ("institution", [], {"kind_as_published": "Other Short Courses (Less Than 30 GLH)"}, {"own_new_nondegree"}),
    ("institution", [], {"kind_as_published": "Diploma Level 2"}, set()),
    ("institution", [], {"credential_label": "Continuing education course, non-award"}, {"own_new_nondegree"}),
    ("institution", [], {"kind_as_published": "Masterclass"}, set()),
    ("institution", [], {"description": "Then try one of our other short courses."}, set()),
    ("institution", [], {"credits_unit": "ceu"}, {"own_new_nondegree"}),
    ("institution", [maker("- - Department for Continuing Education")], {}, {"own_new_nondegree"}),
    ("institution", [maker("institution US Example Executive Education", "listed_on")], {}, {"own_new_nondegree"}),
    ("commercial_platform", [COLLEGE], {"title": "A Short Course in Knots"}, {"partner_commercial_platform"}),
    ("commercial_platform", [COLLEGE], {"description": "This short course is free."}, {"partner_commercial_platform"}),
    (
        "commercial_platform",
        [COLLEGE],
        {"kind_as_published": "Executive Education"},
        {"partner_commercial_platform", "own_new_nondegree"},
    ),
    (
        "commercial_platform",
        [COLLEGE],
        {"description": "Whoever passes can earn 30 UK credits towards the College’s BA in Knot Management."},
        {"partner_commercial_platform", "own_within_degree"},
    ),
    (
        "institution",
        [],
        {"statements": {"stackability": "Credit for one unit of the Master of Knots."}},
        {"own_within_degree"},
    ),
    ("institution", [], {"statements": {"stackability": "Counts towards a master’s subject."}}, set()),
    ("institution", [], {"statements": {"stackability": "Digital Business"}}, set()),
    ("institution", [], {"statements": {"prerequisites": "45 credits towards the BSc Botany"}}, set()),
    ("institution", [], {"statements": {"course_units": "Rope Statistics (G0A17A, 6 ECTS)"}}, {"own_unbundled"}),
    ("institution", [], {"statements": {"course_units": "Rope (6 ECTS)\nHemp (3 ECTS)"}}, set()),
    ("institution", [], {"description": "It combines courses from different degree programmes."}, {"own_combined"}),
    ("institution", [], {"description": "Existing course units and newly developed modules in one."}, {"own_mixed"}),
    ("register", [], {"kind_as_published": "Short course"}, set()),
    (
        "commercial_platform",
        [maker("employer US Example Corp")],
        {"kind_as_published": "Executive Education"},
        {"non_hei"},
    ),
    # Co-developers in words: known by legal form, or not at all.
    ("institution", [COLLEGE], {"description": f"The course was developed with {FIRM}."}, {"partner_employer"}),
    ("institution", [COLLEGE], {"description": "The course was developed with Somebody Unknown."}, set()),
    ("institution", [COLLEGE], {"description": f"The course was developed with support from {FIRM}."}, set()),
    ("institution", [COLLEGE], {"description": f"In the course you use Ropes, developed by {FIRM}."}, set()),
    ("institution", [COLLEGE], {"description": f"Taught by a lecturer who works at {FIRM}."}, set()),
    ("institution", [COLLEGE], {"statements": {"partners": f"{FIRM}, Somebody Unknown"}}, {"partner_employer"}),
    ("institution", [COLLEGE], {"statements": {"prerequisites": f"A course created with {FIRM}."}}, set()),
    (
        "institution",
        [COLLEGE],
        {"description": "Der Kurs entstand in Kooperation mit der Muster GmbH."},
        {"partner_employer"},
    ),
    ("consortium", [COLLEGE], {"description": "例示株式会社と共同で開発した講座です。"}, {"partner_employer"}),
    ("register", [], {"description": f"The course was developed by {FIRM}."}, {"non_hei"}),
    ("commercial_platform", [], {"title": "Knots Nanodegree"}, {"non_hei"}),
    ("commercial_platform", [], {"title": "Knots"}, set()),
]


@pytest.mark.parametrize(("on", "makers", "facts", "modes"), SAID)
def test_listing_says(on: str, makers: list[KnownOrganisation], facts: dict[str, object], modes: set[str]):
    assert found(on, *makers, **facts) == modes


def test_estonian_micro_degrees_combine_programmes_and_flemish_labels_do_not():
    label = {"kind_as_published": "Micro-degree"}
    assert found("institution", maker("institution EE Näidisülikool"), country="EE", **label) == {"own_combined"}
    assert found("institution", maker("institution BE Voorbeeld"), country="BE", **label) == set()


def test_platform_that_lists_is_no_maker():
    campus = (maker("institution JP 例示大学"), maker("institution JP JV-Campus", "awarded_by"))
    listed = maker("platform JP JV-Campus", "listed_on")
    assert found("government_platform", *campus, listed) == {"partner_gov_platform"}
    assert found("government_platform", listed) == set()


def test_one_institution_under_two_names_is_one():
    tech = Entity(id="xx-tech", name="Example Tech", kind="institution", country="US")
    one = KnownOrganisation(
        role="taught_by", name="Example Tech", kind="institution", country="US", entity=tech, evidence=None
    )
    alias = replace(one, name="ETx", role="awarded_by")
    other = replace(one, entity=replace(tech, id="xx-other", name="Other Tech"), name="Other Tech")
    assert found("consortium", one, alias) == set()
    assert found("consortium", one, other) == {"partner_hei_domestic"}


def test_evidence_says_who_and_where():
    makers = (COLLEGE, maker("platform GB FutureLearn", "listed_on"))
    (finding,) = development(listing(*makers), source("commercial_platform"), makers)
    assert (finding.evidence.field, finding.evidence.words) == (
        "organisations.taught_by",
        "Example College; listed on FutureLearn",
    )
    (finding,) = development(listing(), source("employer"), ())
    assert (finding.evidence.field, finding.evidence.words) == ("source.kind", "employer")
    words = f"New. The course was developed with {FIRM}."
    (finding,) = development(listing(COLLEGE, description=words), source("institution"), (COLLEGE,))
    assert (finding.evidence.rule, finding.evidence.field) == ("named-made-by", "description")
    assert finding.evidence.words == words


# --------------------------------------------------------------------------------------
# The organisations as the room knows them
# --------------------------------------------------------------------------------------

HARVESTED = [
    # source, roles, facts, modes
    ("commercial_platform", [("taught_by", "University of Reading")], {}, {"partner_commercial_platform"}),
    ("commercial_platform", [("taught_by", "Google Cloud")], {}, {"non_hei"}),
    ("government_platform", [("taught_by", "Le Cnam")], {}, {"partner_gov_platform"}),
    (
        "commercial_platform",
        [("taught_by", "University of Virginia"), ("taught_by", "BCG")],
        {},
        {"partner_commercial_platform", "partner_employer"},
    ),
    (
        "commercial_platform",
        [("taught_by", "University of Copenhagen"), ("taught_by", "Copenhagen Business School")],
        {},
        {"partner_commercial_platform", "partner_hei_domestic"},
    ),
    (
        "commercial_platform",
        [("taught_by", "McMaster University"), ("taught_by", "University of California San Diego")],
        {},
        {"partner_commercial_platform", "partner_hei_foreign"},
    ),
    (
        "commercial_platform",
        [],
        {"statements": {"partners": "Georgia Institute of Technology"}},
        {"partner_commercial_platform"},
    ),
    ("commercial_platform", [], {"statements": {"partners": "Google"}}, {"non_hei"}),
    ("commercial_platform", [], {"statements": {"partners": "Google, Somebody Unknown"}}, set()),
    ("commercial_platform", [], {"title": "Knots in a Weekend by Google: Ropes"}, {"non_hei"}),
    (
        "commercial_platform",
        [("taught_by", "University of Leeds")],
        {"description": "A course developed by academics from the Leeds University Business School and IBM."},
        {"partner_commercial_platform", "partner_employer"},
    ),
    (
        "commercial_platform",
        [("taught_by", "HEC Paris")],
        {"title": "Investing in Knots by HEC Paris and IBM"},
        {"partner_commercial_platform", "partner_employer"},
    ),
    (
        "commercial_platform",
        [("taught_by", "University of Leeds")],
        {"description": "Built in partnership with experts such as Jane Doe from Google."},
        {"partner_commercial_platform"},
    ),
    (
        "commercial_platform",
        [("taught_by", "University of Leeds")],
        {"description": "Learn a language that was created by Google, on a computer of IBM."},
        {"partner_commercial_platform"},
    ),
]


@pytest.mark.parametrize(("on", "roles", "facts", "modes"), HARVESTED)
def test_with_real_organisations(on: str, roles: list[tuple[str, str]], facts: dict[str, object], modes: set[str]):
    organisations = tuple(OrganisationRole(role=role, name=name) for role, name in roles)
    programme = Programme(**{"ref": "x", "kind": "course", "title": "Knots", "organisations": organisations, **facts})
    assert {f.mode for f in as_harvested(programme, source(on))} == modes
