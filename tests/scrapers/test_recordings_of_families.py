"""Real answers of the families, parsed and typed: what stands here was compared with the files by a person."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pages import page_of

from models.records import Format, Programme, Source, Terms
from normalise.programme import normalise
from scrapers.assemble import Parsed, parse
from scrapers.source import discover, scraper_for

JSON, HTML, XML = "application/json", "text/html; charset=utf-8", "application/xml"
TODAY = date(2026, 11, 24)


def parsed(source: Source, day: date, *files: tuple[Path, str, str]) -> Parsed:
    pages = [page_of(file.read_bytes(), kind, url) for file, kind, url in files]
    return parse(scraper_for(source, day), pages)


def typed(found: Parsed, source: Source, day: date) -> dict[str, Programme]:
    return {listing.ref: normalise(listing, source, day)[0] for listing in found.listings}


def of_family(platform: str, start: str, **options: Any) -> Source:
    """A source that is not among ours: its pages serve as examples of the family."""
    return Source(
        slug="example",
        name="Example",
        kind="commercial_platform",
        country="US",
        language="en",
        formats=(Format(platform=platform, start=(start,), options=options),),
        cadence="weekly",
        complete=True,
        terms=Terms(url="", checked=TODAY, note="an example"),
        evidence="recorded",
    )


# ---- Credly ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "file", "count"),
    [
        ("credly_google", "google-career-certificates", 5),
        ("credly_ibm", "ibm-skillsbuild", 39),
        ("credly_aws", "amazon-web-services-training-and-certification", 93),
        ("credly_microsoft", "blacks-at-microsoft", 13),
        ("credly_google", "cisco-design-thinking", 4),
        ("credly_google", "clinton-community-college-suny", 1),
    ],
)
def test_credly_templates(recordings: Path, slug: str, file: str, count: int) -> None:
    source = discover()[slug]
    url = f"https://www.credly.com/organizations/{file}/badges"
    found = parsed(source, TODAY, (recordings / f"credly/2023-04_badges_{file}.json", JSON, url))
    assert len(found.listings) == count
    assert (found.problems, found.duplicates, found.rejected) == ((), 0, 0)
    assert all(listing.title and listing.url for listing in found.listings)


def test_a_google_certificate_on_credly(recordings: Path) -> None:
    source = discover()["credly_google"]
    file = recordings / "credly/2023-04_badges_google-career-certificates.json"
    found = typed(parsed(source, TODAY, (file, JSON, source.formats[0].start[0])), source, TODAY)
    support = found["1d1cc296-eeda-4e90-8db1-69b4ea7740a5"]
    assert support.title == "Google IT Support Certificate"
    assert support.url == "https://www.credly.com/org/googlecareercertificates/badge/google-it-support-certificate"
    assert {(o.role, o.name) for o in support.organisations} == {
        ("awarded_by", "Google Career Certificates"),
        ("developed_by", "Google"),
        ("listed_on", "Credly"),
    }
    assert support.subjects[:2] == ("Computer Networking", "Customer Service")
    assert len(support.subjects) == 8
    assert support.statements["assessment"].startswith("Successfully complete five courses")


# ---- CTDL ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("registry_CredentialEnvelope", ["qualification"]),
        ("registry_LearningOpportunityEnvelope", ["course"]),
        ("registry_AssessmentEnvelope", []),
        ("registry_spec_credential_3_import", ["qualification"]),
        ("registry_spec_credential_4_import", ["qualification"]),
        ("registry_spec_learning_opportunity_profile_2_import", ["course"]),
        ("registry_spec_learning_opportunity_profile_3_import", ["course"]),
        ("ingest_Credential-1-graph", ["degree"]),
        ("ingest_Credential-1", ["degree"]),
        ("ingest_LearningProgram-1-graph", ["program", "course", "course", "course"]),
        ("ingest_LearningProgram-2", ["program"]),
        ("ingest_Course-1a", ["course"]),
        ("ingest_Organization-1", []),
    ],
)
def test_ctdl_documents(recordings: Path, file: str, kinds: list[str]) -> None:
    source = discover()["credential_registry"]
    found = parsed(source, TODAY, (recordings / f"ctdl/{file}.json", JSON, "https://apps.credentialengine.org/x"))
    assert [listing.kind for listing in found.listings] == kinds
    assert found.failures == ()


def test_an_envelope_of_the_registry(recordings: Path) -> None:
    source = discover()["credential_registry"]
    file = recordings / "ctdl/registry_LearningOpportunityEnvelope.json"
    found = parsed(source, TODAY, (file, JSON, "https://apps.credentialengine.org/x"))
    [programme] = typed(found, source, TODAY).values()
    assert (programme.ref, programme.title) == (
        "ce-0b6f0c2f-01b9-4776-b861-894b78f81eda",
        "Insurance Studies Certificate",
    )
    assert (programme.price.price_amount, programme.price.price_amount_max, programme.price.price_currency) == (
        1535.0, 5886.0, "USD",
    )  # fmt: skip
    assert programme.subjects[-1] == "52.1701 Insurance"


# ---- XCRI-CAP --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "titles", "runs"),
    [
        ("oxford_2012-11-14", ["Monograph Publishing Workshop", "Broadcasting in the Humanities"], [2, 1]),
        ("ou_example", None, None),
        ("wychwolf_moodle", None, None),
    ],
)
def test_xcri_feeds(recordings: Path, file: str, titles: list[str] | None, runs: list[int] | None) -> None:
    source = discover()["oxford_continuing_education"]
    found = parsed(source, TODAY, (recordings / f"xcri/{file}.xml", XML, source.formats[0].start[0]))
    assert len(found.listings) == {"oxford_2012-11-14": 3, "ou_example": 2, "wychwolf_moodle": 1}[file]
    if titles is not None and runs is not None:
        assert [listing.title for listing in found.listings[:2]] == titles
        assert [len(listing.offerings) for listing in found.listings[:2]] == runs


# ---- JSON-LD ---------------------------------------------------------------------------


def test_a_page_of_udemy(recordings: Path) -> None:
    url = "https://www.udemy.com/course/artificial-intelligence-az/"
    source = of_family("jsonld_sitemap", "https://www.udemy.com/sitemap.xml", match="/course/")
    file = recordings / "udemy/2024-08_course_page_artificial-intelligence-az.html"
    [course] = typed(parsed(source, TODAY, (file, HTML, url)), source, TODAY).values()
    assert (course.ref, course.url) == ("/course/artificial-intelligence-az/", url)
    assert course.title == "Artificial Intelligence A-Z 2024: Build 7 AI + LLM & ChatGPT"
    assert (course.credential_label, course.languages, course.subjects) == (
        "Udemy Certificate",
        ("en",),
        ("Data Science",),
    )
    assert (course.price.price_type, course.price.price_amount, course.price.price_currency) == (
        "subscription", 89.99, "USD",
    )  # fmt: skip
    assert [run.delivery for run in course.offerings] == ["online"]


def test_a_page_of_class_central(recordings: Path) -> None:
    url = "https://www.classcentral.com/course/whartonaccounting-769"
    source = of_family("jsonld_sitemap", "https://www.classcentral.com/sitemap.xml", match="/course/")
    file = recordings / "classcentral/html/2023-03-02_course_whartonaccounting.html"
    [course] = typed(parsed(source, TODAY, (file, HTML, url)), source, TODAY).values()
    assert course.title == "Introduction to Financial Accounting"
    assert [(o.role, o.name) for o in course.organisations] == [("taught_by", "University of Pennsylvania")]
    assert course.price.price_type == "free"


# ---- MIT: HTML pages, GraphQL, files ---------------------------------------------------


def test_html_pages_of_mit_csail(recordings: Path) -> None:
    source, day = discover()["mit_csail"], date(2020, 5, 1)
    found = parsed(
        source, day,
        (recordings / "mit/csail_listings.html", HTML, "https://cap.csail.mit.edu/professional-programs"),
        (recordings / "mit/csail_details.html", HTML, "https://cap.csail.mit.edu/course-catalog/csail-course-detail"),
    )  # fmt: skip
    course = typed(found, source, day)["/course-catalog/csail-course-detail"]
    assert course.title == "Semper Quis Lectus Nulla At"
    assert (course.duration_weeks_min, course.effort_hours_per_week_min, course.effort_hours_per_week_max) == (6, 8, 10)
    assert (course.price.price_amount, course.price.price_currency) == (2500.0, "USD")
    assert [(run.start_date, run.enrolment_end_date) for run in course.offerings] == [
        (date(2020, 5, 6), date(2020, 4, 28))
    ]


def test_html_pages_of_mit_sloan(recordings: Path) -> None:
    source, day = discover()["mit_sloan"], date(2020, 5, 1)
    found = parsed(
        source, day,
        (recordings / "mit/see_listings.html", HTML, "https://executive.mit.edu/openenrollment/programs"),
        (recordings / "mit/see_details.html", HTML, "https://executive.mit.edu/openenrollment/program/foobar/"),
    )  # fmt: skip
    [course] = typed(found, source, day).values()
    assert course.title == "Nunc Eget Lorem Dolor Sed Viverra Ipsum Nunc"
    assert course.price.price_amount == 4100.0
    assert course.subjects == ("Operations", "Organizations & Leadership", "Strategy & Innovation")
    assert [run.location for run in course.offerings] == ["Roma"]
    assert "Van de Graaff" not in repr(course)


def test_the_html_list_of_mit_professional_education(recordings: Path) -> None:
    source, day = discover()["mit_professional_education"], date(2020, 5, 1)
    url = "https://professional.mit.edu/programs/short-programs"
    [course] = typed(parsed(source, day, (recordings / "mit/mitpe_listings.html", HTML, url)), source, day).values()
    assert course.title == "Vitae Tempus Quam Pellentesque Nec Nam Aliquam Sem"
    assert (course.price.price_amount, course.offer_state) == (5500.0, "open")
    assert course.subjects == ("Design & Manufacturing", "Innovation")
    assert "Marcus" not in repr(course)


@pytest.mark.parametrize(
    ("slug", "file", "titles"),
    [
        ("mit_professional_education", "prolearn_mitpe_courses", 4),
        ("mit_csail", "prolearn_csail_programs", 3),
    ],
)
def test_graphql_answers_of_mit_prolearn(recordings: Path, slug: str, file: str, titles: int) -> None:
    source, day = discover()[slug], date(2024, 5, 28)
    if slug == "mit_csail":
        day = TODAY
    found = parsed(source, day, (recordings / f"mit/{file}.json", JSON, "https://prolearn.mit.edu/graphql"))
    assert len(found.listings) == titles
    assert found.problems == ()


def test_a_graphql_answer_of_mit_prolearn_in_full(recordings: Path) -> None:
    source, day = discover()["mit_professional_education"], date(2024, 5, 28)
    file = recordings / "mit/prolearn_mitpe_courses.json"
    found = typed(parsed(source, day, (file, JSON, "https://prolearn.mit.edu/graphql")), source, day)
    course = found["/enabling-innovation-designing-research-facilities"]
    assert (course.credits_value, course.credits_unit, course.delivery) == (2.6, "ceu", "presential")
    assert course.price.price_amount == 3500.0
    assert [(run.start_date, run.end_date) for run in course.offerings] == [(date(2022, 12, 13), date(2023, 12, 13))]


def test_the_feed_of_mit_professional_education(recordings: Path) -> None:
    source, base = discover()["mit_professional_education"], "https://professional.mit.edu/feeds/courses/?page="
    files = [(recordings / f"mit/professional_ed_resources_{n}.json", JSON, f"{base}{n}") for n in (0, 1, 2)]
    found = parsed(source, TODAY, *files)
    programmes = typed(found, source, TODAY)
    assert [listing.kind for listing in found.listings] == ["program", "course", "course"]
    tech = programmes["e3be75f6-f7c9-432b-9c24-70c7132e1583"]
    assert (tech.title, tech.credits_value) == ("Design-Thinking and Innovation for Technical Leaders", 2.0)
    assert [run.start_date for run in tech.offerings] == [None, date(2025, 9, 1)]
    assert "Schiappa" not in repr(programmes)


def test_both_files_of_mit_sloan(recordings: Path) -> None:
    source = discover()["mit_sloan"]
    found = parsed(
        source, TODAY,
        (recordings / "mit/test_sloan_courses.json", JSON, source.formats[0].start[0]),
        (recordings / "mit/test_sloan_runs.json", JSON, source.formats[0].start[1]),
    )  # fmt: skip
    programmes = typed(found, source, TODAY)
    assert len(programmes) == 99
    listed = {course["Course_Id"] for course in page_json(recordings / "mit/test_sloan_courses.json")}
    runs = [run for run in page_json(recordings / "mit/test_sloan_runs.json") if run["Course_Id"] in listed]
    assert sum(len(programme.offerings) for programme in programmes.values()) == len(runs)
    business = programmes["a056g00000URaaQAAT"]
    assert [run.ref for run in business.offerings][:2] == ["ABT 9-25-2024", "ABT 10-7-2024"]
    assert business.offerings[0].price.price_amount == 2900.0


def page_json(file: Path) -> Any:
    import json

    return json.loads(file.read_text(encoding="utf-8"))


# ---- Open edX, OpenLearning, Drupal, OEAPI ---------------------------------------------


def test_pages_of_the_open_edx_api(recordings: Path) -> None:
    source = discover()["swissmooc"]
    base = source.formats[0].start[0]
    files = [(recordings / f"edx/mitodl_edx_api_course_list_page{n}.json", JSON, f"{base}?page={n}") for n in (1, 2)]
    found = parsed(source, TODAY, *files)
    names = [row["name"] for file, *_ in files for row in page_json(file)["results"]]
    left_out = [problem.words for problem in found.problems if problem.code == "left_out"]
    assert sorted(
        [*(listing.title or "" for listing in found.listings), *(words or "" for words in left_out)]
    ) == sorted(names)


def test_courses_of_openlearning(recordings: Path) -> None:
    source = discover()["openlearning"]
    samples = [
        s["response"]
        for s in page_json(recordings / "openlearning/2023_api_samples.json")
        if s["endpoint"] == "courses"
    ]
    import json

    pages = [
        page_of(json.dumps(s), JSON, f"https://api.openlearning.com/v2.1/courses/?page={n}")
        for n, s in enumerate(samples)
    ]
    found = parse(scraper_for(source, TODAY), pages)
    assert [(listing.ref, listing.title) for listing in found.listings] == [
        ("63f3088263eb2aa87f5b3d77", "CikguHub"),
        ("60f12f305c477a74643f7058", "Applied Leadership Programme"),
    ]
    assert {o.name for listing in found.listings for o in listing.organisations} == {
        "edvolutionenterprise",
        "OpenLearning",
    }


def test_a_drupal_resource_of_mit_open_learning(recordings: Path) -> None:
    source = of_family(
        "drupal_jsonapi",
        "https://openlearning.mit.edu/jsonapi/node/event",
        fields={
            "ref": "id",
            "title": "attributes.title",
            "url": "attributes.path.alias",
            "start": "attributes.field_event_date[].value",
        },
    )
    [event] = page_json(recordings / "mit/ol_events.json")["data"]
    file = (recordings / "mit/ol_events.json", JSON, "https://openlearning.mit.edu/jsonapi/node/event")
    [listing] = parsed(source, TODAY, file).listings
    assert (listing.ref, listing.title) == (event["id"], event["attributes"]["title"])


def test_examples_of_the_open_education_api(recordings: Path) -> None:
    """The examples that the specification gives for each property, put together as one course."""
    import json

    schemas = page_json(recordings / "ooapi/oeapi_v6_with_examples.json")["components"]["schemas"]
    course = {
        name: spec["example"] for name, spec in schemas["CourseProperties"]["properties"].items() if "example" in spec
    }
    course |= {"courseId": schemas["CourseId"]["properties"]["courseId"]["example"]}
    course |= {"studyLoad": [schemas["StudyLoadDescriptor"]["example"]]}
    source = discover()["eduxchange"]
    answer = json.dumps({"items": [course], "pageNumber": 1, "pageSize": 10, "hasNextPage": False})
    found = parse(scraper_for(source, TODAY), [page_of(answer, JSON, source.formats[0].start[0])])
    [programme] = typed(found, source, TODAY).values()
    assert (programme.title, programme.ects, programme.subjects) == (
        "Academic and Professional Writing",
        3.0,
        ("ISCED-F 0732",),
    )
    assert programme.statements["assessment"] == "Exam on campus"
