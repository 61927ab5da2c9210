"""What a source's declaration states: about every one of its listings, and where its words are found.

The declarative families (``json_catalogue``, ``html_catalogue``, ``drupal_jsonapi``, ``feed``) find words by name;
``Rules`` makes listings of them. Names of words (the keys of ``[options.fields]`` and the like):

- of the listing: ``ref title url kind_as_published description languages credential_label level delivery pacing
  mode_of_study duration effort workload credits price certificate_price offer_state subjects``;
- of organisations, by their roles: ``developed_by taught_by awarded_by listed_on``;
- of texts: the words of the vocabulary ``statement``;
- of one run: ``start end enrolment_start enrolment_end location``; in ``[options.offerings]`` a run may also have
  ``ref url offer_state pacing delivery mode_of_study language duration effort price``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from models.records import Listing, OfferingListing, OrganisationName, Price, Quantity
from models.vocab import vocabulary
from scrapers.decode import plain
from scrapers.fields import RecordInvalid, stated

Words = Mapping[str, Sequence[str]]
"""The texts found for each name; a name without any is not stated."""

PLAIN = frozenset(
    {"title", "kind_as_published", "credential_label", "level", "delivery", "pacing", "mode_of_study", "offer_state"}
)
LISTS = frozenset({"languages", "subjects", "developed_by", "taught_by", "awarded_by", "listed_on", "start", "end"})
QUANTITIES = frozenset({"duration", "effort", "workload", "credits"})
ROLES = ("developed_by", "taught_by", "awarded_by", "listed_on")
OF_A_RUN = frozenset({"start", "end", "enrolment_start", "enrolment_end", "location"})
_ONLY_OF_A_RUN = frozenset({"ref", "url", "offer_state", "pacing", "delivery", "mode_of_study", "language"})
_PRICES = {"price": False, "certificate_price": True}
_CREDITS = re.compile(
    r"\s*([\d.,]+(?:\s*[-\u2013]\s*[\d.,]+)?)\s*(?:study |credit )?(?:credits?|points?|hours?)\s*", re.IGNORECASE
)
"""Credits of a scheme that the words do not name: the declaration does."""

_TEXT_MAX = 20_000
"""Longer texts are not searched for a pattern."""


class OptionsInvalid(ValueError):
    """Options of a ``source.toml`` that the platform cannot use. The message names the key and what is expected."""


def organisations(options: Mapping[str, Any]) -> tuple[OrganisationName, ...]:
    """Return the organisations of ``[[options.organisations]]``: role, name, and kind and country where declared.

    Raises:
        TypeError: if an entry has an unknown key or lacks its role or name.
    """
    return tuple(OrganisationName(**entry) for entry in options.get("organisations", ()))


def listing_names() -> frozenset[str]:
    """Return the names of words that a listing can have."""
    return PLAIN | LISTS | QUANTITIES | OF_A_RUN | set(_PRICES) | {"ref", "url", "description"} | _statements()


def offering_names() -> frozenset[str]:
    """Return the names of words that a run in ``[options.offerings]`` can have."""
    return OF_A_RUN | _ONLY_OF_A_RUN | {"duration", "effort", "price"}


@cache
def _statements() -> frozenset[str]:
    return frozenset(vocabulary("statement"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What is done to the texts found for one name: cut at ``split``, and of each only what ``pattern`` finds.

    ``pattern`` is a regular expression; its first group counts if it has one.
    """

    split: str | None = None
    pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, spec: Mapping[str, Any], where: str) -> Treatment:
        """Return the treatment that a field's table asks for.

        Raises:
            OptionsInvalid: if the pattern is no regular expression.
        """
        pattern = spec.get("pattern")
        try:
            return cls(split=spec.get("split"), pattern=re.compile(pattern, re.IGNORECASE) if pattern else None)
        except re.error as error:
            raise OptionsInvalid(f"{where}: {pattern!r} is no regular expression: {error}") from error

    def __call__(self, texts: Iterable[str]) -> list[str]:
        """Return the treated texts, without white space around them and without empty ones."""
        if self.split is None and self.pattern is None:
            return [stripped for text in texts if (stripped := text.strip())]
        parts = [part for text in texts for part in (text.split(self.split) if self.split else [text])]
        if self.pattern is not None:
            parts = [m[m.re.groups and 1] or "" for part in parts if (m := self.pattern.search(part[:_TEXT_MAX]))]
        return [part.strip() for part in parts if part.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What ``[options]`` says of every listing of a source.

    ``kind`` is the listing kind, unless ``kinds`` names one for the word as published (lower case). ``units`` are the
    units of bare numbers, ``currency`` that of bare amounts. ``organisation_kind`` and ``organisation_country`` hold
    for organisations found on the pages; ``organisations`` are those of every listing.
    """

    kind: str
    kinds: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    organisation_kind: str | None = None
    organisation_country: str | None = None
    organisations: tuple[OrganisationName, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Rules:
        """Return the rules in ``options``.

        Raises:
            OptionsInvalid: if a kind or a unit is no word of its vocabulary.
        """
        kinds = {word.lower(): kind for word, kind in options.get("kinds", {}).items()}
        kind, units = options.get("kind", "course"), options.get("units", {})
        for word in (kind, *kinds.values()):
            _known(word, "listing_kind", "kind")
        for word in units.values():
            _known(word, "quantity_unit", "units")
        return cls(
            kind=kind,
            kinds=kinds,
            units=units,
            currency=options.get("currency"),
            organisation_kind=options.get("organisation_kind"),
            organisation_country=options.get("organisation_country"),
            organisations=organisations(options),
        )

    def listing(
        self, words: Words, *, ref: str, url: str | None, offerings: Sequence[Words] = (), **place: Any
    ) -> Listing:
        """Return the listing that ``words`` make; ``place`` are further fields of it (``part``, ``detail_url``).

        Raises:
            RecordInvalid: if a word that there can be only one of was found several times.
        """
        published = one(words, "kind_as_published")
        runs = [*offerings, *_runs(words)]
        return Listing(
            ref=ref,
            kind=self.kinds.get((published or "").strip().lower(), self.kind),
            url=url,
            description=plain("\n".join(words.get("description", ()))),
            languages=tuple(words.get("languages", ())),
            subjects=tuple(dict.fromkeys(words.get("subjects", ()))),
            organisations=tuple(dict.fromkeys([*self._named(words), *self.organisations])),
            prices=tuple(self._prices(words)),
            statements=stated({n: plain("\n".join(words[n])) for n in sorted(_statements() & set(words)) if words[n]}),
            offerings=tuple(self._offering(run, number) for number, run in enumerate(runs, start=1)),
            **self._single(words),
            **place,
        )

    def _single(self, words: Words) -> dict[str, Any]:
        values: dict[str, Any] = {name: one(words, name) for name in PLAIN}
        return values | {name: self._quantity(words, name) for name in QUANTITIES}

    def _named(self, words: Words) -> Iterable[OrganisationName]:
        for role in ROLES:
            for name in words.get(role, ()):
                yield OrganisationName(
                    role=role, name=name, kind=self.organisation_kind, country=self.organisation_country
                )

    def _prices(self, words: Words) -> Iterable[Price]:
        for name, certificate in _PRICES.items():
            for text in words.get(name, ()):
                yield Price(text=text, currency=self.currency, certificate=certificate)

    def _quantity(self, words: Words, name: str) -> Quantity | None:
        text = one(words, name)
        unit = self.units.get(name)
        if text is None or unit is None:
            return None if text is None else Quantity(text=text)
        if name == "credits" and (generic := _CREDITS.fullmatch(text)):
            return Quantity(text=generic[1], unit=unit)
        # A unit that is printed beside the number goes before the one that is declared for bare numbers.
        return Quantity(text=text, unit=None if any(character.isalpha() for character in text) else unit)

    def _offering(self, words: Words, number: int) -> OfferingListing:
        names = (OF_A_RUN | _ONLY_OF_A_RUN) - {"ref"}
        values: dict[str, Any] = {name: one(words, name) for name in names}
        values |= {name: self._quantity(words, name) for name in ("duration", "effort")}
        return OfferingListing(ref=one(words, "ref") or f"run {number}", prices=tuple(self._prices(words)), **values)


def one(words: Words, name: str) -> str | None:
    """Return the only text found for ``name``, or ``None``.

    Raises:
        RecordInvalid: if there are several different ones.
    """
    texts = words.get(name)
    if not texts:
        return None
    if len(texts) == 1:
        return texts[0]
    found = list(dict.fromkeys(texts))
    if len(found) > 1:
        raise RecordInvalid(f"{name!r} is stated {len(found)} times, with different words")
    return found[0]


def _runs(words: Words) -> list[Words]:
    """Return the runs whose words stand beside those of the listing: one for each start that is printed."""
    starts, ends = words.get("start", ()), words.get("end", ())
    common = {name: words[name] for name in OF_A_RUN - {"start", "end"} if words.get(name)}
    if not starts and not ends and not common:
        return []
    count = max(len(starts), len(ends), 1)
    return [{**common, "start": starts[n : n + 1], "end": ends[n : n + 1]} for n in range(count)]


def _known(word: Any, name: str, where: str) -> None:
    if word not in vocabulary(name):
        raise OptionsInvalid(f"[options] {where}: {word!r} is not a word of the vocabulary {name}")
