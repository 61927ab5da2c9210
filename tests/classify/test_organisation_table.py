"""The table of organisations is sound, and a new dump of the Research Organization Registry is taken in with care."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from classify.organisation_names import folded, table
from classify.organisation_table import by_id, by_name, read, records, shared_hosts, valid_ror, written
from classify.organisations import known_organisations
from classify.refresh_ror import main
from models.records import OrganisationRole, Programme
from models.vocab import vocabulary
from normalise.countries import country_code
from scrapers.source import discover

# --------------------------------------------------------------------------------------
# The table
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ror", ["03z77qz90", "042nb2s44", "0175hh227", "05mzfcs16", "00cv9y106"])
def test_checksums_of_ror_ids_hold(ror: str) -> None:
    assert valid_ror(ror)
    other = str((int(ror[-1]) + 1) % 10)
    assert not valid_ror(ror[:-1] + other)
    assert not valid_ror("1" + ror[1:])
    assert not valid_ror(ror.upper())
    assert not valid_ror(ror + "0")


def test_the_table_is_sound() -> None:
    ids = Counter(record.entity.id for record in records())
    rors = Counter(record.entity.ror for record in records() if record.entity.ror)
    domains = Counter(domain for record in records() for domain in record.domains)
    assert {*ids.values(), *rors.values(), *domains.values()} == {1}
    keys = set(table("sources.toml")) - {"date"}
    for record in records():
        entity = record.entity
        assert re.fullmatch(rf"{(entity.country or 'int').lower()}(-[a-z0-9]+)+", entity.id)
        assert entity.name.strip() == entity.name
        assert entity.kind in vocabulary("organisation_kind")
        assert entity.country is None or country_code(entity.country).value == entity.country
        assert entity.ror is None or valid_ror(entity.ror)
        assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", domain) for domain in record.domains)
        assert not shared_hosts() & {*record.domains}
        assert all(folded(name) for name in record.names)
        assert len(set(record.names)) == len(record.names)
        assert record.source
        assert {each.partition(" ")[0] for each in record.source} <= keys
        # An id of the registry is never from memory alone.
        assert entity.ror is None or {each.partition(" ")[0] for each in record.source} - {
            "memory",
            "catalogue",
            "swot",
        }


def test_names_that_entities_share_are_known_and_no_more() -> None:
    shared = {name for name, bearers in by_name().items() if len(bearers) > 1 and not name.startswith("=")}
    assert shared == {
        *("cmu", "tu", "uab", "uib", "unisa", "upm", "uva", "uw"),
        *("open university", "university maine", "university palermo"),
    }


def test_the_table_is_written_as_it_is_read() -> None:
    assert read(written(records())) == records()
    with pytest.raises(ValueError, match="columns"):
        read("id,name\n")


def test_the_lists_of_names_name_what_is_there() -> None:
    names = {name for record in records() for name in record.names}
    lists = table("names.toml")
    assert set(lists["running_text"]["also"]) <= names
    assert not set(lists["running_text"]["also"]) & set(lists["running_text"]["never"])
    for platform in lists["platforms"]["own_programmes"]:
        assert by_id()[platform].kind == "platform"
    assert all(0 < share <= 1 for share in lists["confidence"].values())


@pytest.mark.parametrize("slug", sorted(discover()))
def test_every_organisation_that_a_source_declares_is_known(slug: str) -> None:
    declared = discover()[slug]
    rows = [row for form in declared.formats for row in form.options.get("organisations", ())]
    printed = tuple(OrganisationRole(**{**row, "country": row.get("country", declared.country)}) for row in rows)
    programme = Programme(ref="1", kind="course", title="Knots", organisations=printed)
    known = known_organisations(programme, declared)[0]
    assert all(each.entity and each.country == declared.country for each in known)


# --------------------------------------------------------------------------------------
# The refresh
# --------------------------------------------------------------------------------------

HEADER = "id,name,kind,country,ror,domains,aliases,source\n"
TABLE = HEADER + (
    "ee-example,Example University,institution,EE,,example.ee,Näidise Ülikool,memory\n"
    "fi-sample,Sample University,institution,FI,03z77qz90,sample.fi,,openapc|memory\n"
    "gb-first,First College,institution,GB,,,,memory\n"
    "gb-gone,Gone College,institution,GB,042nb2s44,,,openapc\n"
    "gb-twice,Twice College,institution,GB,,,,memory\n"
    "int-world,World Body,government,,,,,memory\n"
)


def entry(ror: str, name: str, country: str, **facts: object) -> dict[str, object]:
    """A record of the registry in schema 2."""
    names = [{"value": name, "types": ["ror_display", "label"], "lang": "en"}, {"value": "EX", "types": ["acronym"]}]
    places = [{"geonames_id": 1, "geonames_details": {"country_code": country}}]
    return {"id": f"https://ror.org/{ror}", "status": "active", "names": names, "locations": places, **facts}


def old_entry(ror: str, name: str, country: str, **facts: object) -> dict[str, object]:
    """A record of the registry in schema 1."""
    return {
        "id": f"https://ror.org/{ror}",
        "name": name,
        "country": {"country_name": "Somewhere", "country_code": country},
        "aliases": [],
        "labels": [],
        "acronyms": [],
        "links": [],
        **facts,
    }


DUMP = [
    entry("0175hh227", "University of Example (unlike)", "EE"),
    entry("05mzfcs16", "Näidise Ülikool", "EE", links=[{"type": "website", "value": "https://www.naidis.ee/"}]),
    entry("03z77qz90", "Renamed University", "FI", domains=["sample.fi", "renamed.fi", "example.ee", "github.com"]),
    old_entry("00cv9y106", "First College", "GB", links=["http://www.first.ac.uk", "http://www.host.ac.uk/first"]),
    entry("0546hnb39", "Twice College", "GB"),
    old_entry("01c1w6d29", "Twice college", "GB"),
    entry("02hpadn98", "World Body", "CH"),
    entry("046ak2485", "Example University", "EE", status="withdrawn"),
    entry("046ak2486", "Example University", "EE"),
    "no record",
    {"id": 7, "names": "x", "locations": [None], "links": {}, "status": None},
]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    file = tmp_path / "v1.70-2026-10-15-ror-data.json"
    file.write_text(json.dumps(DUMP), encoding="utf-8")
    return file


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    file = tmp_path / "entities.csv"
    file.write_text(TABLE, encoding="utf-8")
    return file


def test_a_refresh_says_what_it_would_change(dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(dump), "--table", str(shipped)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "3 changed",
        "  ee-example by its alias: ror 05mzfcs16 domains + naidis.ee",
        "  fi-sample by its id: domains + renamed.fi",
        "  gb-first by its name: ror 00cv9y106 domains + first.ac.uk",
        "1 ambiguous, left as they are",
        "  gb-twice: 01c1w6d29, 0546hnb39",
        "1 with an id that the dump does not hold, left as they are",
        "  gb-gone: 042nb2s44 is not among the active records",
    ]
    assert shipped.read_text(encoding="utf-8") == TABLE


def test_a_refresh_writes_once(dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(dump), "--table", str(shipped), "--write"]) == 0
    assert shipped.read_text(encoding="utf-8") == HEADER + (
        "ee-example,Example University,institution,EE,05mzfcs16,example.ee|naidis.ee,Näidise Ülikool,"
        "memory|ror 2026-10-15\n"
        "fi-sample,Sample University,institution,FI,03z77qz90,sample.fi|renamed.fi,,openapc|memory|ror 2026-10-15\n"
        "gb-first,First College,institution,GB,00cv9y106,first.ac.uk,,memory|ror 2026-10-15\n"
        "gb-gone,Gone College,institution,GB,042nb2s44,,,openapc\n"
        "gb-twice,Twice College,institution,GB,,,,memory\n"
        "int-world,World Body,government,,,,,memory\n"
    )
    capsys.readouterr()
    assert main([str(dump), "--table", str(shipped), "--write"]) == 0
    assert capsys.readouterr().out.startswith("0 changed\n")


def test_one_id_goes_to_one_entity(dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shipped.write_text(TABLE + "gb-second,Second College,institution,GB,,,First College,memory\n", encoding="utf-8")
    assert main([str(dump), "--table", str(shipped)]) == 0
    assert "  gb-second: 00cv9y106 is gb-first\n" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '[{"id": "https://ror.org/000000000"}]'])
def test_what_is_no_dump_is_refused(
    content: str, dump: Path, shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump.write_text(content, encoding="utf-8")
    assert main([str(dump), "--table", str(shipped), "--write"]) == 1
    assert capsys.readouterr().err
    assert shipped.read_text(encoding="utf-8") == TABLE


def test_a_table_or_a_dump_that_is_not_there_is_refused(dump: Path, tmp_path: Path) -> None:
    assert main([str(dump), "--table", str(tmp_path / "none.csv")]) == 1
    assert main([str(tmp_path / "none-2026-10-15.json")]) == 1


@pytest.mark.parametrize("arguments", [[], ["dump.json"], ["dump-2026-13-45.json"], ["dump.json", "--date", "soon"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_help_says_where_dumps_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "https://zenodo.org/communities/ror-data" in capsys.readouterr().out
