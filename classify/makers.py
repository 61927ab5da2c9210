"""Who made a programme: those printed as developer, teacher, awarder or partner, and those named in words as makers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from classify.development_rules import Rule, pattern, table
from classify.development_texts import Texts
from classify.named_spans import Named, names_by_kind
from classify.organisations import find_names, known_organisations
from classify.phrases import Text
from classify.texts import quoted
from models.classification import EVIDENCE_MOST, Entity, Evidence, KnownOrganisation
from models.records import OrganisationRole, Programme, Source
from normalise.text import key

LISTED_ON = "listed_on"
INSTITUTION = "institution"

_CATALOGUES = frozenset({"platform", "consortium", "government"})
_PLATFORMS = frozenset({"commercial_platform", "government_platform"})
_NAMED_MOST = 3  # places in one text that one rule looks at
_WINDOW = 200  # characters beside a phrase in which names are looked for
_PARTNERS = "statements.partners"
_PARTNERS_MOST = 20
_PARTNER = "developed_by"
_NAME_BEGINS = re.compile(r"[.!?;]\s|\n|[。！？]")
_NOTHING_ELSE = re.compile(r"[\s\"”»’,]*(?:[(（][^()（）]{0,40}[)）])?\s*")
_BETWEEN_NAMES = re.compile(r"[,;|、・\n]+|\s/\s")
_NO_NAMES = frozenset({"", "none", "no", "n a", "なし", "tbc", "tba"})
_SMALL_WORDS = frozenset({"the", "of", "and", "for", "de", "du", "la", "le", "les", "der", "die", "und", "di", "van"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Someone printed or named as one of those who made the programme.

    ``printed`` is true for developers, teachers and awarders; otherwise ``evidence`` alone proves it. ``whole`` is
    false for a part of an institution, which makes no second institution.
    """

    name: str
    kind: str | None
    country: str | None
    entity: Entity | None
    evidence: Evidence
    printed: bool
    whole: bool = True

    @property
    def words(self) -> frozenset[str]:
        """The words of the name that tell it from others."""
        return _telling_words(self.name)


def makers(source: Source, organisations: Sequence[KnownOrganisation], texts: Texts) -> tuple[Maker, ...]:
    """Return everyone who made the programme: printed makers first, then partners, then those named in ``texts``.

    In an institution's own catalogue that prints no other institution, the owner of the catalogue is one of them.
    What the source prints of an unknown maker is kept, with no kind: it may be anybody.
    """
    listed = {key(o.name): o for o in organisations if o.role == LISTED_ON}
    printed = [_printed(o, source, listed) for o in organisations if o.role != LISTED_ON]
    if source.kind == INSTITUTION and not any(m.kind == INSTITUTION and m.whole for m in printed):
        # The institution whose catalogue it is: what is named beside it is named beside that institution.
        printed += [replace(_printed(o, source, {}), printed=False) for o in listed.values() if o.kind == INSTITUTION]
    named = [*_partners(source, texts), *_named(source, texts)]
    known = [maker for maker in (*printed, *named) if maker.kind]
    return tuple(_as_part_of(maker, known) if maker.kind is None else maker for maker in (*printed, *named))


def _printed(organisation: KnownOrganisation, source: Source, listed: Mapping[str, KnownOrganisation]) -> Maker:
    name, kind, country = organisation.name, organisation.kind, organisation.country
    confidence = organisation.evidence.confidence if organisation.evidence else 1.0
    catalogue = listed.get(key(name))
    if catalogue is not None and catalogue.kind in _CATALOGUES:
        kind = catalogue.kind
    elif catalogue is not None and kind is None:
        kind, country = catalogue.kind, country or catalogue.country
    if pattern("schools").search(name):
        kind = "school"
    elif kind == "consortium" and source.kind in _PLATFORMS and pattern("unions").search(name):
        kind, confidence = INSTITUTION, min(confidence, table()["unions"]["confidence"])
    elif kind is None and pattern("companies").search(name):
        kind = "employer"
    is_part = organisation.entity is None and (
        pattern("departments").search(name) is not None or (source.kind == INSTITUTION and catalogue is None)
    )
    return Maker(
        name=name,
        kind=kind,
        country=country,
        entity=organisation.entity,
        printed=True,
        whole=not is_part,
        evidence=Evidence(
            rule="printed",
            field=f"organisations.{organisation.role}",
            words=name[:EVIDENCE_MOST],
            confidence=confidence,
        ),
    )


def _partners(source: Source, texts: Texts) -> Iterator[Maker]:
    """Yield those printed as partners, each by name; what is not known has no kind."""
    for text in texts.in_field(_PARTNERS):
        names = [name.strip() for name in _BETWEEN_NAMES.split(text.words)[:_PARTNERS_MOST]]
        evidence = Evidence(
            rule="printed-partner",
            field=text.field,
            words=text.words[:EVIDENCE_MOST],
            confidence=table()["partners"]["confidence"],
        )
        roles = tuple(OrganisationRole(role=_PARTNER, name=name) for name in names if key(name) not in _NO_NAMES)
        as_organisations = Programme(ref="", kind="course", title=None, organisations=roles)
        for organisation in known_organisations(as_organisations, source)[0]:
            yield replace(_printed(organisation, source, {}), evidence=evidence)


def _named(source: Source, texts: Texts) -> Iterator[Maker]:
    """Yield those whom the printed words name as makers, as far as they are known."""
    for rule, read in texts.asked("naming", source):
        for text in read:
            yield from _named_by(rule, text)


def _named_by(rule: Rule, text: Text) -> Iterator[Maker]:
    rest = text
    for _ in range(_NAMED_MOST):
        found = rule.phrase.search(rest)
        if found is None:
            return
        evidence = Evidence(
            rule=rule.phrase.id, field=text.field, words=quoted(rest.words, found), confidence=rule.phrase.confidence
        )
        if rule.needs is None or rule.needs.search(rest.words, found.end(), found.end() + _WINDOW):
            for words, is_before in windows(rule, rest.words, found):
                found_makers = list(_found_in(words, evidence))
                if not rule.direct or any(_stands_at(maker, words, is_before) for maker in found_makers):
                    yield from found_makers
        rest = Text.for_one(text.field, rest.words[found.end() :])


def windows(rule: Rule, words: str, found: re.Match[str]) -> Iterator[tuple[str, bool]]:
    """Yield the words in which names are looked for: the rest of the sentence on a side, and whether it is before.

    Unless a name must stand right before it, the phrase itself may hold names: "kursus on loodud ... koostöös".
    """
    if rule.before:
        end = found.start() + 1 if rule.direct else found.end()
        yield _NAME_BEGINS.split(words[max(0, found.start() - _WINDOW) : end])[-1], True
    if rule.after:
        after = words[found.end() : found.end() + _WINDOW].lstrip(" :\n")
        yield pattern("name_ends").split(after, maxsplit=1)[0], False


def _stands_at(maker: Maker, words: str, before: bool) -> bool:
    """Whether a name stands right at the phrase, but for an article or the country in brackets."""
    if before:
        rest = words[words.rfind(maker.name) + len(maker.name) : -1]
        return _NOTHING_ELSE.fullmatch(rest) is not None
    opening = pattern("opening").match(words)
    return any(words.startswith(maker.name, at) for at in (0, opening.end() if opening else 0))


def _found_in(words: str, evidence: Evidence) -> Iterator[Maker]:
    by_kind = tuple(names_by_kind(words))
    taken: list[str] = []
    for entity, name in find_names(words):
        if any(name in each.name and each.located and each.country != entity.country for each in by_kind):
            continue  # the beginning of the name of another, elsewhere: "Example University North (Chile)"
        taken.append(name)
        if entity.kind == "platform":  # "a certificate issued by edX": whoever lists it is no maker
            continue
        kind = "school" if pattern("schools").search(name) else entity.kind
        yield Maker(name=name, kind=kind, country=entity.country, entity=entity, evidence=evidence, printed=False)
    for company in pattern("companies").finditer(words):
        if not any(name in company[0] for name in taken):
            taken.append(company[0])
            yield Maker(name=company[0], kind="employer", country=None, entity=None, evidence=evidence, printed=False)
    for named in by_kind:
        if not any(name in named.name or named.name in name for name in taken):
            yield _by_kind(named, evidence)


def _by_kind(named: Named, evidence: Evidence) -> Maker:
    kind = "school" if pattern("schools").search(named.name) else named.rule.kind
    confidence = min(evidence.confidence, named.rule.confidence, table()["named_by_kind"]["confidence"])
    return Maker(
        name=named.name,
        kind=kind,
        country=named.country,
        entity=None,
        evidence=replace(evidence, confidence=confidence),
        printed=False,
        whole=named.located or pattern("departments").search(named.name) is None,
    )


def _as_part_of(maker: Maker, known: Sequence[Maker]) -> Maker:
    """Return an unknown maker as a part of a known one whose name it contains ("Example Corp Training")."""
    for other in known:
        if other.words and other.words <= maker.words:
            return replace(maker, kind=other.kind, country=other.country, whole=False)
    return maker


@lru_cache(maxsize=4_096)
def _telling_words(name: str) -> frozenset[str]:
    return frozenset(key(name.replace("’", "'")).split()) - _SMALL_WORDS
