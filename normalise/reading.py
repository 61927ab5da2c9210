"""What a rule made of some words: a value, and why there is none where there should be one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why words gave no value: ``code`` is a word of the vocabulary ``problem_code``, ``message`` is for a person."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A value read from words. ``None`` without trouble means: the source says that there is none."""

    value: T | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A range of one quantity; ``None`` at one end means that only the other is printed ("at least 5")."""

    low: float | None
    high: float | None

    @classmethod
    def of(cls, first: float, second: float | None = None) -> Span:
        """Return the span of one number, or of two in either order."""
        last = first if second is None else second
        return cls(min(first, last), max(first, last))

    def times(self, factor: float) -> Span:
        """Return the span in another unit."""
        return Span(_scaled(self.low, factor), _scaled(self.high, factor))

    def plus(self, other: Span) -> Span:
        """Return the sum of two spans; an open end stays open."""
        return Span(_sum(self.low, other.low), _sum(self.high, other.high))

    def product(self, other: Span) -> Span:
        """Return low times low and high times high; an open end stays open."""
        return Span(_product(self.low, other.low), _product(self.high, other.high))

    def meets(self, other: Span) -> bool:
        """Whether two spans overlap; false if one of them is open."""
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return False
        return self.low <= other.high and other.low <= self.high

    def within(self, most: float) -> bool:
        """Whether the printed ends are above 0 and not above ``most``."""
        ends = [end for end in (self.low, self.high) if end is not None]
        return bool(ends) and all(0 <= end <= most for end in ends) and max(ends) > 0


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 4)


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else round(first + second, 4)


def _product(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else round(first * second, 4)
