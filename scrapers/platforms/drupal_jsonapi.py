"""Drupal's JSON:API (https://www.drupal.org/docs/core-modules-and-themes/core-modules/jsonapi-module).

Resources of one bundle in pages of at most 50, followed by ``links.next.href``. Fields are JMESPath over the resource
as ``scrapers.platforms.json_catalogue`` reads them; ``related.<field>`` are the resources that a relationship names, as
far as the answer includes them (``related.field_topics[].attributes.name``). Unpublished resources are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.records import Format, Source
from scrapers.fields import Record, RecordInvalid
from scrapers.platforms.json_api import MEDIA_TYPE
from scrapers.platforms.json_catalogue import JsonCatalogue


class Catalogue(JsonCatalogue):
    """The resources of the start addresses."""

    accept = MEDIA_TYPE

    def __init__(self, source: Source, form: Format) -> None:
        own = {
            "entries": "data",
            "next": "links.next.href || links.next",
            "total": "meta.count",
            "keep": "attributes.status != `false`",
        }
        super().__init__(source, _with(form, own))

    def prepared(self, entry: Any, answer: Any) -> Any:
        """Return the resource with what it refers to under ``related``.

        Raises:
            RecordInvalid: if it is no resource object.
        """
        resource = Record(entry).value
        included = _by_identity(answer)
        named: Any = resource.get("relationships") or {}
        if not isinstance(named, Mapping):
            raise RecordInvalid("'relationships' is not an object")
        related = {name: _resources(value, included) for name, value in named.items()}
        return {**resource, "related": related}


def _with(form: Format, own: Mapping[str, str]) -> Format:
    return Format(platform=form.platform, start=form.start, options={**own, **form.options}, until=form.until)


def _by_identity(answer: Any) -> dict[tuple[str, str], Any]:
    found = answer.get("included") if isinstance(answer, Mapping) else None
    entries = [entry for entry in found if isinstance(entry, Mapping)] if isinstance(found, list) else []
    return {(str(entry.get("type")), str(entry.get("id"))): entry for entry in entries}


def _resources(relationship: Any, included: Mapping[tuple[str, str], Any]) -> list[Any]:
    data = relationship.get("data") if isinstance(relationship, Mapping) else None
    names = data if isinstance(data, list) else [data]
    keys = [(str(name.get("type")), str(name.get("id"))) for name in names if isinstance(name, Mapping)]
    return [included[key] for key in keys if key in included]
