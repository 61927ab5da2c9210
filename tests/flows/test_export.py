"""``microcred export`` on both databases: the files, what they say of themselves, and what other tools read in them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import rdflib
from archive_story import opened
from elm_shapes import shapes
from frictionless import Package
from hostile import TEXTS, read_csv, without_guard
from pyshacl import validate
from rdflib.namespace import SDO
from small_runs import Told, a_programme, a_source

from flows.classifying import Rules
from flows.cli import main
from flows.observatory import Observatory
from flows.publish import FORMS, publish
from models.export_queries import public_tables
from models.records import Offering, OrganisationRole, PriceFacts, Programme, Terms
from models.store import Store

ELM = "http://data.europa.eu/snb/model/elm/"
TEACHER = OrganisationRole(role="taught_by", name="Tallinn University", kind="institution", country="EE")
AWARDER = OrganisationRole(role="awarded_by", name="Tallinn University", kind="institution", country="EE")


@pytest.fixture
def observatory(tmp_path: Path, database_url: str) -> Iterator[Observatory]:
    with opened(tmp_path / "data", database_url) as found:
        yield found


def a_course() -> Programme:
    spring = Offering(
        ref="spring", url="https://alpha.example/ice?run=spring", start_date=date(2024, 4, 1),
        end_date=date(2024, 5, 26), enrolment_end_date=date(2024, 3, 15), location="Tallinn", language="et",
        delivery="online", mode_of_study="full_time", duration_weeks_min=8.0, duration_weeks_max=8.0,
        price=PriceFacts(price_type="paid", price_amount=120.0, price_amount_max=150.0, price_currency="EUR"),
    )  # fmt: skip
    autumn = Offering(ref="autumn", delivery="presential", price=PriceFacts(price_type="free"))
    return a_programme(
        "ice", PriceFacts(), title="Cores of Ice", description="How glaciers tell time.", languages=("et", "en"),
        organisations=(TEACHER, AWARDER), credential_label="Microcredential", ects=2.5, ects_basis="stated",
        eqf_level=6,
        workload_hours_min=65.0, workload_hours_max=65.0, platform_level="beginner", subjects=("Geology",),
        statements={"learning_outcomes": "Reads ice cores.", "prerequisites": "None."}, offerings=(spring, autumn),
    )  # fmt: skip


def a_program() -> Programme:
    price = PriceFacts(
        price_type="subscription", price_amount=39.0, price_amount_max=39.0, price_currency="USD",
        price_period="month", certificate_price_amount=49.0, certificate_price_amount_max=49.0,
    )  # fmt: skip
    return a_programme("series", price, kind="program", title="Ice and Snow", organisations=(TEACHER,),
                       duration_weeks_min=12.0, duration_weeks_max=12.0, delivery="blended")  # fmt: skip


def hostile(number: int, words: str) -> Programme:
    offering = Offering(ref=words, url=words, location=words, verbatim={words: words})
    roles = tuple(OrganisationRole(role=role, name=words, ref=words, url=words) for role in ("taught_by", "listed_on"))
    return a_programme(
        f"{number} {words}", 100, title=words, url=words, kind_as_published=words, description=words,
        credential_label=words, level_as_published=words, languages=(words,), subjects=(words,), organisations=roles,
        statements={"purpose": words}, verbatim={"title": words}, offerings=(offering,), page_url=words,
        words=f"{number}",
    )  # fmt: skip


@pytest.fixture
def small(observatory: Observatory) -> Observatory:
    """A course with two offerings, a program, one without a teacher, and one without even a title."""
    source = a_source(
        name='=cmd|"Alpha"', terms=Terms(url="https://alpha.example/terms", checked=date(2024, 1, 1), note="CC BY 4.0")
    )
    Told(observatory.engine, source).run(
        "2024-01-01", a_course(), a_program(), "lonely", a_programme("bare", title=None)
    )
    Store(observatory.engine).classify("alpha", Rules(source))
    return observatory


@pytest.fixture
def beset(observatory: Observatory) -> Observatory:
    """A catalogue whose every text field holds what a program could take for more than text."""
    source = a_source(name=TEXTS[0], terms=Terms(url=TEXTS[0], checked=date(2024, 1, 1), note=TEXTS[1]))
    told = Told(observatory.engine, source)
    told.run("2024-01-01", *(hostile(number, words) for number, words in enumerate(TEXTS)), reason=TEXTS[3])
    return observatory


def folder_of(observatory: Observatory, form: str) -> Path:
    return observatory.settings.data_dir / "export" / form


# --------------------------------------------------------------------------------------
# All forms
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_an_empty_database(observatory: Observatory, form: str):
    manifest = publish(observatory, form)
    assert sum(sum(file["rows"].values()) for file in manifest["files"]) == 0
    assert (manifest["sources"], manifest["snapshots"]) == ([], [])


def test_every_form_of_hostile_texts_and_what_the_manifest_says(beset: Observatory):
    for form in FORMS:
        manifest = publish(beset, form)
        folder = folder_of(beset, form)
        stored = json.loads((folder / f"manifest-{form}.json").read_text(encoding="utf-8"))
        assert stored == {name: value for name, value in manifest.items() if name != "folder"}
        assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []
        for file in stored["files"]:
            body = (folder / file["name"]).read_bytes()
            assert (file["bytes"], file["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        assert stored["database_revision"]
        assert stored["citation"].startswith("Microcred Observatory ")
        assert stored["citation"].split(". ", 1)[1].startswith("1 catalogues seen until 01 January 2024. Exported ")
        assert stored["sources"] == [
            {"source": "alpha", "name": TEXTS[0], "country": "NL", "terms_url": TEXTS[0], "terms_checked": "2024-01-01",
             "terms_note": TEXTS[1], "last_look": "2024-01-01T00:00:00Z"},
        ]  # fmt: skip

    cells = {row["ref"]: row for row in read_csv(folder_of(beset, "csv") / "programme_current.csv")}
    for number, words in enumerate(TEXTS):
        row = cells[f"{number} {words}"]
        for column in ("title", "url", "description", "kind_as_published", "level_as_published", "taught_by"):
            assert without_guard(row[column]) == words
            assert row[column][0] not in "=+-@\t\r\n＝"
        assert (row["price_amount"], json.loads(row["subjects"])) == ("100.0", [words])
    frame = pd.read_parquet(folder_of(beset, "parquet") / "programme_current.parquet")
    assert set(frame["title"]) == set(TEXTS)
    assert Package(str(folder_of(beset, "package") / "datapackage.json")).validate().valid
    book = openpyxl.load_workbook(folder_of(beset, "excel") / "observatory.xlsx")
    written = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in written} <= {"s", "n", "b", "d"}
    assert [cell for cell in written if cell.hyperlink] == []
    nodes = json.loads((folder_of(beset, "jsonld") / "programmes.jsonld").read_text(encoding="utf-8"))["@graph"]
    assert {node["name"] for node in nodes} == set(TEXTS)


def test_the_public_sqlite_file_holds_the_views_and_nothing_else(small: Observatory):
    publish(small, "sqlite")
    with closing(sqlite3.connect(folder_of(small, "sqlite") / "observatory-public.sqlite")) as file:
        names = {name for (name,) in file.execute("select name from sqlite_master where type = 'table'")}
        assert {name for name in names if "_fts" not in name} == {*public_tables(), "column_text", "about"}
        found = file.execute(
            "select c.title from programme_current c join programme_current_fts f on f.rowid = c.rowid "
            "where programme_current_fts match 'glacier*'"
        ).fetchall()
        assert found == [("Cores of Ice",)]
        held = file.execute("select role, name_as_printed from role_current order by programme_id, role").fetchall()
    assert sorted(held) == [("awarded_by", "Tallinn University"), *[("taught_by", "Tallinn University")] * 2]


def test_only_the_views_asked_for(small: Observatory, tmp_path: Path):
    manifest = publish(small, "csv", views=["run_log", "source_health", "run_log"], out=tmp_path / "out")
    assert [file["rows"] for file in manifest["files"]] == [{"run_log": 1}, {"source_health": 1}]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest-csv.json", "run_log.csv", "source_health.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "views", "said"),
    [
        (
            "csv",
            ["programme", "trend"],
            r"there is no view programme \(did you mean .*\); there are: programme_current, ",
        ),
        ("elm", ["trend"], "elm is made of programme_current, offering_current, role_current: leave out --view"),
        ("ods", [], "there is no format 'ods'; there are: csv, parquet, "),
    ],
)
def test_what_cannot_be_exported_is_said_before_anything_is_written(
    observatory: Observatory, form: str, views: list[str], said: str
):
    with pytest.raises(ValueError, match=said):
        publish(observatory, form, views=views)
    assert not (observatory.settings.data_dir / "export").exists()


def test_the_command(small: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any):
    monkeypatch.setenv("MICROCRED_DATABASE_URL", small.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("MICROCRED_DATA_DIR", str(tmp_path / "data"))
    assert command(monkeypatch, "export", "--format", "csv", "--view", "run_log", "--json") == 0
    manifest = json.loads(capsys.readouterr().out)
    assert [file["name"] for file in manifest["files"]] == ["run_log.csv"]
    assert Path(manifest["folder"]) == tmp_path / "data" / "export" / "csv"
    assert command(monkeypatch, "export", "--format", "elm", "--out", str(tmp_path / "elm")) == 0
    assert (tmp_path / "elm" / "learning-opportunities.jsonld").is_file()
    assert command(monkeypatch, "export", "--format", "csv", "--view", "nothing") == 2
    assert command(monkeypatch, "export", "--format", "ods") == 2


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["microcred", *arguments])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_how_far_it_is_can_be_told(small: Observatory):
    told: dict[str, int] = {}
    publish(small, "csv", tell=lambda view, rows: told.update({view: told.get(view, 0) + rows}))
    assert (told["programme_current"], told["offering_current"], told["trend"]) == (4, 2, 0)


# --------------------------------------------------------------------------------------
# Graphs
# --------------------------------------------------------------------------------------


def graph_of(path: Path) -> dict[str, dict[str, Any]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert path.read_text(encoding="utf-8").count("\n") == len(document["@graph"]) + 2
    return {node.get("name", node["@id"]): node for node in document["@graph"]}


def terms_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (name for name in value if not name.startswith("@"))
        yield from ([value["@type"]] if "@type" in value else [])
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from terms_of(inner)


def test_schema_org_says_what_is_known_of_a_course(small: Observatory):
    publish(small, "jsonld")
    nodes = graph_of(folder_of(small, "jsonld") / "programmes.jsonld")
    course = nodes["Cores of Ice"]
    university = {"@type": "Organization", "name": "Tallinn University"}
    [spring] = [run for run in course.pop("hasCourseInstance") if run["courseMode"] == "online"]
    for node in (course["provider"], course["educationalCredentialAwarded"]["recognizedBy"]):
        node.pop("sameAs", None)  # the id of the register, where our table has it
    assert {name: value for name, value in course.items() if not name.startswith("@")} == {
        "name": "Cores of Ice", "description": "How glaciers tell time.", "url": "https://alpha.example/ice",
        "identifier": {"@type": "PropertyValue", "propertyID": "alpha", "value": "ice"},
        "inLanguage": ["et", "en"], "keywords": "Geology",
        "about": {"@type": "DefinedTerm", "termCode": "053", "name": "Physical sciences",
                  "inDefinedTermSet": "ISCED-F 2013"},
        "educationalLevel": ["beginner", {"@type": "DefinedTerm", "termCode": "6",
                                          "inDefinedTermSet": "European Qualifications Framework"}],
        "provider": university, "teaches": "Reads ice cores.", "coursePrerequisites": "None.",
        "numberOfCredits": {"@type": "QuantitativeValue", "value": 2.5, "unitText": "ECTS"},
        "educationalCredentialAwarded": {"@type": "EducationalOccupationalCredential", "name": "Microcredential",
                                         "recognizedBy": university},
    }  # fmt: skip
    assert {name: value for name, value in spring.items() if not name.startswith("@")} == {
        "url": "https://alpha.example/ice?run=spring", "startDate": "2024-04-01", "endDate": "2024-05-26",
        "inLanguage": "et", "location": {"@type": "Place", "name": "Tallinn"}, "courseMode": "online",
        "offers": {"@type": "Offer", "category": "paid", "priceSpecification": {
            "@type": "PriceSpecification", "minPrice": 120.0, "maxPrice": 150.0, "priceCurrency": "EUR"}},
    }  # fmt: skip


def test_schema_org_says_what_is_known_of_a_program(small: Observatory):
    publish(small, "jsonld")
    nodes = graph_of(folder_of(small, "jsonld") / "programmes.jsonld")
    program = nodes["Ice and Snow"]
    assert program["@type"] == "EducationalOccupationalProgram"
    assert (program["timeToComplete"], program["educationalProgramMode"]) == ("P84D", "blended")
    assert program["offers"] == [
        {"@type": "Offer", "category": "subscription", "priceSpecification": {
            "@type": "UnitPriceSpecification", "price": 39.0, "priceCurrency": "USD", "unitText": "month"}},
        {"@type": "Offer", "name": "Certificate", "price": 49.0, "priceCurrency": "USD"},
    ]  # fmt: skip
    assert {term for node in nodes.values() for term in terms_of(node) if term not in SDO} == set()
    publish(small, "jsonld")
    assert graph_of(folder_of(small, "jsonld") / "programmes.jsonld") == nodes


def conforms(graph: rdflib.Graph) -> tuple[bool, str]:
    ok, _, text = validate(graph, shacl_graph=rdflib.Graph().parse(data=shapes(), format="turtle"))
    return ok, text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_learning_opportunities_conform_to_the_european_learning_model(small: Observatory):
    manifest = publish(small, "elm")
    assert manifest["files"][0]["rows"] == {"programme_current": 2}
    assert manifest["files"][0]["notes"] == [
        "left out, no teaching organisation whose country is known: 1 programmes",
        "left out, no title: 1 programmes",
        "learning opportunities: 3",
    ]  # fmt: skip
    path = folder_of(small, "elm") / "learning-opportunities.jsonld"
    graph = rdflib.Graph().parse(path, format="json-ld")
    ok, text = conforms(graph)
    assert ok, text
    told = graph.query(f"""
        prefix elm: <{ELM}> prefix dc: <http://purl.org/dc/terms/> prefix foaf: <http://xmlns.com/foaf/0.1/>
        prefix rov: <http://www.w3.org/ns/regorg#> prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        select ?title ?page ?start ?mode ?points ?hours ?field ?country ?deadline where {{
          ?o a elm:LearningOpportunity ; dc:title ?title ; foaf:homepage/elm:contentUrl ?page ; elm:mode ?mode ;
            dc:temporal/elm:startDate ?start ; elm:applicationDeadline ?deadline ;
            elm:providedBy/elm:location/elm:address/elm:countryCode ?country ;
            elm:learningAchievementSpecification ?s .
          ?s elm:creditPoint/elm:point ?points ; elm:volumeOfLearning ?hours ; elm:ISCEDFCode ?field .
        }}""")
    assert '"elm:volumeOfLearning": {"@value": "PT65H"' in path.read_text()  # which the reader below writes as days
    assert [tuple(str(value) for value in row) for row in told] == [
        ("Cores of Ice", "https://alpha.example/ice?run=spring", "2024-04-01T00:00:00",
         "http://data.europa.eu/snb/learning-assessment/920fbb3cbe", "2.5", "P2DT17H",
         "http://data.europa.eu/snb/isced-f/053", "http://publications.europa.eu/resource/authority/country/EST",
         "2024-03-15T23:59:59"),
    ]  # fmt: skip


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_the_shapes_refuse_what_the_profile_forbids(small: Observatory):
    publish(small, "elm")
    path = folder_of(small, "elm") / "learning-opportunities.jsonld"
    for predicate, message in [("dc:title", "MinCount"), ("elm:providedBy", "MinCount"), ("elm:mode", None)]:
        document = json.loads(path.read_text(encoding="utf-8"))
        [changed] = [node for node in document["@graph"] if node["@id"] == _opportunity_of(document)]
        del changed[predicate]
        changed |= {} if message else {"elm:inventedHere": "x"}
        ok, text = conforms(rdflib.Graph().parse(data=json.dumps(document), format="json-ld"))
        assert not ok
        assert (message or "Closed") in text


def _opportunity_of(document: dict[str, Any]) -> str:
    return next(
        node["@id"]
        for node in document["@graph"]
        if node["@type"] == "elm:LearningOpportunity" and "dc:temporal" in node
    )
