"""Brings the shipped table of organisations up to a data dump of the Research Organization Registry.

``python -m classify.refresh_ror ROR_DUMP.json`` prints what would change; ``--write`` changes the table. The dump is a
file that was downloaded before: nothing is fetched. Exit codes: 0 done, 1 the dump or the table cannot be read, 2 wrong
usage.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from classify.organisation_names import folded
from classify.organisation_table import Record, read, shared_hosts, valid_ror, written

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID = re.compile(r"(?:https?://)?(?:www\.)?(?:ror\.org/)?([0-9a-z]{9})$")
_PLACE = "https://zenodo.org/communities/ror-data"


class UnreadableError(Exception):
    """A file is not what it should be; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """What the registry says of an organisation: bare id, folded names (no acronyms), country, hosts."""

    ror: str
    names: frozenset[str]
    country: str | None
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The table as it becomes, and a line for each change, ambiguity and id that the dump does not hold."""

    records: tuple[Record, ...]
    changed: tuple[str, ...]
    ambiguous: tuple[str, ...]
    missing: tuple[str, ...]


def organisations(dump: object) -> tuple[Organisation, ...]:
    """Return the active organisations of a dump, in schema 2 or 1; raises ``UnreadableError`` if it is no dump.

    An entry without a valid id is left out. Schemas: https://ror.readme.io/docs/ror-schema.
    """
    if not isinstance(dump, list):
        raise UnreadableError("the dump is no list of records")
    found = tuple(each for entry in dump if isinstance(entry, dict) and (each := _organisation(entry)) is not None)
    if not found:
        raise UnreadableError("the dump holds no active record with a valid ROR id")
    return found


def refreshed(records: Sequence[Record], dump: Sequence[Organisation], day: date) -> Outcome:
    """Return the table after the dump of ``day``: by the id an entity has, else by a name that only one bears.

    A name counts only together with the country; an entity without a country is matched by its id alone. A host that
    another entity of the table has is not added.
    """
    by_ror = {each.ror: each for each in dump}
    named = _named(dump)
    taken = {domain: record.entity.id for record in records for domain in record.domains}
    owners = {record.entity.ror: record.entity.id for record in records if record.entity.ror}
    out: list[Record] = []
    changed: list[str] = []
    ambiguous: list[str] = []
    missing: list[str] = []
    for record in records:
        own = record.entity
        found, how = _matches(record, by_ror, named)
        after = record
        if own.ror and not found:
            missing.append(f"{own.id}: {own.ror} is not among the active records")
        elif len(found) > 1:
            ambiguous.append(f"{own.id}: {', '.join(sorted(each.ror for each in found))}")
        elif found and owners.setdefault(found[0].ror, own.id) != own.id:
            ambiguous.append(f"{own.id}: {found[0].ror} is {owners[found[0].ror]}")
        elif found:
            new = [domain for domain in found[0].domains if taken.setdefault(domain, own.id) == own.id]
            after = _updated(record, found[0].ror, new, day)
            if after != record:
                changed.append(_change(record, after, how))
        out.append(after)
    return Outcome(records=tuple(out), changed=tuple(changed), ambiguous=tuple(ambiguous), missing=tuple(missing))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; see the docstring of the module."""
    options = _options(arguments)
    try:
        records = read(options.table.read_text(encoding="utf-8"))
        dump = organisations(json.loads(options.dump.read_text(encoding="utf-8")))
    except (OSError, ValueError, UnreadableError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    outcome = refreshed(records, dump, options.date)
    _report(outcome)
    if options.write and outcome.changed:
        # Written beside it and put in its place, so that a table is never half written.
        beside = options.table.with_suffix(".new")
        beside.write_text(written(outcome.records), encoding="utf-8")
        beside.replace(options.table)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m classify.refresh_ror",
        description="Bring the table of organisations up to a data dump of the Research Organization Registry (ROR).",
        epilog=f"Dumps are published at {_PLACE}: download the newest, unpack it, and give the JSON file.",
    )
    parser.add_argument("dump", type=Path, help="JSON file of the dump, schema 2 (or 1)")
    parser.add_argument("--write", action="store_true", help="change the table; without it, only say what would change")
    parser.add_argument("--table", type=Path, default=_table(), help="the table (default: the one that is shipped)")
    parser.add_argument("--date", type=date.fromisoformat, help="day of the dump (default: the day in its file name)")
    options = parser.parse_args(arguments)
    if options.date is None:
        day = _DAY.search(options.dump.name)
        if day is None:
            parser.error("the name of the dump has no date in it: say --date YYYY-MM-DD")
        try:
            options.date = date.fromisoformat(day[0])
        except ValueError as problem:
            parser.error(str(problem))
    return options


def _table() -> Path:
    return Path(str(files(__package__).joinpath("organisations", "entities.csv")))


def _report(outcome: Outcome) -> None:
    for title, lines in (
        ("changed", outcome.changed),
        ("ambiguous, left as they are", outcome.ambiguous),
        ("with an id that the dump does not hold, left as they are", outcome.missing),
    ):
        sys.stdout.write(f"{len(lines)} {title}\n" + "".join(f"  {line}\n" for line in lines))


def _organisation(entry: Mapping[str, Any]) -> Organisation | None:
    ror = _ID.match(str(entry.get("id", "")).lower())
    if ror is None or not valid_ror(ror[1]) or str(entry.get("status", "active")).lower() != "active":
        return None
    return Organisation(
        ror=ror[1],
        names=frozenset(folded(name) for name in _names(entry)),
        country=_country(entry),
        domains=tuple(dict.fromkeys(_domains(entry))),
    )


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    for name in _dicts(entry, "names"):  # schema 2
        if name.get("types") != ["acronym"] and isinstance(name.get("value"), str):
            yield name["value"]
    for label in _dicts(entry, "labels"):  # schema 1, as all that follows
        if isinstance(label.get("label"), str):
            yield label["label"]
    aliases = entry.get("aliases")
    plain = [entry.get("name"), *(aliases if isinstance(aliases, list) else [])]
    yield from (name for name in plain if isinstance(name, str) and name)


def _country(entry: Mapping[str, Any]) -> str | None:
    places = [place.get("geonames_details") for place in _dicts(entry, "locations")]
    codes = {place.get("country_code") for place in [*places, entry.get("country")] if isinstance(place, dict)}
    code = codes.pop() if len(codes) == 1 else None
    return code if isinstance(code, str) and code else None


def _domains(entry: Mapping[str, Any]) -> Iterator[str]:
    domains = entry.get("domains")
    stated = (each.lower() for each in (domains if isinstance(domains, list) else []) if isinstance(each, str))
    yield from (host for host in stated if host not in shared_hosts())
    links = entry.get("links")
    for link in links if isinstance(links, list) else []:
        url = link.get("value") if isinstance(link, dict) and link.get("type") == "website" else link
        if isinstance(url, str) and (host := _host(url)):
            yield host


def _host(url: str) -> str:
    """Return the host of a home page; none for a page within somebody's host, which may be another's."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
    return host if parts.path.strip("/") == "" and host not in shared_hosts() else ""


def _dicts(entry: Mapping[str, Any], field: str) -> Iterator[Mapping[str, Any]]:
    values = entry.get(field)
    yield from (value for value in (values if isinstance(values, list) else []) if isinstance(value, dict))


def _named(dump: Sequence[Organisation]) -> Mapping[tuple[str, str], tuple[Organisation, ...]]:
    found: dict[tuple[str, str], list[Organisation]] = defaultdict(list)
    for each in dump:
        for name in each.names:
            if each.country:
                found[name, each.country].append(each)
    return {key: tuple(each) for key, each in found.items()}


def _matches(
    record: Record, by_ror: Mapping[str, Organisation], named: Mapping[tuple[str, str], tuple[Organisation, ...]]
) -> tuple[list[Organisation], str]:
    """Return who in the dump may be meant, and how: by the id, else by the name itself, else by an alias."""
    own = record.entity
    if own.ror:
        return ([by_ror[own.ror]] if own.ror in by_ror else []), "id"
    for how, names in (("name", (own.name,)), ("alias", record.aliases)):
        found = {each.ror: each for name in names for each in named.get((folded(name), own.country or ""), ())}
        if found:
            return list(found.values()), how
    return [], ""


def _updated(record: Record, ror: str, domains: Sequence[str], day: date) -> Record:
    known = (*record.domains, *(each for each in domains if each not in record.domains))
    if record.entity.ror == ror and known == record.domains:
        return record
    source = tuple(each for each in record.source if each.partition(" ")[0] != "ror")
    return replace(
        record, entity=replace(record.entity, ror=ror), domains=known, source=(*source, f"ror {day.isoformat()}")
    )


def _change(before: Record, after: Record, how: str) -> str:
    words = [f"{after.entity.id} by its {how}:"]
    if before.entity.ror != after.entity.ror:
        words.append(f"ror {after.entity.ror}")
    if new := after.domains[len(before.domains) :]:
        words.append(f"domains + {', '.join(new)}")
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
