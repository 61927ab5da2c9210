"""What reads bytes of strangers, by name, and its contract: a value, or one of the errors named for it, in time.

Whatever else an input brings forth is a defect, and so is an input that takes longer than ``SECONDS_MAX``.
"""

from __future__ import annotations

import io
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, partial

from pages import page_of

from classify.organisation_table import read as read_organisations
from fuzzing import families
from fuzzing.cases import of
from fuzzing.documents import HTML, JSON
from fuzzing.files import CSV, ROBOTS, WARC, WORDS, XML
from models.records import Page, Price, Quantity
from normalise.countries import country_code
from normalise.dates import read_day
from normalise.languages import language_tags
from normalise.levels import eqf_level
from normalise.money import price_facts
from normalise.quantities import volume
from normalise.text import key, one_line, paragraphs, reference, verbatim
from normalise.urls import canonical_url
from normalise.words import lookup
from scrapers import decode, html, schemaorg, sniff, structured
from scrapers.client import Answer
from scrapers.hosts import retry_after
from scrapers.recognise import recognise
from scrapers.robots import Rules
from scrapers.signals import is_settled, lastmod
from scrapers.sitemaps import sitemap
from scrapers.warc_reading import ArchiveDamaged, head_at, last_record, record_at, records_in
from scrapers.webarchives import cdx, crawls, members, records
from scrapers.webarchives.errors import IndexUnreadable

SECONDS_MAX = 10.0
ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 6, tzinfo=UTC)
TYPES = {HTML: "text/html; charset=utf-8", JSON: "application/json", XML: "application/xml", CSV: "text/csv"}
ADDRESS = "https://a.example/x"
UNREADABLE = (decode.PageUnreadable,)


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: ``read`` takes bytes; ``refuses`` are the errors it may raise; ``seeds`` are inputs to begin with."""

    name: str
    media: str
    read: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...] = ()
    seeds: Callable[[], list[bytes]] = list

    def outcome(self, data: bytes) -> str:
        """Return ``value``, or the name of the error that the input was refused with.

        Raises:
            Exception: what is not of the contract.
        """
        try:
            with in_time():
                self.read(data)
        except self.refuses as error:
            return type(error).__name__
        return "value"


class TooSlow(BaseException):
    """An input takes longer than ``SECONDS_MAX``."""


@contextmanager
def in_time(seconds: float = SECONDS_MAX) -> Iterator[None]:
    """Raise ``TooSlow`` after so many seconds of processor time."""

    def too_slow(*_: object) -> None:
        raise TooSlow(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGVTALRM, too_slow)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _paged(media: str, read: Callable[[Page], object]) -> Callable[[bytes], object]:
    return lambda data: read(page_of(data, TYPES[media], ADDRESS))


def _words(data: bytes) -> str:
    return (
        data.decode("utf-8", "surrogatepass") if b"\xed" in data and _is_wtf8(data) else data.decode("utf-8", "replace")
    )


def _is_wtf8(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _of_words(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(_words(data))


def _soup(page: Page) -> None:
    tree = html.soup(page)
    html.labelled(tree, ["Fee", "Price"])
    html.section(tree, ["Contents"])
    html.definitions(tree)


def _sniffed(page: Page) -> None:
    sniff.challenge(page)
    for expected in (None, "json", "xml", "html"):
        sniff.sniff(page, expected)


def _robots(data: bytes) -> None:
    rules = Rules.of(data, AT)
    assert 0 <= rules.delay < float("inf")
    rules.words()
    rules.sitemaps()
    for path in ("", "/", "/" + "a" * 2_000, "/%zz?a=b#c"):
        rules.allows(f"https://a.example{path}")


def _archive(data: bytes) -> None:
    handle = io.BytesIO(data)
    last_record(handle, "a.warc.gz")
    for read in (head_at, record_at):
        try:
            read(handle, "a.warc.gz", 0)
        except ArchiveDamaged:
            continue
    list(records_in(handle, "a.warc.gz"))


def _members(data: bytes) -> None:
    for member in members.members(io.BytesIO(data)):
        for plain in members.records_in(member) if isinstance(member, members.Member) else ():
            try:
                records.read_record(plain).body(most=1_000_000)
            except records.RecordDamaged:
                continue


def _waits(words: str) -> None:
    for name in ("retry-after", "date"):
        headers = (
            ("retry-after", words if name == "retry-after" else "Mon, 02 Mar 2026 06:00:00 GMT"),
            ("date", words),
        )
        answer = Answer(
            url=ADDRESS, at=AT, status=503, reason="", protocol="HTTP/1.1", headers=headers, request_headers=(),
            body=b"",
        )  # fmt: skip
        asked = retry_after(answer)
        assert asked is None or asked >= 0


def _signal(words: str) -> None:
    found = lastmod(words)
    if found is not None:
        is_settled(found, AT)


def _text(words: str) -> None:
    line, block = one_line(words), paragraphs(words)
    if "&" not in words:
        # What is escaped twice is read once each time.
        assert one_line(line) == line
        assert paragraphs(block) == block
    assert not set("\x00\x1b\x9b\u202e\u2066\u200b\U000e0041") & set(line + block)
    key(words)
    reference(words)
    verbatim(words)
    decode.plain(words)
    decode.plain_parts(words, f"<p>{words}</p>")


def _price(words: str) -> None:
    for price in (Price(text=words), Price(text="5", currency=words), Price(text=words, kind=words, period=words)):
        for country in (None, "JP", "NL"):
            price_facts((price,), country)


def _volume(words: str) -> None:
    for quantity in (Quantity(text=words), Quantity(text=words, unit="hour"), Quantity(text="5", unit=words)):
        for country in (None, "SE"):
            volume(quantity, quantity, quantity, quantity, country=country, on=ON)


def _day(words: str) -> None:
    for language, country in (("en", "US"), ("ko", "KR"), (None, None)):
        read_day(words, language, country)


def _level(words: str) -> None:
    eqf_level(words, ON)
    eqf_level(words, ON, "SCQF")
    for field in ("delivery", "pacing", "offer_state", "level", "mode_of_study"):
        lookup(field, words, {})


def _address(words: str) -> None:
    for base in (None, ADDRESS, words):
        found = canonical_url(words, base).value
        assert found is None or canonical_url(found).value == found


@cache
def targets() -> Mapping[str, Target]:
    """All targets by name: parsers, then a family each, however many there are, then what types words."""
    documents = [
        ("text", HTML, decode.text),
        ("html_tree", HTML, decode.html_tree),
        ("soup", HTML, _soup),
        ("nodes", HTML, structured.nodes),
        ("schema_org", HTML, lambda page: list(schemaorg.listings(page))),
        ("json", JSON, decode.json_value),
        ("xml", XML, decode.xml_tree),
        ("sitemap", XML, sitemap),
    ]  # fmt: skip
    total = [("sniff", HTML, _sniffed), ("recognise_json", JSON, recognise), ("recognise_xml", XML, recognise)]
    typed: list[tuple[str, Callable[[str], object]]] = [
        ("clean_text", _text), ("price", _price), ("volume", _volume), ("day", _day), ("level", _level),
        ("languages", lambda words: language_tags([words])), ("country", country_code), ("address", _address),
        ("retry_after", _waits), ("lastmod", _signal),
    ]  # fmt: skip
    found = [
        *(Target(name, media, _paged(media, read), UNREADABLE, partial(of, media)) for name, media, read in documents),
        *(Target(name, media, _paged(media, read), (), partial(of, media)) for name, media, read in total),
        Target("robots", ROBOTS, _robots, (), partial(of, ROBOTS)),
        Target(
            "organisations_csv", CSV, lambda data: read_organisations(_words(data)), (ValueError,), partial(of, CSV)
        ),
        Target("archive", WARC, _archive, (ArchiveDamaged,), partial(of, WARC)),
        Target("warc_members", WARC, _members, (), partial(of, WARC)),
        Target("cdx", JSON, lambda data: cdx.read_index(data, ADDRESS), (IndexUnreadable,), partial(of, JSON)),
        Target("crawls", JSON, lambda data: crawls.read_crawls(data, ADDRESS), (IndexUnreadable,), partial(of, JSON)),
        *(
            Target(f"family_{family.name}", family.media, family.read, families.REFUSES, partial(_seeds_of, family))
            for family in families.families()
        ),
        *(Target(name, WORDS, _of_words(read), (), partial(of, WORDS)) for name, read in typed),
    ]
    return {target.name: target for target in found}


def _seeds_of(family: families.Family) -> list[bytes]:
    return [*family.pages(), *(bytes([number]) + body for body in of(family.media) for number in range(2))]


def readers_of(media: str) -> list[Target]:
    """The targets that read a media type."""
    return [target for target in targets().values() if target.media == media]
