"""Scrapy on the invented site: the sitemap, every page, JSON-LD where there is some, else selectors, items to a file.

``python scrapy_site.py PORT OUT [--keep DIR]``: with ``--keep`` its HTTP cache keeps every page, as its manual says.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import scrapy
from course_page import measured, of_json_ld
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Courses(scrapy.Spider):
    """Follows the sitemap and reads the courses."""

    name = "courses"

    def __init__(self, port: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.start_urls = [f"http://127.0.0.1:{port}/sitemap.xml"]

    def parse(self, response: Response) -> Iterator[scrapy.Request]:
        """Ask for every page of the sitemap."""
        response.selector.remove_namespaces()
        for url in response.xpath("//loc/text()").getall():
            yield scrapy.Request(url, callback=self.parse_course)

    def parse_course(self, response: Response) -> Iterator[dict[str, str]]:
        """Yield the course of a page."""
        script = response.xpath('//script[@type="application/ld+json"]/text()').get()
        if script:
            yield of_json_ld(json.loads(script), response.url)
            return
        main = response.css("main#course")
        words = {"title": "h1", "description": ".description p", "provider": ".provider", "price": ".price"}
        found = {name: main.css(f"{css}::text").get() for name, css in words.items()}
        workload = main.css(".workload::text").get()
        yield found | {"code": main.attrib["data-code"], "workload": workload, "url": response.url}


def harvest() -> int:
    """Crawl the site once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("port", type=int)
    arguments.add_argument("out")
    arguments.add_argument("--keep")
    asked = arguments.parse_args()
    settings = {
        "FEEDS": {asked.out: {"format": "jsonlines", "overwrite": True}},
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
    }
    if asked.keep:
        policy = "scrapy.extensions.httpcache.RFC2616Policy"
        settings |= {"HTTPCACHE_ENABLED": True, "HTTPCACHE_DIR": asked.keep, "HTTPCACHE_POLICY": policy}
    process = CrawlerProcess(settings)
    process.crawl(Courses, port=asked.port)
    process.start()
    with Path(asked.out).open(encoding="utf-8") as lines:
        return sum(1 for _ in lines)


if __name__ == "__main__":
    measured(harvest)
