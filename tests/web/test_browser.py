"""The page in a real browser: nothing in its console, nothing asked of other hosts, usable by keyboard and by ear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import DESK, PHONE, Tab, browser_path, browsing
from served import Served

PAGES = {
    "front": "/",
    "explore": "/explore?class=core&class=broad",
    "programme": "/programme/tartu/",
    "hostile": "/programme/hostile/script",
    "archived": "/page/hostile?as_of=2024-01-01T00:00:00Z&url=http%3A%2F%2Fhostile.example%2Fpage",
    "trends": "/trends?cut=source_kind&unit=listing",
    "sources": "/sources",
    "source": "/sources/opensap",
    "method": "/method",
    "dictionary": "/dictionary",
    "not-there": "/nothing",
}
EXPECTED_IN_CONSOLE = {"not-there": "404 (Not Found)"}
"""The browser notes every answer that is no success."""

FAULTS = """(() => {
  const found = [], say = (what, node) => found.push(what + ': ' + node.outerHTML.slice(0, 120));
  const all = selector => [...document.querySelectorAll(selector)];
  const shown = node => node.checkVisibility({checkVisibilityCSS: true});
  const named = node => node.getAttribute('aria-label')?.trim() || (node.getAttribute('aria-labelledby') || '')
    .split(' ').map(id => document.getElementById(id)?.textContent.trim()).filter(Boolean).join(' ');
  if (!document.documentElement.lang) found.push('no language');
  if (!document.title.trim()) found.push('no title');
  for (const [selector, count] of [['main', 1], ['h1', 1], ['body > header', 1], ['body > footer', 1]])
    if (all(selector).length !== count) found.push(`${selector}: ${all(selector).length} instead of ${count}`);
  let level = 0;
  for (const heading of all('h1,h2,h3,h4,h5,h6').filter(shown)) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say('a heading skips a level', heading);
    if (!heading.textContent.trim()) say('an empty heading', heading);
    level = next;
  }
  for (const field of all('input:not([type=hidden]),select,textarea'))
    if (!field.labels.length && !named(field)) say('no label', field);
  for (const each of all('a[href],button,summary'))
    if (!each.textContent.trim() && !named(each)) say('no name', each);
  for (const each of all('svg[role=img],iframe,[role=region],nav,form[role=search]:not(:only-of-type)'))
    if (!named(each) && !each.title && each.tagName !== 'FORM') say('no name', each);
  for (const each of all('svg[role=img]'))
    if (!each.querySelector('desc')?.textContent.trim()) say('no description', each);
  for (const table of all('main table')) {
    if (!table.closest('.document') && !table.caption) say('no caption', table);
    if (!table.querySelector('th')) say('no heading cells', table);
  }
  for (const th of all('table:not(.document table) th')) if (!th.scope) say('no scope', th);
  const ids = all('[id]').map(node => node.id);
  for (const id of new Set(ids)) if (ids.filter(other => other === id).length > 1) found.push('id twice: ' + id);
  for (const link of all('a[href^="#"]'))
    if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) say('leads nowhere', link);
  const rgb = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = colour => rgb(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = node => { for (; node; node = node.parentElement) {
    const colour = rgb(getComputedStyle(node).backgroundColor);
    if (colour.length && colour[3] !== 0) return getComputedStyle(node).backgroundColor; } return 'rgb(255,255,255)'; };
  for (const node of all('body *').filter(n => !n.closest('svg') && shown(n)))
    if ([...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) {
      const [a, b] = [light(getComputedStyle(node).color), light(ground(node))].sort((x, y) => y - x);
      if ((a + 0.05) / (b + 0.05) < 4.5) say('contrast ' + ((a + 0.05) / (b + 0.05)).toFixed(2), node);
    }
  return [...new Set(found)];
})()"""
"""What a page must have for those who see badly or not at all: WCAG 2.2: 1.1.1, 1.3.1, 1.4.3, 2.4.1-2.4.6, 4.1.2."""

TOO_SMALL = """[...document.querySelectorAll('header a, main button, main select, main input:not([type=hidden]),'
  + ' summary, .facets li a, .download, .paging a, ul.chosen a, .found h3 a')]
  .filter(node => node.checkVisibility()).filter(node => node.getBoundingClientRect().height < 43.5)
  .map(node => node.outerHTML.slice(0, 120) + node.getBoundingClientRect().height)"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    if browser_path() is None:
        pytest.skip("no Chromium here: install one (apt-get install chromium), or name it in MICROCRED_TEST_BROWSER")
    with browsing(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def path_of(name: str, on_sqlite: Served) -> str:
    if name != "programme":
        return PAGES[name]
    answer = on_sqlite.get("/explore.csv?source=tartu&sort=newest")
    return PAGES[name] + answer.text.splitlines()[1].split(",")[1]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_light_dark_and_on_a_phone(name: str, tab: Tab, on_sqlite: Served, screenshots: Path):
    address = on_sqlite.address + path_of(name, on_sqlite)
    for look, size, dark in (("light", DESK, False), ("dark", DESK, True), ("phone", PHONE, False)):
        tab.look(size=size, dark=dark)
        if look == "light":
            tab.open(address)
            elsewhere = [asked for asked in tab.asked if not asked.startswith((on_sqlite.address, "data:"))]
            assert elsewhere == []
            expected = EXPECTED_IN_CONSOLE.get(name)
            assert [said for said in tab.console if expected is None or expected not in said] == []
        tab.picture(screenshots / f"{name}-{look}.png")
        assert tab.run(FAULTS) == [], look
    assert tab.run("document.documentElement.scrollWidth") <= PHONE[0]
    assert tab.run(TOO_SMALL) == []


def test_the_faults_of_a_bad_page_are_found(tab: Tab, tmp_path: Path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<title>x</title><main><h1>a</h1><h3>b</h3><input><a href='#no'></a><table><tr><td>1</td></tr></table>"
        "<p id=a style='color:#999'>pale</p><p id=a></p><svg role=img></svg><iframe></iframe></main>",
        encoding="utf-8",
    )
    tab.look()
    tab.open(bad.as_uri())
    found = tab.run(FAULTS)
    for fault in (
        "no language", "body > header: 0", "a heading skips", "no label", "no name: <a", "no caption",
        "no heading cells", "leads nowhere", "contrast 2", "id twice: a", "no description", "no name: <svg",
        "no name: <iframe",
    ):  # fmt: skip
        assert [each for each in found if each.startswith(fault)], fault


def test_hostile_words_do_nothing(tab: Tab, on_sqlite: Served):
    tab.look()
    for name in ("hostile", "archived"):
        tab.open(on_sqlite.address + PAGES[name])
        tab.run("new Promise(done => setTimeout(done, 300))")
        assert tab.run("document.title") != "owned"
        assert [asked for asked in tab.asked if "evil.example" in asked] == []
    assert tab.run("document.querySelector('iframe').sandbox.length") == 0
    assert tab.run("document.querySelector('iframe').contentDocument") is None


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(tab: Tab, on_sqlite: Served):
    tab.look()
    tab.open(on_sqlite.address + "/explore")
    tab.press("Tab", 9)
    assert tab.run("document.activeElement.textContent") == "Skip to the content"
    assert tab.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert tab.run("document.activeElement.getBoundingClientRect().top") >= 0
    tab.press("Enter", 13)
    tab.press("Tab", 9)
    assert tab.run("document.activeElement.id") == "q"
    for _ in range(3):
        tab.press("Tab", 9)
    assert tab.run("document.activeElement.textContent") == "Search"


def test_a_search_works_without_scripts(tab: Tab, on_sqlite: Served):
    tab.look()
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(on_sqlite.address + "/explore?source=tartu")
        tab.run("document.querySelector('#q').value = 'zzzz'; document.querySelector('form button').click()")
        tab.loaded()
        assert "q=zzzz" in tab.run("location.href")
        assert "source=tartu" in tab.run("location.href")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
    assert "0 of" in tab.run("document.querySelector('#found').textContent")
