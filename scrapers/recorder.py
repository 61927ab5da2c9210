"""Writes what a person then reads: recordings (pages with their ``recording.toml``) and declarations of sources."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomli_w

from models.records import Page
from scrapers.posting import split

_ENDINGS = {"html": ".html", "json": ".json", "xml": ".xml", "rss": ".xml", "atom": ".xml"}
_NAME_MAX = 60
_TABLES = frozenset({"item", "detail", "fields"})
"""Tables of options that are long enough to stand by themselves."""


def write_recording(
    folder: Path, source: str, pages: Sequence[Page], *, comment: str, sample_pages: int | None
) -> None:
    """Write ``pages`` and their ``recording.toml`` into ``folder``; files of an earlier recording there are replaced.

    A page that was posted is recorded by its path alone, since its body stands in the address.

    Raises:
        OSError: if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, int] = {}
    captures = []
    for page in pages:
        name = _file_name(page, names)
        (folder / name).write_bytes(page.body)
        url, body = split(page.url)
        captures.append(
            {
                "url": url,
                "at": page.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
                "file": name,
                "content_type": page.content_type,
                "status": page.status,
                **({"match": "path"} if body is not None else {}),
            }
        )
    document: dict[str, object] = {"source": source}
    if sample_pages is not None:
        document["sample"] = {"pages": sample_pages}
    document["capture"] = captures
    text = "".join(f"# {line}\n" for line in comment.splitlines()) + tomli_w.dumps(document)
    (folder / "recording.toml").write_text(text, encoding="utf-8")


def declaration(facts: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a ``source.toml``: ``facts`` one a line, then ``tables``, whose own tables of fields follow them."""
    lines = [f"{name} = {_inline(value)}" for name, value in facts.items()]
    for table, values in tables.items():
        inner = {name: value for name, value in values.items() if isinstance(value, Mapping) and name in _TABLES}
        lines += ["", f"[{table}]", *(f"{n} = {_inline(v)}" for n, v in values.items() if n not in inner)]
        for name, fields in inner.items():
            lines += ["", f"[{table}.{name}]", *(f"{key} = {_inline(value)}" for key, value in fields.items())]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    """Return a value as TOML on one line. A JSON text without control characters is a TOML text."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_inline(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps("".join(c for c in value if c.isprintable()), ensure_ascii=False)
    return json.dumps(value)


def _file_name(page: Page, names: dict[str, int]) -> str:
    """Return a name for the file of a page: the end of its path, its type, a number if the name is taken."""
    last = urlsplit(page.url).path.rstrip("/").rpartition("/")[2]
    stem = re.sub(r"[^a-z0-9]+", "-", last.rpartition(".")[0].lower() or last.lower()).strip("-")[:_NAME_MAX] or "start"
    kind = page.content_type.lower()
    ending = next((ending for word, ending in _ENDINGS.items() if word in kind), ".bin")
    names[stem + ending] = names.get(stem + ending, 0) + 1
    number = names[stem + ending]
    return f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}"
