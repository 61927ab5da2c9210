"""Entities named in running text ("created by X and Y"), found in one pass over its capital words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from classify import organisation_table
from classify.organisation_names import is_acronym, needs_country, plain, table, tokens
from models.classification import Entity

# Han, kana, Hangul and Thai stand without spaces between words, or with particles joined to them.
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_WORD = re.compile(r"\w+(?:[&'’]\w+)*|&")
# A word that begins with a capital letter, a digit or a letter of another script; signs and punctuation left out.
_BEGIN = re.compile(r"[A-Z0-9\u00c0-\u1fff\u2c00-\u2dff\u3041-\ufeff\uff21-\U0010ffff]\w*(?:[&'’]\w+)*")
_SPACE = " \u00a0"
_ARTICLE = "The "
# What may stand between two words of one name, but for the full stop of a word cut short ("St. Andrews").
_GAP = frozenset(_SPACE + "-‐‑–—,/()'’\"“”«»")
_GAP_MOST = 3
_WORD_MOST = 60
_CUT_SHORT_MOST = 4
_LEAST = 4
_UNSPACED_LEAST = 3
_STUDENT = "生"  # "北京大学生" are students in Beijing, not its university


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A name that ends at a node; ``capital`` tells which of its words must stand with a capital letter.

    ``exact`` holds the words of an acronym, and those of a name that other entities bear in other languages, which
    must stand letter for letter.
    """

    entity: Entity
    words: tuple[str, ...]
    capital: tuple[bool, ...]
    exact: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    """Names with a common beginning: the next folded word leads to those that go on with it."""

    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[_Name] = field(default_factory=list)


def find_names(text: str) -> tuple[tuple[Entity, str], ...]:
    """Return the entities whose name or alias occurs in a text, each once, with the words as printed.

    Only whole words count, with the capital letters of a name; names that are ordinary words, acronyms that many bear
    and names that several entities share are left out (see ``running_text`` in ``names.toml``). In scripts without
    spaces a name is found anywhere. The longest name wins: "University of London" is not found in "Goldsmiths,
    University of London". The order is that of the text.
    """
    found = list(_spaced_names(text))
    if not text.isascii() and _UNSPACED.search(text):
        found += _unspaced_names(text)
    first: dict[str, tuple[Entity, str]] = {}
    for _, entity, words in sorted(found, key=lambda each: each[0]):
        first.setdefault(entity.id, (entity, words))
    return tuple(first.values())


def _spaced_names(text: str) -> Iterator[tuple[int, Entity, str]]:
    done = 0
    for start in _starts(text):
        if start < done:
            continue
        for name, end in _names_from(text, start):
            if _stands_alone(name, text, start, end):
                article = len(name.words) > 1 and text.endswith(_ARTICLE, 0, start)
                first = start - len(_ARTICLE) if article else start
                yield first, name.entity, text[first:end]
                done = end
                break


def _starts(text: str) -> list[int]:
    """Return where a name may begin: at the first word of one, with a capital letter or as its brand is written."""
    firsts = _tree().next.keys()
    starts = [
        found.start()
        for found in _BEGIN.finditer(text)
        if len(found[0]) <= _WORD_MOST and not firsts.isdisjoint(_forms(found[0]))
    ]
    for brand in _small_brands():
        start = text.find(brand)
        while start >= 0:
            starts.append(start)
            start = text.find(brand, start + 1)
    return sorted(start for start in starts if start == 0 or not text[start - 1].isalnum())


def _names_from(text: str, start: int) -> list[tuple[_Name, int]]:
    """Return the names that begin at ``start``, with their ends, the longest first."""
    found: list[tuple[_Name, int]] = []
    node: _Node | None = _tree()
    position, printed = start, list[str]()
    while node is not None and node.next:
        word = _WORD.search(text, position, position + _GAP_MOST + _WORD_MOST)
        if word is None or not _joins(text[position : word.start()], printed):
            break
        form = next((form for form in _forms(word[0]) if form in node.next), "")
        # "Google's": the name ends before the genitive.
        printed.append(word[0] if form == _folded_word(word[0]) else word[0][:-2])
        position = word.start() + len(printed[-1])
        node = node.next.get(form)
        if node is not None:
            found.extend((name, position) for name in node.ends if _printed_so(name, printed))
    return found[::-1]


def _forms(word: str) -> tuple[str, ...]:
    """Return a word folded, and without the genitive if it has one."""
    if word.endswith(("'s", "’s")):
        return _folded_word(word), _folded_word(word[:-2])
    return (_folded_word(word),)


def _joins(gap: str, printed: list[str]) -> bool:
    if not printed:
        return not gap
    if gap == ".":
        return True  # "deeplearning.ai"
    rest = gap[1:] if gap.startswith(".") and len(printed[-1]) <= _CUT_SHORT_MOST else gap
    return 0 < len(gap) <= _GAP_MOST and set(rest) <= _GAP


def _printed_so(name: _Name, printed: list[str]) -> bool:
    if name.exact:
        return tuple(printed) == name.exact
    return not any(capital and word[0].islower() for capital, word in zip(name.capital, printed, strict=True))


def _stands_alone(name: _Name, text: str, start: int, end: int) -> bool:
    """Whether the words around a name do not make it the name of another organisation."""
    lists = _context()
    after = _WORD.match(text, end + 1) if text[end : end + 1] in {*_SPACE} else None
    if after and (plain(after[0]) in lists["not_before"] or _goes_on(name, text, after)):
        return False
    if name.words[0] not in lists["generic"] or text[start - 1 : start] != " ":
        return True
    before = text[max(0, start - _WORD_MOST) : start - 1].rsplit(None, 1)[-1:]
    return not before or not before[0][:1].isupper() or plain(before[0]) in lists["openers"]


def _goes_on(name: _Name, text: str, after: re.Match[str]) -> bool:
    """Whether "Open University" goes on as "of Cyprus"."""
    if after[0] not in {"of", "de"} or name.words[-1] not in _context()["generic"]:
        return False
    following = _WORD.match(text, after.end() + 1)
    return bool(following and following[0][0].isupper())


def _unspaced_names(text: str) -> Iterator[tuple[int, Entity, str]]:
    names = _unspaced()
    done = 0
    for found in _UNSPACED.finditer(text):
        start = found.start()
        if start < done:
            continue
        for words, entity in names.get(found[0], ()):
            if text.startswith(words, start) and _ends_well(text, start, words):
                yield start, entity, words
                done = start + len(words)
                break


def _ends_well(text: str, start: int, words: str) -> bool:
    if _HANGUL.match(words) and start and _HANGUL.match(text[start - 1]):
        return False
    return text[start + len(words) : start + len(words) + 1] != _STUDENT


@lru_cache(maxsize=32_768)
def _folded_word(word: str) -> str:
    return "".join(tokens(word.replace("'", "").replace("’", "")))


@cache
def _searched() -> tuple[tuple[str, Entity], ...]:
    """Return the names that are searched, with the only entity that bears each."""
    lists = table("names.toml")["running_text"]
    never, also = frozenset(lists["never"]), frozenset(lists["also"])
    bearers = organisation_table.by_name()
    return tuple(
        (name, record.entity)
        for record in organisation_table.records()
        for name in dict.fromkeys(each.removeprefix(_ARTICLE) for each in record.names)
        if name not in never
        and len(bearers.get("=" + plain(name), ())) <= 1
        and (name in also or _distinct(name, record.entity))
    )


def _distinct(name: str, entity: Entity) -> bool:
    """Whether a name is fit to be found in running text without being listed."""
    if _UNSPACED.search(name):
        return len(name) >= _UNSPACED_LEAST
    if is_acronym(name) or needs_country(name) or len(name) < _LEAST:
        return False
    one_word = len(_WORD.findall(name)) == 1
    odd = sum(letter.isupper() for letter in name) > 1 or not name.isalpha()
    return not one_word or name == entity.name or odd


@cache
def _tree() -> _Node:
    """Return the names of spaced scripts, word by word."""
    bearers: dict[tuple[str, ...], set[str]] = defaultdict(set)
    spelt: list[tuple[tuple[str, ...], tuple[str, ...], Entity]] = []
    for name, entity in _searched():
        if _UNSPACED.search(name):
            continue
        for spelling in dict.fromkeys([name, name.replace(" & ", " and ")]):
            printed = tuple(_WORD.findall(spelling))
            words = tuple(_folded_word(word) for word in printed)
            bearers[words].add(entity.id)
            spelt.append((printed, words, entity))
    root = _Node()
    for printed, words, entity in spelt:
        exact = len(bearers[words]) > 1 or (len(printed) == 1 and printed[0].isupper())
        node = root
        for word in words:
            node = node.next.setdefault(word, _Node())
        capital = tuple(word[0].isupper() for word in printed)
        node.ends.append(_Name(entity=entity, words=words, capital=capital, exact=printed if exact else ()))
    return root


@cache
def _small_brands() -> tuple[str, ...]:
    firsts = {_WORD.findall(name)[0] for name, _ in _searched() if not _UNSPACED.search(name)}
    return tuple(sorted(word for word in firsts if word[0].islower() and word[0].isascii()))


@cache
def _unspaced() -> Mapping[str, tuple[tuple[str, Entity], ...]]:
    found: dict[str, list[tuple[str, Entity]]] = defaultdict(list)
    for name, entity in _searched():
        if _UNSPACED.search(name):
            found[name[0]].append((name, entity))
    return {first: tuple(sorted(each, key=lambda entry: -len(entry[0]))) for first, each in found.items()}


@cache
def _context() -> Mapping[str, frozenset[str]]:
    lists = table("names.toml")["running_text"]
    return {name: frozenset(lists[name]) for name in ("generic", "not_before", "openers")}
