"""Inputs made of others at random, where nothing says which parts of the code they reach."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

Change = Callable[[bytearray, random.Random], None]

PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"<",
    b">",
    b"<!--",
    b"-->",
    b"<script>",
    b"</script>",
    b"&",
    b"&#x",
    b"<![CDATA[",
    b"<!DOCTYPE",
    b"<!ENTITY",
    b"<?xml",
    b'"',
    b"'",
    b"\\",
    b"\\ud800",
    b"[",
    b"]",
    b"{",
    b"}",
    b":",
    b",",
    b"null",
    b"true",
    b"NaN",
    b"1e999",
    b"-1",
    b"9" * 30,
    b"http://[",
    b"//",
    b"@type",
    b"@id",
    b"@graph",
    b"\r\n\r\n",
    b"\x1f\x8b\x08",
    b"\x1b[31m",
    b"\xe2\x80\xae",
    b"=1+1",
    b"%s",
    b"2024-13-45",
    b"P1D",
    b" ",
    b"\n",
    b"\t",
)
MOST_BYTES = 20_000


def mutated(seed: bytes, chance: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """Return a seed with one to eight changes: bytes flipped, cut, doubled, put in, moved, taken from another."""
    data = bytearray(seed[:MOST_BYTES])
    for _ in range(chance.randint(1, 8)):
        if others and chance.random() < 0.1:
            other = chance.choice(others)
            data[_place(data, chance) :] = other[_place(other, chance) :][:MOST_BYTES]
        else:
            chance.choice(_CHANGES)(data, chance)
    return bytes(data[:MOST_BYTES])


def _place(data: bytes | bytearray, chance: random.Random) -> int:
    return chance.randint(0, len(data))


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random) -> None:
    start = _place(data, chance)
    del data[start : start + chance.choice((1, 2, 8, 64, 1_000, len(data)))]


def _double(data: bytearray, chance: random.Random) -> None:
    start, size = _place(data, chance), chance.choice((1, 4, 16, 256))
    data[start:start] = data[start : start + size] * chance.choice((1, 2, 10, 100))


def _put(data: bytearray, chance: random.Random) -> None:
    start = _place(data, chance)
    data[start:start] = chance.choice(PIECES) * chance.choice((1, 1, 1, 3, 50))


def _replace(data: bytearray, chance: random.Random) -> None:
    piece, start = chance.choice(PIECES), _place(data, chance)
    data[start : start + len(piece)] = piece


def _move(data: bytearray, chance: random.Random) -> None:
    start, size, to = _place(data, chance), chance.choice((1, 8, 64)), _place(data, chance)
    moved = data[start : start + size]
    del data[start : start + size]
    data[to:to] = moved


_CHANGES: tuple[Change, ...] = (_flip, _cut, _double, _put, _replace, _move)
