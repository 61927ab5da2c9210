"""Cornwall College's XCRI-CAP 1.2 catalogue: one XML document with course and presentation elements."""

from __future__ import annotations

from datetime import date, timedelta
from xml.sax.saxutils import escape, quoteattr

from sandbox.formats.prose import assessment, degree, degree_level, description
from sandbox.formats.shared import Answer, Request, plain_number
from sandbox.making import Organisation
from sandbox.programme import Listed, Offering
from sandbox.telling import told
from sandbox.world import World

_PATH = "/CornwallCollege/xcri/master/formatted_xcri.xml"
_HEAD = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<catalog xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:mlo="http://purl.org/net/mlo"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:ukrlp="http://www.ukrlp.co.uk" xmlns:CD="http://xcri.co.uk/courseData"
 xmlns:CE="http://xcri.co.uk/CostsExtension" xmlns="http://xcri.org/profiles/1.2/catalog"
 generated="{day}T10:05:09Z">
  <dc:description>Catalogue of an imitated college. Updated daily.</dc:description>
  <provider>
    <dc:description><![CDATA[An imitated college.]]></dc:description>
    <dc:identifier>http://www.cornwall.ac.uk</dc:identifier>
    <dc:identifier xsi:type="ukrlp:ukprn">10001696</dc:identifier>
    <dc:title>Cornwall College</dc:title>
    <mlo:url>http://www.cornwall.ac.uk/</mlo:url>
"""
_FOOT = """    <mlo:location>
      <mlo:postcode>TR15 3RD</mlo:postcode>
      <mlo:address>Trevenson Road</mlo:address>
    </mlo:location>
  </provider>
</catalog>
"""


def answer(world: World, day: date, request: Request) -> Answer | None:
    """Answer the one address of the feed. What it prints as the day of its making is the day."""
    if request.path != _PATH:
        return None
    courses = "".join(_course(one) for one in world.listed("cornwall_college", day))
    body = _HEAD.format(day=day.isoformat()) + courses + _FOOT
    return Answer(body.encode(), "text/plain; charset=utf-8")  # as raw.githubusercontent.com declares every file


def _course(listed: Listed) -> str:
    programme = listed.programme
    number = listed.ref.rpartition("/")[2]
    level, code, award = _qualification(listed)
    awarders = [body for body in told(listed).partners if body.kind == "institution"]
    return f"""    <course>
      <dc:description><![CDATA[<p>{escape(description(listed, "assessment"))}</p>]]></dc:description>
      <dc:identifier>{escape(listed.ref)}</dc:identifier>
      {"".join(f"<dc:subject>{escape(subject)}</dc:subject>" for subject in programme.subjects)}
      <dc:title>{escape(listed.title.text)}</dc:title>
      <dc:type xsi:type=":Type" identifier="{code}">{award}</dc:type>
{_assessment(assessment(listed))}      <mlo:url>http://www.cornwall.ac.uk/course/{number}</mlo:url>
      <mlo:qualification>
        <dc:identifier>{60050000 + listed.entry.number}</dc:identifier>
        <abbr>{code}</abbr>
        <dcterms:educationLevel>{level}</dcterms:educationLevel>
{"".join(_awarder(body) for body in awarders)}      </mlo:qualification>
{_presentations(listed, number)}    </course>
"""


def _qualification(listed: Listed) -> tuple[int, str, str]:
    """Return the level of what the course leads to, its abbreviation and its name."""
    if told(listed).credential == "degree":
        return degree_level(listed), _ABBREVIATIONS[degree_level(listed)], degree(listed)
    level = {"beginner": 1, "intermediate": 2, "advanced": 3}.get(listed.programme.level or "", 2)
    return level, f"C{level}", f"Certificate Level {level}"


_ABBREVIATIONS = {4: "HNC", 5: "FD", 6: "BSC"}


def _assessment(words: str | None) -> str:
    return f"      <mlo:assessment>{escape(words)}</mlo:assessment>\n" if words else ""


def _awarder(body: Organisation) -> str:
    return f"        <awardedBy>{escape(body.name)}</awardedBy>\n"


def _presentations(listed: Listed, number: str) -> str:
    """Return the three latest runs, or one without dates where none is announced."""
    runs: tuple[Offering | None, ...] = listed.offerings[-3:] or (None,)
    return "".join(_presentation(listed, number, run) for run in runs)


def _presentation(listed: Listed, number: str, run: Offering | None) -> str:
    code = f"{number}{run.ref.rpartition('-')[2] if run else '0'}"
    blended = listed.programme.delivery == "blended"
    return f"""      <presentation>
        <dc:identifier>http://www.cornwall.ac.uk/online/offering/{code}</dc:identifier>
        <dc:title>{escape(listed.title.text)}</dc:title>
        <mlo:url>http://www.cornwall.ac.uk/presentation/{code}</mlo:url>
{_dates(run)}        <mlo:duration interval="P{listed.programme.weeks}W"/>
        <brand xmlns="https://cornwall.ac.uk/brand">Cornwall College</brand>
        <campus xmlns="https://cornwall.ac.uk/campus">Cornwall College Camborne</campus>
        <Costs xmlns="https://cornwall.ac.uk/xcriCosts">
          {_cost(listed)}
        </Costs>
        <studyMode identifier="PT">Part Time</studyMode>
        <attendanceMode>{"MM" if blended else "CM"}</attendanceMode>
        <attendancePattern>DT</attendancePattern>
        <age>19+</age>
      </presentation>
"""


def _dates(run: Offering | None) -> str:
    """Return start and end in both forms; ``dtf`` is a day early, as in the recordings."""
    if run is None:
        return ""
    begun = run.start - timedelta(days=1)
    start = f'        <mlo:start dtf="{begun.isoformat()}">{_words(run.start)}</mlo:start>\n'
    if run.end is None:
        return start
    ended = run.end - timedelta(days=1)
    return f'{start}        <end dtf="{ended.isoformat()}">{_words(run.end)}</end>\n'


def _words(day: date) -> str:
    return f"{day.day:02d} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _cost(listed: Listed) -> str:
    note = "<dc:description>Please ask our enquiries team.</dc:description>"
    if listed.price is None:
        return f'<CE:cost type="NoData" amount="TBC">{note}</CE:cost>'
    amount = quoteattr(plain_number(listed.price.amount))
    return f'<CE:cost type="FullFee" amount={amount} category="Full Fee">{note}</CE:cost>'
