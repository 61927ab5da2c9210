"""Documents that cannot go stale unseen: generated pages, links, and the commands the README teaches."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from classify.rulebook import rulebook
from flows.cli import app
from models.dictionary import dictionary
from models.views import VIEWS
from scrapers.coverage import cases, coverage
from scrapers.source import discover
from scrapers.status import status
from trends.reference_page import reference_page

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PUBLIC_VIEWS = {
    "programme_current", "programme_history", "offering_current", "credential", "credential_current",
    "credential_link_current", "organisation", "role_current", "development_evidence", "open_problem", "run_log",
    "source_health", "trend",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "generate"),
    [
        ("data-dictionary.md", dictionary),
        ("source-status.md", status),
        ("coverage.md", coverage),
        ("classification.md", rulebook),
        ("reference-series.md", reference_page),
    ],
)
def test_generated_pages_are_fresh(name: str, generate: Callable[[], str]) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == generate(), f"docs/{name} is stale: run `make docs`"


def test_every_public_view_and_column_has_a_meaning() -> None:
    assert set(VIEWS) == PUBLIC_VIEWS
    for view in VIEWS.values():
        assert view.comment
        assert [name for name, text in view.columns.items() if not text.strip()] == []


def test_every_source_serves_a_case_and_every_case_has_sources() -> None:
    assert {slug for case in cases() for slug in case["sources"]} == set(discover())
    assert all(case["sources"] for case in cases())


def test_status_names_every_source_and_claims_no_live_check() -> None:
    page = status()
    for slug in discover():
        assert f"## {slug}\n" in page
    assert "Checked live on" not in page


def test_a_live_check_of_an_unknown_source_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "checks.toml"
    file.write_text('[[check]]\nsource = "x"\ndate = 2026-12-01\ncommand = "c"\nresult = "r"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="known source"):
        status(file)


def test_a_live_check_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "checks.toml"
    file.write_text('[[check]]\nsource = "nzqa"\ndate = 2026-12-01\ncommand = "c"\nresult = "ok"\n', encoding="utf-8")
    assert "- Checked live on 2026-12-01 by `c`: ok" in status(file)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_the_readme_teaches_commands_that_exist() -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name for group in app.registered_groups}
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    taught = set(re.findall(r"(?:^|/)microcred (\w+)", "\n".join(blocks), re.MULTILINE))
    assert {"harvest", "status", "query", "snapshot", "trends", "sources"} <= taught
    assert taught <= known


def test_the_readme_teaches_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    taught = set(re.findall(r"make ([a-z]+)\b", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert taught >= {"demo", "test", "check", "bench"}
    assert taught <= targets
