"""The catalogue in memory gives what looking at one programme after the other gives."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from models.queries import CLASS_COLUMNS
from web.catalogue import FACETS, Catalogue, Wanted

TITLES = ("Data I", "data Ü", "“Zoo”", "Ångström", None, "=1+1")
DELIVERIES = ("online", "blended", None)
MODES = ("own_combined", "partner_employer", "unknown")
CLASSES = ("core", "broad")
PROGRAMME = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "delivery": st.sampled_from(DELIVERIES),
        "development_modes": st.lists(st.sampled_from(MODES), max_size=2, unique=True).map(json.dumps) | st.none(),
        "languages": st.lists(st.sampled_from(["nl", "en", "de"]), max_size=3, unique=True).map(json.dumps),
        "eqf_level": st.sampled_from([None, 5, 6]),
        "price_eur": st.sampled_from([None, 0.0, 12.5, 100.0]),
        "listing_state": st.sampled_from(["live", "missing", "withdrawn"]),
        "opened_at": st.integers(0, 3).map(lambda day: pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(days=day)),
        **{column: st.sampled_from(CLASSES) for column in CLASS_COLUMNS.values()},
        "organisations": st.sampled_from(["", "Uni Ü", "Data Corp; Uni"]),
    }
)


def frame(programmes: list[dict[str, Any]]) -> pd.DataFrame:
    same = {"source": "a", "source_kind": "register", "source_country": "NL", "kind": "course", "url": None,
            "platform_level": None, "price_type": None, "ects": None, "isced_broad": None}  # fmt: skip
    rows = [{"programme_id": n, "ref": f"r{n}", **same, **each} for n, each in enumerate(programmes)]
    return pd.DataFrame(rows, dtype="object").assign(opened_at=[each["opened_at"] for each in programmes])


def values(programme: dict[str, Any], facet: str, definition: str) -> set[str]:
    if facet in {"mode", "language"}:
        found = programme["development_modes" if facet == "mode" else "languages"]
        return set(json.loads(found or "[]")) or {"unknown"}
    column = {"state": "listing_state", "class": CLASS_COLUMNS[definition], "delivery": "delivery",
              "eqf": "eqf_level"}[facet]  # fmt: skip
    return {"unknown" if programme[column] is None else str(programme[column])}


CHOSEN = st.fixed_dictionaries(
    {facet: st.just(()) for facet in FACETS}
    | {
        "state": st.sampled_from([(), ("live", "missing"), ("withdrawn",)]),
        "class": st.sampled_from([(), ("core",), ("nothing",)]),
        "mode": st.sampled_from([(), ("partner_employer",), ("unknown", "own_combined")]),
        "language": st.sampled_from([(), ("nl", "de")]),
        "delivery": st.sampled_from([(), ("online",), ("unknown",)]),
        "eqf": st.sampled_from([(), ("6",), ("unknown",)]),
    }
)


@settings(max_examples=60)
@given(
    st.lists(PROGRAMME, min_size=1, max_size=8), CHOSEN, st.sampled_from(["eu_2022", "spain_2023"]),
    st.sampled_from(["", "DATA", "uni data", "ü"]), st.sampled_from(["title", "newest", "oldest", "price"]),
)  # fmt: skip
def test_what_is_found_and_counted(
    programmes: list[dict[str, Any]], chosen: dict[str, tuple[str, ...]], definition: str, words: str, sort: str
):
    catalogue = Catalogue(frame(programmes))
    wanted = Wanted(words=tuple(words.split()), definition=definition, chosen=chosen, sort=sort)
    result = catalogue.find(wanted)

    def fits(programme: dict[str, Any], number: int, without: str = "") -> bool:
        text = f"{programme['title'] or ''}\n{programme['organisations']}\nr{number}".casefold()
        return all(word.casefold() in text for word in words.split()) and all(
            values(programme, facet, definition) & set(wanted_words)
            for facet, wanted_words in chosen.items()
            if wanted_words and facet != without
        )

    assert set(result.rows) == {n for n, each in enumerate(programmes) if fits(each, n)}
    for facet in ("state", "class", "mode", "language", "delivery", "eqf"):
        expected: dict[str, int] = {}
        for number, programme in enumerate(programmes):
            if fits(programme, number, without=facet):
                for word in values(programme, facet, definition):
                    expected[word] = expected.get(word, 0) + 1
        assert result.facets[facet] == expected
    found = [programmes[n] for n in result.rows]
    if sort in {"newest", "oldest"}:
        days = [each["opened_at"] for each in found]
        assert days == sorted(days, reverse=sort == "newest")
    if sort == "price":
        prices = [float("inf") if each["price_eur"] is None else each["price_eur"] for each in found]
        assert prices == sorted(prices)


def test_the_order_of_titles():
    programmes = [
        {"title": title, "delivery": None, "development_modes": None, "languages": "[]", "eqf_level": None,
         "price_eur": None, "listing_state": "live", "opened_at": pd.Timestamp("2024-01-01", tz="UTC"),
         "organisations": "", **dict.fromkeys(CLASS_COLUMNS.values(), "core")}
        for title in ("beta", None, "“Alpha”", "Álpha", "alpha 2", "Gamma")
    ]  # fmt: skip
    catalogue = Catalogue(frame(programmes))
    wanted = Wanted(words=(), definition="eu_2022", chosen={}, sort="title")
    titles = [programmes[n]["title"] for n in catalogue.find(wanted).rows]
    assert titles == ["“Alpha”", "Álpha", "alpha 2", "beta", "Gamma", None]
