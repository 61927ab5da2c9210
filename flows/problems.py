"""What is not understood now, counted, and a lookup for each word that a person can tell the meaning of."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import tomlkit

from classify.organisation_table import by_id
from flows.observatory import Observatory
from models.queries import open_problems, problem_groups
from models.vocab import vocabulary
from scrapers.source import load_source

VOCABULARIES = {
    "delivery": "delivery",
    "level": "platform_level",
    "mode_of_study": "mode_of_study",
    "offer_state": "offer_state",
    "organisation_kind": "organisation_kind",
    "pacing": "pacing",
}
"""The fields whose words a source can look up, and the vocabulary of their values."""
_CALLED = {"organisations.kind": "organisation_kind"}
FIELD, ORGANISATION = "field", "organisation"
GROUP_COLUMNS = ("source", "code", "field", "words", "listings", "example", "add")
PROBLEM_COLUMNS = ("source", "stage", "code", "field", "words", "ref", "message")
FIRST_TO_GO = ("stage", "example", "ref", "code", "field")
"""Columns that a narrow terminal does without, in this order."""
_WORDS_SHOWN = 200


def listed(observatory: Observatory, source: str | None, code: str | None, *, grouped: bool) -> list[dict[str, Any]]:
    """Return the open problems, or with ``grouped`` the words behind them, most frequent first, with what would help.

    Args:
        observatory: where they are stored.
        source: only those of this source.
        code: only those of this code (vocabulary ``problem_code``).
        grouped: count equal words of a field of a source; ``add`` is the command that teaches the source the word.
    """
    ask = problem_groups if grouped else open_problems
    rows = ask(observatory.engine, source=source, code=code).to_dict(orient="records")
    if not grouped:
        return [{str(name): value for name, value in row.items()} for row in rows]
    return [{**{str(name): value for name, value in row.items()}, "add": command_for(row)} for row in rows]


def command_for(row: dict[Any, Any]) -> str | None:
    """Return the command that adds a lookup for the words of a problem; ``None`` if no lookup could help."""
    # An offering's words are looked up under the same name as a programme's.
    field, words = str(row["field"] or "").removeprefix("offering."), row["words"]
    field = _CALLED.get(field, field)
    if row["code"] != "unknown_word" or not words or len(words) > _WORDS_SHOWN:
        return None
    if field not in {*VOCABULARIES, FIELD, ORGANISATION}:
        return None
    return f"microcred sources lookup {row['source']} {field} {shlex.quote(words)} VALUE"


def add_lookup(source_toml: Path, field: str, words: str, value: str) -> None:
    """Teach a source one of its words: a line in ``[lookups.<field>]`` of its declaration, all else left as it is.

    Args:
        source_toml: the declaration.
        field: a field of ``VOCABULARIES``, ``field`` (a subject) or ``organisation`` (a name).
        words: the words as printed.
        value: a word of the field's vocabulary, an ISCED-F code, or the id of an organisation.

    Raises:
        ValueError: if the field has no lookup, the value is none of the field's, or the declaration cannot be read.
        OSError: if the declaration cannot be written.
    """
    known = _values_of(field)
    if value not in known:
        shown = ", ".join(sorted(known)[:40])
        raise ValueError(f"{value!r} is no value of {field}; there are: {shown}{' ...' if len(known) > 40 else ''}")
    document = tomlkit.parse(source_toml.read_text(encoding="utf-8"))
    lookups = document.setdefault("lookups", tomlkit.table(is_super_table=True))
    lookups.setdefault(field, tomlkit.table())[words] = value
    before = source_toml.read_bytes()
    source_toml.write_text(tomlkit.dumps(document), encoding="utf-8")
    try:
        load_source(source_toml.parent)
    except ValueError:
        source_toml.write_bytes(before)
        raise


def _values_of(field: str) -> frozenset[str]:
    if field == FIELD:
        return frozenset(vocabulary("isced_broad")) | frozenset(vocabulary("isced_narrow"))
    if field == ORGANISATION:
        return frozenset(by_id())
    if field not in VOCABULARIES:
        raise ValueError(f"no lookup for {field!r}; there are: {', '.join([*VOCABULARIES, FIELD, ORGANISATION])}")
    return frozenset(vocabulary(VOCABULARIES[field]))
