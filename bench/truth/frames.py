"""The frames of ``trends.frames`` from an observer's books, with the credentials of the real linking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from bench.truth.observer import Observed
from bench.truth.worlds import World
from linking.credentials import credentials
from linking.linkable import Linkable, Span
from linking.links import link
from models.history import Version, Window
from models.records import Programme, programme_key
from trends.frames import ABSENCE_COLUMNS, CHANGE_COLUMNS, HISTORY_COLUMNS, LOOK_COLUMNS

HOURS_OF_A_CREDIT = 25.0


@dataclass(frozen=True, slots=True)
class Frames:
    """What ``trends.snapshot`` asks for; ``listing_of`` says which listing of the world each item is."""

    history: pd.DataFrame
    looks: pd.DataFrame
    absences: pd.DataFrame
    changes: pd.DataFrame
    listing_of: tuple[int, ...]


def frames_of(world: World, observed: Observed) -> Frames:
    """Return the frames of all that was observed."""
    books = observed.books
    histories = {(slug, ref): books.history(item, slug) for (slug, ref), item in books.items.items()}
    linkables = [
        _linkable(world, observed, key, windows[0], versions[-1]) for key, (windows, versions, _) in histories.items()
    ]
    made = credentials(linkables, link(linkables))
    credential_of = {item: each.credential_id for each in made.credentials for item in each.item_ids}
    rows: list[dict[str, Any]] = []
    absences: list[tuple[Any, ...]] = []
    for (slug, ref), item in books.items.items():
        windows, versions, taken_back = histories[slug, ref]
        source, looks = observed.sources[slug], books.looks[slug]
        identity = {
            "item_id": item,
            "programme_key": programme_key(source, ref),
            "credential_id": credential_of[item],
            "source": slug,
            "source_kind": source.kind,
            "country": source.country,
            "ref": ref,
        }
        for version in versions:
            window = windows[version.window_number - 1]
            times = {
                "seen_not_before": max((look for look in looks if look < window.opened_at), default=None),
                "opened_at": window.opened_at,
                "last_seen_at": window.last_seen_at,
                "missed_at": window.missed_at,
                "withdrawn_at": window.withdrawn_at,
            }
            rows.append(
                identity
                | times
                | _stated(books.facts[version.facts_id])
                | {
                    "window_number": version.window_number,
                    "valid_from": version.valid_from,
                    "cause": version.cause.value,
                    "is_first_version_of_window": version.valid_from == window.opened_at,
                }
            )
        absences += [(item, number, *absence) for number, found in taken_back.items() for absence in found]
    return Frames(
        history=pd.DataFrame(rows, columns=list(HISTORY_COLUMNS)),
        looks=_looks(observed),
        absences=_timed(pd.DataFrame(absences, columns=list(ABSENCE_COLUMNS)), ABSENCE_COLUMNS[2:]),
        changes=_timed(pd.DataFrame(columns=list(CHANGE_COLUMNS)), ("at",)),
        listing_of=tuple(books.listing_of),
    )


def _timed(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in names})


def _stated(programme: Programme) -> dict[str, Any]:
    return {
        "kind": programme.kind,
        "language": "en",
        "price_type": programme.price.price_type,
        "price_amount": programme.price.price_amount,
        "price_currency": programme.price.price_currency,
        "price_eur": programme.price.price_amount,
        "mc_class": "core",
        "development_modes": ("unknown",),
        "ects": programme.ects,
    }


def _looks(observed: Observed) -> pd.DataFrame:
    rows = []
    for look in observed.looks:
        source = observed.sources[look.slug]
        outcome, counts = look.outcome.value, look.outcome.counts_absences
        rows.append((look.slug, source.kind, source.country, source.cadence, look.at, outcome, counts, source.retired))
    return pd.DataFrame(rows, columns=list(LOOK_COLUMNS))


def _linkable(world: World, observed: Observed, key: tuple[str, str], first: Window, latest: Version) -> Linkable:
    """Return what is compared of a listing, by what was last read of it."""
    (slug, ref), books, source = key, observed.books, observed.sources[key[0]]
    item, programme = books.items[key], books.facts[latest.facts_id]
    price, hours = programme.price, HOURS_OF_A_CREDIT * (programme.ects or 0)
    return Linkable(
        item_id=item,
        source=slug,
        source_kind=source.kind,
        ref=ref,
        programme_key=programme_key(source, ref),
        kind=programme.kind,
        title=programme.title or "",
        languages=frozenset({"en"}),
        organisations=frozenset({world.organisation[books.listing_of[item]]}),
        named=True,
        page=f"{slug}.example/{ref}",
        hours=Span(least=hours, most=hours),
        ects=programme.ects,
        price=(price.price_currency, price.price_amount) if price.price_currency and price.price_amount else None,
        first_seen=first.opened_at.date(),
    )
