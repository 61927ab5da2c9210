"""dlt: a resource that yields the courses, merged by their code into DuckDB; pages are not kept.

``python dlt_pipeline.py PORT OUT``: ``OUT`` is the folder of the pipeline and its database.
"""

import os
import sys
from collections.abc import Iterator

from course_page import course, measured

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt
import requests
from bs4 import BeautifulSoup


@dlt.resource(name="course", write_disposition="merge", primary_key="code")
def courses(port: str) -> Iterator[list[dict[str, str]]]:
    """Yield the courses, a hundred at once."""
    rows: list[dict[str, str]] = []
    with requests.Session() as session:
        sitemap = session.get(f"http://127.0.0.1:{port}/sitemap.xml", timeout=60)
        for loc in BeautifulSoup(sitemap.content, "xml").find_all("loc"):
            rows.append(course(session.get(loc.text, timeout=60).content, loc.text))
            if len(rows) == 100:
                yield rows
                rows = []
    if rows:
        yield rows


def harvest() -> int:
    """Run the pipeline once."""
    port, out = sys.argv[1:3]
    destination = dlt.destinations.duckdb(f"{out}/courses.duckdb")
    pipeline = dlt.pipeline("bench", destination=destination, dataset_name="bench", pipelines_dir=out)
    pipeline.run(courses(port))
    with pipeline.sql_client() as client:
        return int(client.execute_sql("select count(*) from course")[0][0])


if __name__ == "__main__":
    measured(harvest)
