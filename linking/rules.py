"""The rules as data: ``rules.toml``, read once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import tomli


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Points and thresholds; see ``rules.toml`` for what each means.

    ``confidence`` pairs a least number of points with the share of right links expected from there on.
    """

    counts_once: int
    review: int
    confidence: tuple[tuple[int, float], ...]
    exact: Mapping[str, float]
    title: Mapping[str, int]
    organisation: Mapping[str, int]
    evidence: Mapping[str, int]
    against: Mapping[str, int]
    triangle_against: int
    near: float
    apart: float
    far: float
    apart_weeks: float
    far_weeks: float
    usual_start_listings: int
    usual_start_share: float
    code_listings_most: int
    words: int
    bucket_most: int
    open_bucket_most: int

    def confidence_of(self, points: int) -> float:
        """Return the share (0-1) of right links expected among those with so many points."""
        place = bisect_right([least for least, _ in self.confidence], points)
        return self.confidence[place - 1][1] if place else 0.0


@cache
def rules() -> Rules:
    """Return the rules."""
    data: dict[str, Any] = tomli.loads(files(__package__).joinpath("rules.toml").read_text(encoding="utf-8"))
    return Rules(
        **data["thresholds"],
        confidence=tuple(sorted((int(points), share) for points, share in data["confidence"].items())),
        exact=data["exact"],
        title=data["title"],
        organisation=data["organisation"],
        evidence=data["evidence"],
        against=data["against"],
        triangle_against=data["triangles"]["against"],
        **data["amounts"],
        **data["frequencies"],
        **data["candidates"],
    )
