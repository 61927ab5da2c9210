"""What a look at an unknown site finds: over real HTTP, and on the examples of all sources."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from live_site import BASE, HOST, Observed, Reply, Site, source_of
from pages import page_of

from scrapers.recognise import recognise
from scrapers.recorder import declaration, write_recording
from scrapers.replay import load_recording
from scrapers.run_fetch import RunFetch
from scrapers.sampling import SampledFetch
from scrapers.scraper import PageFailed
from scrapers.source import discover
from scrapers.survey import Survey, survey

EXAMPLES = Path(__file__).parents[1] / "sources"
RECOGNISED = {
    "credly", "ctdl", "feed", "mit_learn", "moochub", "ooapi", "open_edx", "openhpi", "richie", "shopify", "xcri_cap",
}  # fmt: skip


def of_family(platforms: set[str]) -> list[str]:
    return [s.slug for s in discover().values() if s.formats[0].platform in platforms]


# Templates by id are a form in which others keep answers of Credly: no answer looks like that.
@pytest.mark.parametrize("slug", sorted(set(of_family(RECOGNISED)) - {"credly_microsoft"}))
def test_pages_of_a_family_are_recognised(slug: str) -> None:
    platforms = []
    for capture in load_recording(EXAMPLES / slug).runs[-1].captures:
        found = recognise(page_of(capture.file.read_bytes(), capture.content_type, capture.url))
        platforms.append(found.platform if found else None)
    assert discover()[slug].formats[0].platform in platforms


@pytest.mark.parametrize(
    "slug", ["kmooc", "opintopolku", "openlearning", "microsoft_learn", "mit_professional_education"]
)
def test_other_json_is_proposed_with_the_fields_it_seems_to_have(slug: str) -> None:
    capture = load_recording(EXAMPLES / slug).runs[-1].captures[0]
    found = recognise(page_of(capture.file.read_bytes(), capture.content_type, capture.url))
    assert found is not None
    assert found.platform == "json_catalogue"
    assert {"ref", "title"} <= set(found.options["fields"])


@pytest.mark.parametrize(
    "body", ["", "<p>x</p>", "{", "[]", '{"a": [1, 2]}', "<?xml version='1.0'?><x/>", '[{"id": 1}]']
)
def test_what_is_no_catalogue_is_not_taken_for_one(body: str) -> None:
    assert recognise(page_of(body or " ")) is None


# ---- over HTTP -------------------------------------------------------------------------


class Looked(SampledFetch):
    def __init__(self, inner: RunFetch) -> None:
        super().__init__(inner, 40)
        self.sitemaps = inner.sitemaps


def look(observed: Observed, url: str = f"{BASE}/") -> Survey:
    said: list[str] = []

    async def walk(fetch: RunFetch) -> Survey:
        return await survey(Looked(fetch), url, said.append)

    ran = observed.run(walk, source=source_of(HOST))
    found: Survey = ran.result
    assert found.said == said
    return found


COURSE = b"""<html lang="fr-BE"><body><main><h1>Ponts</h1></main><script type="application/ld+json">
{"@context": "https://schema.org", "@type": "Course", "name": "Ponts", "courseCode": "P1"}</script></body></html>"""
HOME = b"""<html lang="fr-BE"><head><title>Formation continue</title><meta property="og:site_name" content="FC"></head>
<body><main><p>Bienvenue</p></main></body></html>"""


def sitemap_of(*paths: str) -> bytes:
    urls = "".join(f"<url><loc>{BASE}{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def test_embedded_data_is_found_through_the_sitemap_that_robots_txt_names(observed: Observed, site: Site) -> None:
    site.on("/robots.txt", f"User-agent: *\nSitemap: {BASE}/map.xml\n".encode(), headers={"content-type": "text/plain"})
    site.on("/", HOME)
    site.on(
        "/map.xml",
        sitemap_of("/news/1", "/formations/ponts", "/formations/quais"),
        headers={"content-type": "text/xml"},
    )
    site.on("/formations/ponts", COURSE)
    site.on("/formations/quais", COURSE)
    found = look(observed)
    [proposal] = found.proposals
    assert (proposal.platform, proposal.start, proposal.entries) == ("jsonld_sitemap", (f"{BASE}/map.xml",), 2)
    assert proposal.options == {"match": "/formations/[^/]+/?$"}
    assert (found.name, found.language) == ("FC", "fr")
    assert "/news/1" not in site.paths()


def test_a_shop_betrays_itself(observed: Observed, site: Site) -> None:
    site.on("/", b'<html><script src="https://cdn.shopify.com/s/x.js"></script></html>')
    products = b'{"products": [{"id": 1, "title": "A", "handle": "a", "variants": []}]}'
    site.on("/products.json?limit=5", Reply(products, headers={"content-type": "application/json"}))
    [proposal] = look(observed).proposals
    assert (proposal.platform, proposal.start) == ("shopify", (f"{BASE}/products.json",))


def test_a_feed_of_courses_is_found_and_one_of_news_is_not(observed: Observed, site: Site) -> None:
    links = (
        '<link rel="alternate" type="application/rss+xml" title="News" href="/news.rss">'
        '<link rel="alternate" type="application/rss+xml" title="All courses" href="/courses.rss">'
    )
    site.on("/", f"<html><head>{links}</head><body></body></html>".encode())
    feed = b"<rss><channel><item><title>A</title><guid>1</guid></item></channel></rss>"
    site.on("/courses.rss", feed, headers={"content-type": "application/rss+xml"})
    [proposal] = look(observed).proposals
    assert (proposal.platform, proposal.start) == ("feed", (f"{BASE}/courses.rss",))
    assert "/news.rss" not in site.paths()


def test_a_list_of_links_is_proposed_with_the_labels_of_one_page(observed: Observed, site: Site) -> None:
    cards = "".join(f'<li class="card"><h3><a href="/courses/c{n}">Course {n}</a></h3></li>' for n in range(4))
    menu = "".join(f'<a href="/about/{n}">About {n}</a>' for n in range(9))
    page = (
        f"<html><body><nav>{menu}</nav><main><ul>{cards}</ul><a rel='next' href='?page=2'>Next</a></main></body></html>"
    )
    site.on("/courses", page.encode())
    facts = b"<dl><dt>ECTS</dt><dd>3</dd><dt>Preis</dt><dd>90</dd></dl>"
    detail = b"<html><body><main><h1>Course 0</h1>" + facts + b"</main></body></html>"
    site.on("/courses/c0", detail)
    [proposal] = look(observed, f"{BASE}/courses").proposals
    assert (proposal.platform, proposal.entries) == ("html_catalogue", 4)
    found = [proposal.options[name] for name in ("items", "link", "next")]
    assert found == ["li.card", "h3 a", "a[rel~=next]"]
    assert proposal.options["detail"]["credits"] == {"label": ["ects"]}
    assert proposal.options["detail"]["price"] == {"label": ["preis"]}


def test_a_site_that_shows_nothing_gives_no_proposal(observed: Observed, site: Site) -> None:
    site.on("/", HOME)
    found = look(observed)
    assert found.proposals == []
    assert any("no list of links" in words for words in found.said)


# ---- samples and what is written -------------------------------------------------------


def test_a_sample_takes_two_pages_of_a_list_and_some_entries(observed: Observed, site: Site) -> None:
    for path in ("/list", "/list?p=2", "/list?p=3", "/1", "/2", "/3", "/4"):
        site.on(path, b"<p>x</p>")

    async def walk(fetch: RunFetch) -> list[str]:
        sample = SampledFetch(fetch, 4)
        await sample.get(f"{BASE}/list")
        await sample.get(f"{BASE}/list?p=2")
        with pytest.raises(PageFailed, match="beyond the sample"):
            await sample.get(f"{BASE}/list?p=3")
        return [page.url async for page in sample.many(f"{BASE}/{n}" for n in (1, 2, 3, 4))]

    ran = observed.run(walk, source=source_of(HOST))
    assert ran.result == [f"{BASE}/1", f"{BASE}/2"]
    assert site.paths() == ["/list", "/list?p=2", "/1", "/2"]
    assert ran.fetch.incomplete_reasons == ["a sample of at most 4 pages"]


def test_a_recording_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    pages = [
        page_of("<p>1</p>", url=f"{BASE}/courses"),
        page_of('{"a": 1}', "application/json", f"{BASE}/api/courses?page=2"),
        page_of("<p>2</p>", url=f"{BASE}/x/courses"),
    ]
    write_recording(tmp_path, "nzqa", pages, comment="For a test.", sample_pages=3)
    recording = load_recording(tmp_path)
    [run] = recording.runs
    assert (recording.source, recording.sample_pages) == ("nzqa", 3)
    assert [(c.url, c.file.read_bytes(), c.content_type, c.at) for c in run.captures] == [
        (p.url, p.body, p.content_type, p.at) for p in pages
    ]


def test_a_posted_page_is_recorded_by_its_path(tmp_path: Path) -> None:
    from scrapers.posting import posted

    page = replace(page_of("{}", "application/json"), url=posted(f"{BASE}/search", {"Skip": 0}))
    write_recording(tmp_path, "nzqa", [page], comment="x", sample_pages=None)
    [capture] = load_recording(tmp_path).runs[0].captures
    assert (capture.url, capture.by_path) == (f"{BASE}/search", True)


def test_a_declaration_holds_whatever_a_site_calls_itself() -> None:
    import tomllib

    name = 'A "quoted" \\ name\nwith\ttabs, \x00 and 日本語'
    text = declaration(
        {"name": name}, {"options": {"match": "/a/[^/]+$", "detail": {"title": {"css": "h1", "first": True}}}}
    )
    read = tomllib.loads(text)
    assert read["name"] == 'A "quoted" \\ namewithtabs,  and 日本語'
    assert read["options"]["match"] == "/a/[^/]+$"
    assert read["options"]["detail"]["title"] == {"css": "h1", "first": True}
