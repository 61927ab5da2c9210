"""``python -m bench.site``: an invented catalogue site on loopback, so fast that its clients are what is measured.

Pages have 50 to 81 KB, as course pages have; a share of them (90 % unless told otherwise) embeds JSON-LD, the rest
prints the same facts in markup only. The site answers conditional requests (``ETag``), and between two harvests it can
be told (``GET /-/state?changed=0.05&noise=1``) that a share of its courses has another price, or that every page bears
other bytes without another fact, as pages with a token or a clock do.

Everything follows from the seed; nothing here imports parsing code of the project.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import sys
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

DAYS = ("2023-12-01", "2024-01-05")
"""When a course last changed, as the sitemap says: before the first look, or between it and that of a week later."""
_WORDS = (
    "applied", "data", "health", "energy", "teaching", "supply", "chain", "design", "policy", "water", "learning",
    "safety", "materials", "urban", "finance", "ethics", "software", "nursing", "climate", "quality", "digital",
    "methods", "analysis", "systems", "leadership", "language", "robotics", "statistics", "food", "law", "security",
    "media", "history", "planning",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Course:
    """The facts of one course: ``price`` in whole euro, ``hours`` of workload, ``filler`` bytes of markup around it."""

    code: str
    title: str
    provider: str
    description: str
    price: int
    hours: int
    has_json_ld: bool
    filler: int


@dataclass
class Catalogue:
    """Courses by path, and how the site stands at the moment.

    ``changed`` is the share of courses whose price is another than at first; ``noise`` differs from look to look when
    every page bears other bytes.
    """

    courses: dict[str, Course]
    changed: float = 0.0
    noise: str = ""
    asked: int = 0
    _ready: dict[str, tuple[bytes, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: int, *, json_ld_share: float, seed: int = 7) -> Catalogue:
        """Return a catalogue of ``pages`` invented courses."""
        chance = random.Random(seed)
        courses = [_course(number, chance, json_ld_share) for number in range(pages)]
        return cls({f"/course/{course.code}": course for course in courses})

    def state(self, *, changed: float, noise: str) -> None:
        """Set how the site stands from now on."""
        self.changed, self.noise, self._ready, self.asked = changed, noise, {}, 0

    def warm(self) -> None:
        """Make every page now, so that no client waits for the site."""
        for path in self.courses:
            self.page(path)

    def has_changed(self, course: Course) -> bool:
        """Whether a course is among the changed share."""
        return int(hashlib.sha256(course.code.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF < self.changed

    def page(self, path: str) -> tuple[bytes, str]:
        """Return the body of a page and its entity tag."""
        if path not in self._ready:
            course = self.courses[path]
            if self.has_changed(course):
                course = replace(course, price=course.price + 35)
            body = _page(course, self.noise)
            self._ready[path] = body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return self._ready[path]

    def sitemap(self, origin: str) -> bytes:
        """Return the sitemap, with the day each course last changed."""
        rows = "".join(
            f"<url><loc>{origin}{path}</loc><lastmod>{DAYS[self.has_changed(course)]}</lastmod></url>"
            for path, course in self.courses.items()
        )
        return (
            f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()
        )

    def feed(self) -> bytes:
        """Return all courses as one JSON document."""
        items = [
            {
                "id": c.code, "title": c.title, "url": f"https://bench.example{path}", "organisation": c.provider,
                "description": c.description, "price": str(c.price + 35 * self.has_changed(c)), "currency": "EUR",
                "workload": f"{c.hours} hours", "language": "en",
            }
            for path, c in self.courses.items()
        ]  # fmt: skip
        return json.dumps({"items": items}).encode()


def _course(number: int, chance: random.Random, json_ld_share: float) -> Course:
    words = chance.sample(_WORDS, 4)
    return Course(
        code=f"mc-{number:06d}",
        title=f"{' '.join(words).capitalize()} {number}",
        provider=f"{chance.choice(_WORDS).capitalize()} University {number % 40}",
        description=" ".join(chance.choices(_WORDS, k=60)).capitalize() + ".",
        price=chance.randrange(50, 1500, 5),
        hours=chance.randrange(10, 300, 5),
        has_json_ld=chance.random() < json_ld_share,
        filler=chance.randrange(48_000, 78_000),
    )


def _page(course: Course, noise: str) -> bytes:
    chance = random.Random(course.code)
    data = {
        "@context": "https://schema.org", "@type": "Course", "name": course.title, "courseCode": course.code,
        "description": course.description, "inLanguage": "en", "courseWorkload": f"PT{course.hours}H",
        "provider": {"@type": "CollegeOrUniversity", "name": course.provider},
        "offers": {"@type": "Offer", "category": "Paid", "price": str(course.price), "priceCurrency": "EUR"},
    }  # fmt: skip
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if course.has_json_ld else ""
    token = (
        f'<meta name="csrf-token" content="{hashlib.sha256((noise + course.code).encode()).hexdigest()}">'
        if noise
        else ""
    )
    parts: list[str] = []
    size = 0
    while size < course.filler:
        words = " ".join(chance.choices(_WORDS, k=14))
        part = (
            f'<div class="card card--{chance.randrange(9)}">'
            f'<a class="card__link" href="/theme/{chance.randrange(999)}">'
            f'<h3 class="card__title">{words[:40]}</h3><p class="card__text">{words}</p></a></div>\n'
        )
        parts.append(part)
        size += len(part)
    half = len(parts) // 2
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{course.title}</title>'
        f"{token}{script}</head>\n"
        f'<body><nav>{"".join(parts[:half])}</nav><main id="course" data-code="{course.code}"><h1>{course.title}</h1>'
        f'<p class="provider">{course.provider}</p><div class="description"><p>{course.description}</p></div>'
        f'<dl><dt>Workload</dt><dd class="workload">{course.hours} hours</dd>'
        f'<dt>Price</dt><dd class="price">EUR {course.price}</dd></dl></main>\n'
        f"<footer>{''.join(parts[half:])}</footer></body></html>"
    ).encode()


class _Connection(asyncio.Protocol):
    """Speaks as much HTTP/1.1 as clients of a benchmark need: GET, kept alive, pipelined or not."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while b"\r\n\r\n" in self._waiting:
            head, _, self._waiting = self._waiting.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(":") for line in lines[1:])}
            self._transport.write(self._answer(lines[0].split(" ")[1], headers))

    def _answer(self, target: str, headers: dict[str, str]) -> bytes:
        parts = urlsplit(target)
        if parts.path.startswith("/-/"):
            return self._told(parts.path, parse_qs(parts.query))
        if parts.path == "/robots.txt":
            return _reply(200, b"User-agent: *\nAllow: /\n", "text/plain")
        self._catalogue.asked += 1
        if parts.path == "/sitemap.xml":
            return _reply(200, self._catalogue.sitemap(f"http://{headers['host']}"), "application/xml")
        if parts.path == "/feed.json":
            return _reply(200, self._catalogue.feed(), "application/json")
        return self._page(parts.path, headers.get("if-none-match"))

    def _told(self, path: str, asked: dict[str, list[str]]) -> bytes:
        if path == "/-/asked":
            return _reply(200, str(self._catalogue.asked).encode(), "text/plain")
        self._catalogue.state(changed=float(asked.get("changed", ["0"])[0]), noise=asked.get("noise", [""])[0])
        self._catalogue.warm()
        return _reply(200, b"ok", "text/plain")

    def _page(self, path: str, known: str | None) -> bytes:
        if path not in self._catalogue.courses:
            return _reply(404, b"no such page", "text/plain")
        body, tag = self._catalogue.page(path)
        if known == tag:
            return f"HTTP/1.1 304 Not Modified\r\netag: {tag}\r\n\r\n".encode()
        return _reply(200, body, "text/html; charset=utf-8", tag)


def _reply(status: int, body: bytes, content_type: str, tag: str = "") -> bytes:
    validator = f"etag: {tag}\r\n" if tag else ""
    head = f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\ncontent-type: {content_type}\r\n"
    return f"{head}{validator}content-length: {len(body)}\r\n\r\n".encode() + body


async def _serve(catalogue: Catalogue) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(catalogue), "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Serve until killed; the port is the first line of standard output."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--pages", type=int, default=1000)
    arguments.add_argument("--json-ld-share", type=float, default=0.9)
    asked = arguments.parse_args()
    catalogue = Catalogue.of(asked.pages, json_ld_share=asked.json_ld_share)
    catalogue.warm()
    asyncio.run(_serve(catalogue))


if __name__ == "__main__":
    main()
