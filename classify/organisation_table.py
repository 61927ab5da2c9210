"""The table of organisations and its indexes: ``organisations/entities.csv``, and a file of one's own beside it."""

from __future__ import annotations

import csv
import io
import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from classify.organisation_names import folded, needs_country, plain, table
from models.classification import Entity

COLUMNS = ("id", "name", "kind", "country", "ror", "domains", "aliases", "source")
SEPARATOR = "|"
DIRECTORY_VARIABLE = "MICROCRED_SOURCES_DIR"
"""The environment variable that names the directory with sources of one's own."""
OWN_FILE = "organisations.csv"
"""Organisations of one's own, in that directory, in the columns of the shipped table."""

_CROCKFORD = {letter: value for value, letter in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of the table: an entity, what else it is called, its hosts, and where these facts were seen.

    ``source`` holds keys of ``organisations/sources.toml``, each with a date where it has one of its own.
    """

    entity: Entity
    domains: tuple[str, ...]
    aliases: tuple[str, ...]
    source: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The name and all aliases."""
        return (self.entity.name, *self.aliases)


def read(text: str) -> tuple[Record, ...]:
    """Return the rows of a table in CSV; raises ``ValueError`` if it is none, or its columns are others."""
    reader = csv.DictReader(io.StringIO(text))
    try:
        columns, rows = tuple(reader.fieldnames or ()), list(reader)
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from error
    if columns != COLUMNS:
        raise ValueError(f"columns must be {', '.join(COLUMNS)}")
    uneven = next((number for number, row in enumerate(rows, start=1) if None in row or None in row.values()), None)
    if uneven is not None:
        raise ValueError(f"row {uneven} has not {len(COLUMNS)} cells")
    return tuple(
        Record(
            entity=Entity(
                id=row["id"],
                name=row["name"],
                kind=row["kind"],
                country=row["country"] or None,
                ror=row["ror"] or None,
            ),
            domains=_parts(row["domains"]),
            aliases=_parts(row["aliases"]),
            source=_parts(row["source"]),
        )
        for row in rows
    )


def written(records: tuple[Record, ...]) -> str:
    """Return the table as CSV, the rows in the order of their ids."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in sorted(records, key=lambda record: record.entity.id):
        entity = record.entity
        lists = (SEPARATOR.join(part) for part in (record.domains, record.aliases, record.source))
        writer.writerow([entity.id, entity.name, entity.kind, entity.country or "", entity.ror or "", *lists])
    return out.getvalue()


@cache
def records() -> tuple[Record, ...]:
    """Return the shipped table, and the rows of one's own; a row of one's own outweighs one with the same id.

    Raises:
        ValueError: if one's own table cannot be read.
    """
    rows = {record.entity.id: record for record in (*shipped_records(), *_own_records())}
    return tuple(rows.values())


def shipped_records() -> tuple[Record, ...]:
    """Return the shipped table."""
    return read(files(__package__).joinpath("organisations", "entities.csv").read_text(encoding="utf-8"))


def _own_records() -> tuple[Record, ...]:
    named = os.environ.get(DIRECTORY_VARIABLE)
    file = Path(named) / OWN_FILE if named else None
    if file is None or not file.is_file():
        return ()
    try:
        return read(file.read_text(encoding="utf-8"))
    except (ValueError, KeyError) as error:
        raise ValueError(f"{file}: {error}") from error


@cache
def by_id() -> Mapping[str, Entity]:
    """Return the entities under their ids."""
    return {record.entity.id: record.entity for record in records()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """An entity that bears a name; ``needs_country`` is true if the name is its own only where the country is known."""

    entity: Entity
    needs_country: bool


@cache
def by_name() -> Mapping[str, tuple[Bearer, ...]]:
    """Return who bears each name, folded; and under ``"=" + plain(name)`` who bears it letter for letter.

    Folding makes "Universidad de Palermo" and "Università di Palermo" one name, which letters tell apart.
    """
    found: dict[str, dict[str, Bearer]] = defaultdict(dict)
    for record in records():
        for name in record.names:
            bearer = Bearer(entity=record.entity, needs_country=needs_country(name))
            for form in (folded(name), "=" + plain(name)):
                known = found[form].get(record.entity.id)
                if known is None or known.needs_country:
                    found[form][record.entity.id] = bearer
    return {name: tuple(bearers.values()) for name, bearers in found.items()}


@cache
def shared_hosts() -> frozenset[str]:
    """Return hosts on which others have their pages too, so that they say nothing about an organisation."""
    return frozenset(table("names.toml")["hosts"]["shared"])


@cache
def by_domain() -> Mapping[str, Entity]:
    """Return the entities under their hosts."""
    return {domain: record.entity for record in records() for domain in record.domains}


def valid_ror(ror: str) -> bool:
    """Whether an id of the Research Organization Registry has its form and checksum ("03z77qz90").

    Nine characters, the first "0"; the last two digits check the number before them in Crockford's base 32 by
    ISO/IEC 7064 MOD 97-10 (https://ror.readme.io/docs/ror-identifier-pattern).
    """
    if len(ror) != 9 or ror[0] != "0" or not set(ror[:7]) <= _CROCKFORD.keys():
        return False
    number = 0
    for letter in ror[:7]:
        number = number * 32 + _CROCKFORD[letter]
    return ror[7:] == f"{98 - number * 100 % 97:02d}"


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(SEPARATOR) if part)
