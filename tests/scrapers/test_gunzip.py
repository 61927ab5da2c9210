"""Bodies packed with gzip: whatever pieces they come in, they unpack to the same, a little at a time."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.gunzip import MEMBERS_MAX, Gunzip, GzipDamaged


def unpacked(*pieces: bytes) -> tuple[bytes, bool]:
    gunzip = Gunzip()
    plain = b"".join(part for piece in pieces for part in gunzip.pieces(piece))
    return plain, gunzip.is_whole


def cut(packed: bytes, size: int) -> list[bytes]:
    return [packed[at : at + size] for at in range(0, len(packed), size)]


@given(
    members=st.lists(st.binary(max_size=300), min_size=1, max_size=4),
    padding=st.sampled_from([b"", b"\0", b"\0" * 99, b"garbage", b"\x1e\x8b"]),
    size=st.integers(1, 50),
)
def test_members_in_pieces_of_any_size(members: list[bytes], padding: bytes, size: int) -> None:
    packed = b"".join(map(gzip.compress, members)) + padding
    assert unpacked(*cut(packed, size)) == (b"".join(members), True)


@given(plain=st.binary(min_size=1, max_size=2000), size=st.integers(1, 500), missing=st.integers(1, 7))
def test_a_body_that_is_cut_is_not_whole(plain: bytes, size: int, missing: int) -> None:
    assert not unpacked(*cut(gzip.compress(plain)[:-missing], size))[1]
    assert not unpacked(*cut(gzip.compress(b"whole") + gzip.compress(plain)[:-missing], size))[1]


@given(before=st.binary(max_size=50), plain=st.binary(min_size=1, max_size=500), size=st.integers(1, 100))
def test_a_wrong_checksum_is_damage_in_any_member(before: bytes, plain: bytes, size: int) -> None:
    packed = bytearray(gzip.compress(plain))
    packed[-8] ^= 1
    for first in (b"", gzip.compress(before)):
        with pytest.raises(GzipDamaged, match="incorrect data check"):
            unpacked(*cut(first + packed, size))


def test_what_is_no_gzip_is_damage() -> None:
    with pytest.raises(GzipDamaged):
        unpacked(b"<html>")


def test_a_bomb_comes_a_little_at_a_time() -> None:
    packed = zlib.compress(bytes(50_000_000), 9, wbits=zlib.MAX_WBITS | 16)
    sizes = [len(part) for part in Gunzip().pieces(packed)]
    assert sum(sizes) == 50_000_000
    assert max(sizes) <= 64 * 1024


def test_more_members_than_anybody_needs_are_damage() -> None:
    empty = gzip.compress(b"")
    assert unpacked(empty * MEMBERS_MAX) == (b"", True)
    with pytest.raises(GzipDamaged, match="more than 10,000 members"):
        unpacked(empty * (MEMBERS_MAX + 1))
