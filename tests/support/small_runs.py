"""Small runs to tell stories with: what is listed at a time, with which price, under which outcome."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from models.queries import read_sql
from models.records import (
    ArchivePlace,
    Format,
    Harvested,
    Judgement,
    Outcome,
    Page,
    PriceFacts,
    Programme,
    RunRecord,
    Source,
    Terms,
)
from models.store import Store


def at(words: str) -> datetime:
    """A time in UTC from ``2024-01-01`` or ``2024-01-01T12:00``."""
    moment = datetime.fromisoformat(words)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def a_source(**others: Any) -> Source:
    facts: dict[str, Any] = {
        "slug": "alpha",
        "name": "Alpha College",
        "kind": "institution",
        "country": "NL",
        "language": "en",
        "formats": (Format(platform=None, start=("https://alpha.example/",)),),
        "cadence": "weekly",
        "complete": True,
        "terms": Terms(url="https://alpha.example/terms", checked=date(2024, 1, 1), note="not read"),
        "evidence": "assumed",
    }
    return Source(**(facts | others))


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def in_euro(amount: float | None) -> PriceFacts:
    return PriceFacts(price_type="paid", price_amount=amount, price_amount_max=amount, price_currency="EUR")


def a_programme(ref: str, price: float | PriceFacts | None = 100, **others: Any) -> Programme:
    """A programme whose words are those of its ref and price, unless ``words`` says otherwise."""
    words = others.pop("words", f"{ref} {price}")
    facts: dict[str, Any] = {
        "ref": ref,
        "kind": "course",
        "title": f"Course {ref}",
        "url": f"https://alpha.example/{ref}",
        "price": price if isinstance(price, PriceFacts) else in_euro(price),
        "listing_digest": digest(words),
    }
    return Programme(**(facts | others))


def a_page(url: str, body: str, moment: datetime, **others: Any) -> Page:
    facts: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "at": moment,
        "status": 200,
        "content_type": "text/html",
        "body": body.encode(),
        "digest": f"sha256:{digest(body)}",
        "place": ArchivePlace(file=f"alpha/{moment:%Y%m%d%H%M}.warc.gz", offset=10, length=20),
    }
    return Page(**(facts | others))


def harvest_of(moment: datetime, programmes: tuple[Programme, ...], **others: Any) -> Harvested:
    body = f"{moment} {programmes}"
    facts: dict[str, Any] = {"pages": (a_page("https://alpha.example/", body, moment),), "programmes": programmes}
    return Harvested(**(facts | others))


@dataclass(frozen=True)
class Told:
    """A database to which runs are told, and what it knows of them."""

    engine: Engine
    source: Source

    def run(
        self,
        when: str,
        *programmes: Programme | str,
        outcome: Outcome = Outcome.OK,
        reason: str = "",
        accepted_reason: str | None = None,
        **others: Any,
    ) -> RunRecord:
        listed = tuple(a_programme(p) if isinstance(p, str) else p for p in programmes)
        moment = at(when)
        return Store(self.engine).record_run(
            self.source,
            moment,
            harvest_of(moment, listed, **others),
            Judgement(outcome=outcome, reason=reason),
            started_at=moment,
            finished_at=moment,
            code_version="1",
            accepted_reason=accepted_reason,
        )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        frame = read_sql(self.engine, sql)
        return [tuple(_said(value) for value in row) for row in frame.itertuples(index=False, name=None)]

    def engine_rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows with times as they are."""
        frame = read_sql(self.engine, sql)
        rows = frame.itertuples(index=False, name=None)
        return [tuple(None if value is None or pd.isna(value) else value for value in row) for row in rows]

    def state(self) -> dict[str, str]:
        """The state of every programme listed now."""
        return dict(self.rows("select ref, listing_state from programme_current order by ref"))  # type: ignore[arg-type]  # two columns

    def versions(self, ref: str) -> list[tuple[Any, ...]]:
        return self.rows(
            "select price_amount, window_number, valid_from, valid_to, cause from programme_history "
            f"where ref = '{ref}' order by version_number"
        )

    def windows(self, ref: str) -> list[tuple[Any, ...]]:
        return self.rows(
            "select w.window_number, w.opened_at, w.last_seen_at, w.missed_at, w.withdrawn_at from programme_window w "
            f"join programme p on p.id = w.programme_id where p.ref = '{ref}' order by w.window_number"
        )


def _said(value: Any) -> Any:
    """Times as day (and hour, if not midnight), so that stories stay readable."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, datetime):
        return f"{value:%m-%d}" if (value.hour, value.minute) == (0, 0) else f"{value:%m-%d %H:%M}"
    return value
