"""Two small catalogues that change from one look to the next, and when two data directories say the same of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lastmod_catalogue import BY_SITEMAP, DECLARED
from live_site import Asked, Reply, Site
from sqlalchemy import Connection, Engine, make_url, text
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from flows.db_diff import differences
from models.backup import check
from models.database import make_engine
from models.records import ArchivePlace
from scrapers.archive import Archive, ArchiveDamaged

SLUGS = ("tu_example", "tv_example")
FIRST, SECOND = "2024-01-01T06:00:00Z", "2024-01-08T06:00:00Z"
COURSES = 30
HARVEST = ("harvest", *SLUGS, "--json", "--as-of")
_CAPTURES = (
    "select r.source, c.position, c.url, c.final_url, c.status, c.content_type, c.digest, c.unchanged, c.etag, "
    "c.signal, c.vouched from capture c join run r on r.id = c.run_id"
)
_LISTED = "select source, ref, title, listing_state from programme_current"
_PLACES = "select distinct warc_file, warc_offset, warc_length, digest from capture"


def host_of(slug: str) -> str:
    return f"www.{slug[:2]}.example"


def declare(folder: Path) -> None:
    """Write the declarations of both catalogues into a folder of sources."""
    for slug in SLUGS:
        (folder / slug).mkdir(parents=True)
        start = f"https://{host_of(slug)}/sitemap.xml"
        words = DECLARED.format(start=start, options=BY_SITEMAP, further="")
        (folder / slug / "source.toml").write_text(words.replace("TU Example", slug))


@dataclass
class Catalogues:
    """Both, by one server. At the second look two of three pages are other pages, some courses are new, others gone."""

    site: Site
    look: int = 1
    delay_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.site.otherwise = self._answer

    def _changed(self, number: int) -> str:
        return f"2024-01-0{self.look}" if number % 3 else "2023-06-01"

    def _answer(self, asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(status=404)
        numbers = range(4 * (self.look - 1), COURSES + 4 * (self.look - 1))
        if asked.path == "/sitemap.xml":
            rows = "".join(
                f"<url><loc>https://{asked.host}/course/{n}</loc><lastmod>{self._changed(n)}</lastmod></url>"
                for n in numbers
            )
            return Reply(f"<urlset>{rows}</urlset>".encode(), headers={"content-type": "application/xml"})
        number = int(asked.path.rpartition("/")[2])
        price = 100 + number + (self.look if number % 3 else 0)
        filler = " ".join(hashlib.sha256(f"{asked.host} {number} {at}".encode()).hexdigest() for at in range(20))
        body = (
            f"<html><head><title>{number}</title></head><body><main><h1>Course {number} of {asked.host}</h1>"
            f'<p class="price">{price} EUR</p></main><p>{filler}</p></body></html>'
        ).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if asked.headers.get("if-none-match") == tag:
            return Reply(status=304, headers={"etag": tag})
        return Reply(body, headers={"etag": tag}, delay=self.delay_seconds)


def environment(folder: Path, sources: Path, port: int, database: str | None = None) -> dict[str, str]:
    """The environment of a command over the data in ``folder``."""
    named = {} if database is None else {"MICROCRED_DATABASE_URL": database}
    return named | {
        "MICROCRED_DATA_DIR": str(folder),
        "MICROCRED_SOURCES_DIR": str(sources),
        "MICROCRED_LOOPBACK_PORT": str(port),
    }


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'observatory.sqlite'}"


def assert_databases_equal(made: str, undisturbed: str) -> None:
    """Two databases say the same, and the first is whole.

    The same are: all that ``microcred db diff`` compares (runs with outcome, counts and reason, problems, failures,
    facts, spans, sightings, windows, versions, classification), but for captures, of which everything is compared
    except the time of the answer and the place in the archive, since a killed run and the one after it asked at
    different times and wrote different files; the number of rows of every table, which covers what is derived and
    shared (search, what is listed, organisations); and what the view of programmes lists.
    """
    assert_say_the_same(made, undisturbed)
    checked, expected = check(made), check(undisturbed)
    assert checked.wrong == ()
    assert checked.rows == expected.rows


def assert_say_the_same(made: str, undisturbed: str) -> None:
    """Two databases say the same of their sources, whatever else was made of it, such as links."""
    one, other = (make_engine(make_url(url)) for url in (made, undisturbed))
    try:
        found = list(differences(one, other))
        assert found
        assert [each for each in found if not each.is_equal and each.table != "capture"] == []
        for question in (_CAPTURES, _LISTED):
            assert sorted(_rows(one, question)) == sorted(_rows(other, question))
    finally:
        one.dispose()
        other.dispose()


def assert_no_half_source(killed: str, *states: str) -> None:
    """Of every source a database says what it does in one of some states, or nothing at all."""
    engines = [make_engine(make_url(url)) for url in (killed, *states)]
    one, *known = engines
    try:
        for slug in SLUGS:
            assert any(_is_equal(one, state, slug) for state in known) or _is_empty(one, known[0], slug), slug
    finally:
        for engine in engines:
            engine.dispose()


def _is_empty(one: Engine, other: Engine, slug: str) -> bool:
    return not any(each.left for each in differences(one, other, [slug]))


def _is_equal(one: Engine, other: Engine, slug: str) -> bool:
    return all(each.is_equal for each in differences(one, other, [slug]) if each.table != "capture")


def _rows(engine: Engine, question: str) -> list[tuple[str, ...]]:
    with engine.connect() as connection:
        return [tuple(map(_plain, row)) for row in connection.execute(text(question))]


def _plain(value: object) -> str:
    """A value as text, alike for both kinds of database: SQLite has numbers for true and false."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def bodies_in(root: Path) -> Counter[tuple[str, str]]:
    """The bodies of pages that an archive holds, by address and digest, and how often it does.

    Counted are response records of pages; a revisit record refers to a body and holds none. Read as far as files can
    be, which must be to their end but for one record that a kill cut; another reader (warcio) must find as many.
    """
    archive, found = Archive(root), Counter[tuple[str, str]]()
    for file in archive.files():
        answers = 0
        try:
            for capture in archive.read_run(file):
                answers += 1
                assert f"sha256:{hashlib.sha256(capture.body()).hexdigest()}" == capture.digest
                if capture.purpose == "page" and capture.original is None:
                    found[capture.url, capture.digest] += 1
        except ArchiveDamaged:
            assert archive.ending(file) is None, f"{file} was closed and is damaged"
        assert _answers_for_warcio(root, file) in {answers, answers + 1}
    return found


def _answers_for_warcio(root: Path, file: str) -> int:
    path = root / file if (root / file).exists() else root / f"{file}.open"
    answers = 0
    with path.open("rb") as handle:
        try:
            for record in ArchiveIterator(handle):
                record.content_stream().read()
                answers += record.rec_type in {"response", "revisit"}
        except (ArchiveLoadFailed, EOFError):
            assert path.name.endswith(".open")
    return answers


def assert_archive_is_complete(folder: Path, expected: Counter[tuple[str, str]], database: str) -> None:
    """The archive holds the bodies that an undisturbed run leaves, each once, and every page of every run leads to one.

    Other answers (robots.txt, 304, the same body again) are as often there as they were given, and in as many files as
    runs were begun: they are what happened.
    """
    assert set(expected.values()) == {1}
    assert bodies_in(folder / "archive") == expected
    archive, engine = Archive(folder / "archive"), make_engine(make_url(database))
    with engine.connect() as connection:
        for place, digest in _places(connection).items():
            assert f"sha256:{hashlib.sha256(archive.body(place)).hexdigest()}" == digest
    engine.dispose()


def _places(connection: Connection) -> Mapping[ArchivePlace, str]:
    rows = connection.execute(text(_PLACES))
    return {ArchivePlace(file=file, offset=offset, length=length): digest for file, offset, length, digest in rows}
