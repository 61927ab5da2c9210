"""edX's course feed: RSS in pages of 100, counted from 0, with first, last and next links.

In the original a new run is a new item. Here an item keeps its ``course:id`` and its dates move on, so that one
programme is one listing, as everywhere in this world.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.sax.saxutils import escape

from sandbox.formats.prose import description, sentence
from sandbox.formats.shared import Answer, Request, page_count, page_of, span_words
from sandbox.programme import Listed
from sandbox.telling import told
from sandbox.world import World

_PATH = "/api/v2/report/course-feed/rss"
_FEED = f"https://www.edx.org{_PATH}"
_PAGE = 100
_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0"
xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:atom="http://www.w3.org/2005/Atom"
xmlns:course="https://www.edx.org/api/course/elements/1.0/"
xmlns:staff="https://www.edx.org/api/staff/elements/1.0/">
<channel>
 <title>edX.org course feed</title>
 <link>{feed}</link>
{links} <description>edX.org - course catalog feed</description>
 <language>en</language>
"""


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the feed; a page beyond the last has no items."""
    if request.path != _PATH:
        return None
    listed = world.listed("edx", day)
    page = request.number("page", 0)
    items = "".join(_item(one) for one in page_of(listed, page + 1, _PAGE))
    head = _HEAD.format(feed=_FEED, links=_links(page, page_count(len(listed), _PAGE) - 1))
    return Answer(f"{head}{items}</channel>\n</rss>\n".encode(), "application/rss+xml; charset=utf-8")


def _links(page: int, last: int) -> str:
    links = [f' <atom:link rel="first" href="{_FEED}"/>', f' <atom:link rel="last" href="{_address(last)}"/>']
    if page:
        links.append(f' <atom:link rel="previous" href="{_address(page - 1)}"/>')
    if page < last:
        links.append(f' <atom:link rel="next" href="{_address(page + 1)}"/>')
    links.append(f' <atom:link href="{_address(page)}" rel="self" type="application/rss+xml" />')
    return "\n".join(links) + "\n"


def _address(page: int) -> str:
    return f"{_FEED}?page={page}" if page else _FEED


def _item(listed: Listed) -> str:
    programme = listed.programme
    code = listed.ref.split("+")[1]
    born = listed.entry.spans[0].first
    run = listed.offerings[-1] if listed.offerings else None
    return f"""    <item>
      <guid>https://www.edx.org/node/{18000 + listed.entry.number}</guid>
      <title>{escape(listed.english_title)}</title>
      <link>https://www.edx.org/course/{listed.entry.slug}</link>
      <description>{escape(description(listed))}</description>
      <pubDate>{_mail_date(born)}</pubDate>
      <course:id>{escape(listed.ref)}</course:id>
      <course:code>{code}</course:code>
      <course:created>{_mail_date(born)}</course:created>
      <course:start>{_moment(run.start if run else born)}</course:start>
      <course:end>{_moment(run.end if run else None)}</course:end>
      <course:self_paced>{int(run is None)}</course:self_paced>
      <course:subtitle>{escape(sentence(listed))}</course:subtitle>
      <course:subject>{escape(", ".join(programme.subjects))}</course:subject>
      {"".join(f"<course:school>{escape(body.name)}</course:school>" for body in told(listed).bodies)}
      <course:instructors></course:instructors>
      <course:video-youtube></course:video-youtube>
      <course:video-file></course:video-file>
      <course:image-banner>https://www.edx.org/sites/default/files/course/image/{code}.jpg</course:image-banner>
      <course:image-thumbnail>https://www.edx.org/sites/default/files/course/image/{code}.jpg</course:image-thumbnail>
      <course:verified>{int(told(listed).award is not None)}</course:verified>
      <course:xseries>0</course:xseries>
      <course:highschool>0</course:highschool>
      <course:profed>0</course:profed>
      <course:effort>{span_words(*programme.hours, "hours/week") if programme.hours else ""}</course:effort>
      <course:length>{f"{programme.weeks} weeks" if programme.weeks else ""}</course:length>
      <course:prerequisites>None</course:prerequisites>
    </item>
"""


def _mail_date(day: date) -> str:
    return format_datetime(datetime.combine(day, time(9), tzinfo=UTC))


def _moment(day: date | None) -> str:
    return "" if day is None else f"{day.isoformat()} 00:00:00"
