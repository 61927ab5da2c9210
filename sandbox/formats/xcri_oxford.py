"""Oxford's XCRI-CAP 1.2 feed: prefixed names, typed identifiers beside plain ones, costs in words on presentations."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from sandbox.formats.prose import assessment, description
from sandbox.formats.shared import Answer, Request, plain_number
from sandbox.programme import Listed, Offering
from sandbox.world import World

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<xcri:catalog xmlns:xcri="http://xcri.org/profiles/1.2/catalog" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:mlo="http://purl.org/net/mlo" xmlns:cm="http://purl.org/net/cm"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" generated="{day}T00:00:00">
<xcri:provider><dc:title>Department for Continuing Education</dc:title>
"""


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the one address of the feed."""
    if request.path != "/feeds/all-public/conted.xml":
        return None
    courses = "".join(_course(one) for one in world.listed("oxford_continuing_education", day))
    body = f"{_HEAD.format(day=day.isoformat())}{courses}</xcri:provider></xcri:catalog>\n"
    return Answer(body.encode(), "application/xml")


def _course(listed: Listed) -> str:
    programme = listed.programme
    subjects = "".join(f"<dc:subject>{escape(subject)}</dc:subject>" for subject in programme.subjects)
    value = plain_number(programme.credits or 10)
    scheme = "http://purl.org/net/cm/terms/CATS"
    marks = assessment(listed)
    assessed = f"<mlo:assessment>{escape(marks)}</mlo:assessment>" if marks else ""
    runs = "".join(_presentation(listed, run) for run in listed.offerings)
    return (
        f'<xcri:course><dc:identifier xsi:type="cm:notation">O{listed.entry.number}</dc:identifier>'
        f"<dc:identifier>{escape(listed.ref)}</dc:identifier><dc:title>{escape(listed.title.text)}</dc:title>{subjects}"
        f"<dc:description>{escape(description(listed, 'assessment'))}</dc:description>{assessed}"
        f"<mlo:url>https://www.conted.ox.ac.uk/courses/{listed.entry.slug}</mlo:url>"
        f"<mlo:credit><cm:credit><cm:scheme>{scheme}</cm:scheme><cm:value>{value}</cm:value></cm:credit></mlo:credit>"
        f"{runs}</xcri:course>\n"
    )


def _presentation(listed: Listed, run: Offering) -> str:
    price = listed.price
    cost = f"<mlo:cost>£{plain_number(price.amount)}</mlo:cost>" if price else ""
    end = f'<xcri:end dtf="{run.end.isoformat()}">{run.end.isoformat()}</xcri:end>' if run.end else ""
    online = listed.programme.delivery == "online"
    mode = f'<xcri:attendanceMode identifier="{"ON" if online else "CM"}">{"Online" if online else "Campus"}'
    return (
        f"<xcri:presentation><dc:identifier>{escape(run.ref)}</dc:identifier>"
        f'<mlo:start dtf="{run.start.isoformat()}">{run.start.isoformat()}</mlo:start>{end}'
        f'<mlo:duration interval="P{listed.programme.weeks}W">{listed.programme.weeks} weeks</mlo:duration>'
        f"{mode}</xcri:attendanceMode>{cost}</xcri:presentation>"
    )
