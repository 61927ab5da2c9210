"""A catalogue whose every field holds an attack, read from a page like any other, archived, normalised and loaded."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

from fuzzing.texts import TEXTS
from small_runs import a_source

from flows.classifying import Rules
from flows.observatory import Observatory
from flows.replay import _replay_run
from models.records import Format, RunRecord, Source, Terms
from models.store import Store
from scrapers.declared import listing_names, offering_names
from scrapers.replay import load_recording

ADDRESS = "https://attacked.example/catalogue.json"
LETTERS_MOST = 200
"""Of a text; long ones have tests of their own."""
DAYS = ("2024-01-01T06:00:00Z", "2024-01-08T06:00:00Z")


def source() -> Source:
    """The declaration of the catalogue; its own words attack too."""
    fields = {name: name for name in sorted(listing_names())}
    runs = {"each": "runs", **{name: name for name in sorted(offering_names())}}
    options = {"entries": "entries", "fields": fields, "offerings": runs}
    return a_source(
        slug="attacked",
        hosts=("attacked.example",),
        name=TEXTS["escape_title"] + TEXTS["script"],
        formats=(Format(platform="json_catalogue", start=(ADDRESS,), options=options),),
        terms=Terms(url=TEXTS["address_of_a_script"], checked=date(2024, 1, 1), note=TEXTS["formula"]),
    )


def ref_of(name: str) -> str:
    """The ref of the listing of a text: the text is in it."""
    return f"{name}/{TEXTS[name][:200]}"


def catalogue() -> bytes:
    """The page: a listing a text, the text in each of its fields and those of its run."""
    entries = []
    for name, whole in TEXTS.items():
        text = whole[:LETTERS_MOST]
        entry: dict[str, object] = dict.fromkeys(listing_names(), text)
        entry |= {"ref": ref_of(name), "runs": [dict.fromkeys(offering_names(), text)]}
        entries.append(entry)
    return json.dumps({"entries": entries}).encode()


def load(observatory: Observatory, folder: Path) -> list[RunRecord]:
    """Read the page on two days, as a replay does, and classify what it lists."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.json").write_bytes(catalogue())
    captures = "".join(
        f'[[capture]]\nurl = "{ADDRESS}"\nat = "{day}"\nfile = "page.json"\ncontent_type = "application/json"\n'
        for day in DAYS
    )
    (folder / "recording.toml").write_text(f'source = "attacked"\n{captures}')
    runs = load_recording(folder).runs
    records = [asyncio.run(_replay_run(observatory, source(), run, accept=True)) for run in runs]
    Store(observatory.engine).classify("attacked", Rules(source()))
    return records
