"""What a peer takes from a page of the invented site: JSON-LD where there is some, else selectors of BeautifulSoup."""

import json
import resource
import sys
import time
from collections.abc import Callable

from bs4 import BeautifulSoup


def course(html: bytes, url: str) -> dict[str, str]:
    """Return the facts of one course page."""
    tree = BeautifulSoup(html, "lxml")
    script = tree.find("script", type="application/ld+json")
    if script is not None and script.string:
        return of_json_ld(json.loads(script.string), url)
    main = tree.select_one("main#course")
    assert main is not None
    words = {name: main.select_one(css) for name, css in SELECTORS.items()}
    return {name: tag.get_text(" ", strip=True) for name, tag in words.items() if tag} | {
        "code": str(main["data-code"]),
        "url": url,
    }


def of_json_ld(data: dict, url: str) -> dict[str, str]:
    """Return the facts of embedded data."""
    return {
        "code": data["courseCode"],
        "title": data["name"],
        "description": data["description"],
        "provider": data["provider"]["name"],
        "price": data["offers"]["price"],
        "currency": data["offers"]["priceCurrency"],
        "workload": data["courseWorkload"],
        "url": url,
    }


SELECTORS = {
    "title": "h1",
    "description": ".description",
    "provider": ".provider",
    "price": ".price",
    "workload": ".workload",
}


def measured(work: Callable[[], int]) -> None:
    """Do ``work``, which returns how many items it made, and print what it cost as one line of JSON."""
    began = time.perf_counter()
    items = work()
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "items": items,
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
    }
    sys.stdout.write(json.dumps(cost) + "\n")
