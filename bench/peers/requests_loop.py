"""The plain loop most people write: requests, BeautifulSoup, one page after another, pandas at the end.

``python requests_loop.py PORT OUT``
"""

import sys

import pandas as pd
import requests
from bs4 import BeautifulSoup
from course_page import course, measured


def harvest() -> int:
    """Read the sitemap, every page, and write a table."""
    port, out = sys.argv[1:3]
    with requests.Session() as session:
        sitemap = session.get(f"http://127.0.0.1:{port}/sitemap.xml", timeout=60)
        urls = [loc.text for loc in BeautifulSoup(sitemap.content, "xml").find_all("loc")]
        rows = [course(session.get(url, timeout=60).content, url) for url in urls]
    pd.DataFrame(rows).to_csv(out, index=False)
    return len(rows)


if __name__ == "__main__":
    measured(harvest)
