"""The history of one programme: times listed, versions and what changed in each, as tables and as a picture."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from models.queries import ProgrammeStory
from web import pictures
from web.asked import address
from web.words import NOTHING, day, is_missing, label, moment, number, titled

Row = Mapping[str, Any]

CAUSES = {
    "look": "changed at the source",
    "completion": "a page missing before could be read",
    "reparse": "the same words, read otherwise by us",
}
_OWN = frozenset({
    "source", "source_kind", "source_country", "programme_id", "ref", "version_number", "valid_from", "valid_to",
    "cause", "complete", "is_first_of_window", "listing_state", "window_number", "opened_at", "last_seen_at",
    "missed_at", "withdrawn_at", "verbatim", "classified_by", "facts_id", "read_at", "page_url", "eur_rate",
    "eur_rate_date", "field_rule", "field_evidence", "field_found_in", "field_confidence",
})  # fmt: skip
"""Columns that say something about us or about the version, not about the programme."""
WORDS_MOST = 400
"""Longest text that a change shows of a value."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs from the version before."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version: when, why, what changed, and the address of the page it was read from (``None`` if not known)."""

    number: int
    window: int
    since: str
    until: str
    cause: str
    changes: Sequence[Change]
    page: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """A time during which it was listed."""

    number: int
    opened: str
    last_seen: str
    missed: str
    withdrawn: str


def page_address(version: Row) -> str | None:
    """Return the address here of the archived page that a version was read from, ``None`` if it is not known."""
    if not version["page_url"]:
        return None
    read_at = version["read_at"].astimezone(UTC).isoformat().replace("+00:00", "Z")
    return address(f"/page/{version['source']}", {"as_of": read_at, "url": version["page_url"]})


def value_text(name: str, value: Any) -> str:
    """Return the value of a column as people read it."""
    if is_missing(value):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, str) and value[:1] in {"[", "{"} and name in {
        "languages", "subjects", "statements", "development_modes", "elements",
    }:  # fmt: skip
        return _json_text(name, json.loads(value))
    if name.startswith("mc_class"):
        return label("mc_class", str(value))
    return str(value)


def _json_text(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{titled(str(key))}: {words}" for key, words in value.items()) or NOTHING
    return ", ".join(label(name, str(word)) for word in value) or NOTHING


def windows(story: ProgrammeStory) -> list[Window]:
    """Return the times it was listed, in order."""
    return [_window(row) for row in _windows(story.versions)]


def versions(story: ProgrammeStory) -> list[Version]:
    """Return its versions in order, each with what differs from the one before."""
    return list(_versions(story.versions))


def _windows(rows: Sequence[Row]) -> list[Row]:
    return list({row["window_number"]: row for row in rows}.values())


def _window(row: Row) -> Window:
    return Window(
        number=row["window_number"],
        opened=moment(row["opened_at"]),
        last_seen=moment(row["last_seen_at"]),
        missed=moment(row["missed_at"]),
        withdrawn=moment(row["withdrawn_at"]),
    )


def _versions(rows: Sequence[Row]) -> Iterator[Version]:
    before: Row | None = None
    for row in rows:
        yield Version(
            number=row["version_number"],
            window=row["window_number"],
            since=moment(row["valid_from"]),
            until=moment(row["valid_to"]),
            cause=_cause(row),
            changes=[] if before is None else _changes(before, row),
            page=page_address(row),
        )
        before = row


def _cause(row: Row) -> str:
    if row["is_first_of_window"] and row["cause"] == "look":
        return "first seen" if row["window_number"] == 1 else "listed again"
    return CAUSES.get(row["cause"]) or str(row["cause"])


def _changes(before: Row, after: Row) -> list[Change]:
    return [
        Change(titled(name), _cut(value_text(name, before[name])), _cut(value_text(name, after[name])))
        for name in after
        if name not in _OWN and before.get(name) != after[name]
    ]


def _cut(words: str) -> str:
    return words if len(words) <= WORDS_MOST else f"{words[:WORDS_MOST]} … ({len(words):,} characters)"


def picture(story: ProgrammeStory) -> pictures.Picture:
    """Return its history drawn."""
    end = max([row["as_of"] for row in story.looks] + [row["valid_from"] for row in story.versions])
    listed = [
        (row["opened_at"], max(row["withdrawn_at"] or end, row["opened_at"] + timedelta(days=1)))
        for row in _windows(story.versions)
    ]
    first: datetime = story.versions[0]["valid_from"]
    text = (
        f"Listed {len(listed)} time(s) since {day(first)}, {len(story.versions)} version(s); its source was looked at "
        f"{len(story.looks)} time(s). The tables below have every time."
    )
    return pictures.timeline(
        listed,
        [(row["valid_from"], row["cause"]) for row in story.versions],
        [(row["as_of"], row["outcome"]) for row in story.looks],
        name="timeline", title="When it was listed, when it changed, and when we looked", description=text,
    )  # fmt: skip
