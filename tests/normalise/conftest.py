from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from models.records import Format, Listing, Problem, Programme, Source, Terms
from normalise.programme import normalise

ON = date(2026, 11, 23)


@pytest.fixture(scope="session")
def make_source() -> Callable[..., Source]:
    """Build a source; a test names only what matters to it."""

    def build(
        country: str = "IE",
        kind: str = "institution",
        language: str = "en",
        lookups: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Source:
        return Source(
            slug="example",
            name="Example",
            kind=kind,
            country=country,
            language=language,
            formats=(Format(platform="example", start=("https://example.org/courses",)),),
            cadence="weekly",
            complete=True,
            terms=Terms(url="https://example.org/terms", checked=date(2026, 11, 23), note="invented"),
            evidence="assumed",
            lookups=lookups or {},
        )

    return build


@pytest.fixture(scope="session")
def typed(make_source: Callable[..., Source]) -> Callable[..., tuple[Programme, tuple[Problem, ...]]]:
    """Normalise a listing of which a test names only what matters to it."""

    def read(source: Source | None = None, on: date = ON, **fields: object) -> tuple[Programme, tuple[Problem, ...]]:
        given: dict[str, object] = {"ref": "c-1", "kind": "course", "title": "Data for nurses"}
        return normalise(Listing(**{**given, **fields}), source or make_source(), on)  # type: ignore[arg-type]  # fields of any type on purpose

    return read
