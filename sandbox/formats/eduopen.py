"""EduOpen's feed: RSS 2.0 of a Moodle site, whose items are told apart by the query of their links."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from sandbox.formats.prose import description
from sandbox.formats.shared import Answer, Request
from sandbox.programme import Listed
from sandbox.world import World


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer ``/rss/courses.php``."""
    if request.path != "/rss/courses.php":
        return None
    items = "".join(_item(one) for one in world.listed("eduopen", day))
    head = "<title>EduOpen</title><link>https://learn.eduopen.org</link><description>Corsi</description>\n"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>{head}{items}</channel></rss>\n'
    return Answer(body.encode(), "application/rss+xml; charset=utf-8")


def _item(listed: Listed) -> str:
    subjects = "".join(f"<category>{escape(subject)}</category>" for subject in listed.programme.subjects)
    words = escape(f"<p>{escape(description(listed))}</p>")
    return (
        f"<item><title>{escape(listed.title.text)}</title><link>https://learn.eduopen.org{escape(listed.ref)}</link>"
        f"<description>{words}</description>{subjects}</item>\n"
    )
