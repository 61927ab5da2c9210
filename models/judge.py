"""The judgement of a run before anything of it enters the history (docs/decisions/0004). Pure.

The order is that of what may be believed: a host that refused, a walk that brought nothing home, nothing new, a gate
that fails, a walk with holes, and only then a good look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from models.comparing import compared, gates
from models.records import Harvested, Judgement, Outcome, Page, PreviousLook, Programme, Source, programme_key

MAX_REJECTED = 0.20
"""Largest share of entries that may be no listings: a changed format spoils all of them, a careless editor a few."""
FLOOD_SHARE = 0.50
"""If more than this share of the refs is gone and as many have come, the source renamed its ids; likewise if more than
this share of what a part of the catalogue lists is new."""
FLOOD_MIN_REFS = 10
"""Below this many refs half of them may well go in a week."""
ONE_TITLE_SHARE = 0.50
"""If more than this share of the programmes bear one title, it is not theirs."""
UNDONE_MIN = 3
"""So many programmes that are again what they were at an earlier look, byte for byte, were not mended by an editor."""
NEAR = timedelta(days=400)
"""What was said longer ago may all be other by now."""
URL_SHOWN_MAX = 160
SHOWN_FAILURES = 3


def judge(source: Source, harvested: Harvested, previous: PreviousLook | None, *, code_version: str) -> Judgement:
    """Return the outcome of a run, and why, in words and figures a person can act on.

    Args:
        source: the declaration, with its expectations.
        harvested: what the run brought home.
        previous: the last complete look before the run, ``None`` if there is none.
        code_version: version of the code that read the pages.
    """
    if harvested.blocked:
        return Judgement(outcome=Outcome.BLOCKED, reason=harvested.blocked)
    if not harvested.programmes:
        return _nothing_read(source, harvested)
    holes = [*_holes(harvested), *_shifted(harvested, previous)]
    if not holes and source.complete and previous is not None and _same_pages(harvested, previous, code_version):
        return Judgement(
            outcome=Outcome.UNCHANGED,
            reason=unchanged_since(previous.as_of, harvested.pages),
        )
    failed_gates = [*_gates_of_any_run(source, harvested)]
    gates_by_extent = _gates_of_a_part if holes else _gates_of_a_whole_run
    failed_gates = [*gates_by_extent(source, harvested, previous), *failed_gates]
    if previous is not None and _is_near(harvested, previous):
        failed_gates += _gates_beside(source, harvested, previous, code_version)
    if failed_gates:
        accept = f'look at the pages; `microcred accept {source.slug} --reason "..."` loads the run if it is right'
        return Judgement(outcome=Outcome.SUSPECT, reason=f"{'; '.join([*failed_gates, *holes])}: {accept}")
    if not source.complete:
        holes.append("the source cannot list everything, so nothing is counted as missing")
    if holes:
        return Judgement(outcome=Outcome.PARTIAL, reason="; ".join(holes))
    return Judgement(outcome=Outcome.OK)


def accepted_outcome(source: Source, harvested: Harvested) -> Outcome:
    """Return as what a suspect run is loaded once a person vouches for it: it may still not have seen everything."""
    whole = source.complete and not _holes(harvested)
    return Outcome.OK if whole else Outcome.PARTIAL


def unchanged_since(before: datetime, pages: Sequence[Page]) -> str:
    """Return the reason of a run on whose pages nothing is new; pages that were only vouched for are named apart."""
    vouched = sum(page.vouched for page in pages)
    only = f"; signals vouched for {vouched} of them, which were not asked for" if vouched else ""
    return f"nothing changed on {_pages(len(pages))} since {before:%Y-%m-%d}{only}"


def _nothing_read(source: Source, harvested: Harvested) -> Judgement:
    holes = "; ".join(_holes(harvested))
    failed = {failure.url for failure in harvested.failures}
    if harvested.crashed or all(page.url in failed for page in harvested.pages):
        return Judgement(outcome=Outcome.FAILED, reason=holes or "the walk asked for no page")
    reason = f"no listing on {_pages(len(harvested.pages))} that could be read"
    if harvested.rejected:
        reason += f" ({harvested.rejected} entries were no listings)"
    return Judgement(
        outcome=Outcome.SUSPECT,
        reason=f"{'; '.join(filter(None, (reason, holes)))}: the format of {source.slug} may have changed",
    )


def _holes(harvested: Harvested) -> list[str]:
    """Say why the run cannot have seen everything."""
    holes = []
    if harvested.failures:
        shown = [f"{_shortened(f.url)}: {f.reason}" for f in harvested.failures[:SHOWN_FAILURES]]
        rest = len(harvested.failures) - len(shown)
        more = f" and {rest} more" if rest else ""
        holes.append(f"{_pages(len(harvested.failures))} failed ({'; '.join(shown)}{more})")
    if harvested.crashed:
        holes.append(harvested.crashed)
    return holes


def _shifted(harvested: Harvested, previous: PreviousLook | None) -> Iterator[str]:
    """Say that pages of a list may have moved under the walk: what stands on two of them pushed something off both."""
    if previous is None or len(harvested.pages) < 2:
        return
    gone = len(previous.refs - {programme.ref for programme in harvested.programmes})
    more = harvested.duplicates - previous.duplicates
    if 0 < gone <= more:
        yield (
            f"{more} listings more than on {previous.as_of:%Y-%m-%d} repeat another and {gone} programmes of "
            "that day are missing: the list may have moved while it was read"
        )


def _same_pages(harvested: Harvested, previous: PreviousLook, code_version: str) -> bool:
    digests = {page.url: page.digest for page in harvested.pages}
    return bool(digests) and digests == dict(previous.page_digests) and code_version == previous.code_version


def _gates_of_any_run(source: Source, harvested: Harvested) -> Iterator[str]:
    """Gates that a part of a catalogue must pass too."""
    expect, programmes = source.expect, harvested.programmes
    if expect.programmes_max is not None and len(programmes) > expect.programmes_max:
        yield f"listed {len(programmes)} programmes, more than the {expect.programmes_max} expected at most (max)"
    for field, least in expect.fill.items():
        filled = sum(_is_filled(programme, field) for programme in programmes)
        if filled < least * len(programmes):
            yield (
                f"{field} is filled in {filled} of {len(programmes)} programmes "
                f"({_percent(filled, len(programmes))}, expected {least:.0%} at least)"
            )
    yield from _too_many(harvested.duplicates, "listings repeat another", harvested, expect.max_duplicates)
    yield from _too_many(harvested.rejected, "entries are no listings", harvested, MAX_REJECTED)
    titles = Counter(programme.title for programme in programmes if programme.title)
    [(title, bearing)] = titles.most_common(1) or [("", 0)]
    if len(programmes) >= FLOOD_MIN_REFS and bearing > ONE_TITLE_SHARE * len(programmes):
        yield f"{bearing} of {len(programmes)} programmes bear one title, {_shortened(title)!r}"


def _gates_of_a_whole_run(source: Source, harvested: Harvested, previous: PreviousLook | None) -> Iterator[str]:
    """Gates that only a run without holes can be held to."""
    expect, listed = source.expect, len(harvested.programmes)
    if listed < expect.programmes_min:
        yield f"listed {listed} programmes, fewer than the {expect.programmes_min} expected at least (min)"
    if previous is None or not previous.refs or not source.complete:
        return
    before = len(previous.refs)
    if before - listed > expect.max_drop * before:
        yield (
            f"listed {listed} programmes, {_percent(before - listed, before)} fewer than the {before} of "
            f"{previous.as_of:%Y-%m-%d} (max_drop {expect.max_drop:.0%})"
        )
        return
    gone = len(previous.refs - {programme.ref for programme in harvested.programmes})
    if before >= FLOOD_MIN_REFS and gone > FLOOD_SHARE * before:
        yield (
            f"{gone} of the {before} refs of {previous.as_of:%Y-%m-%d} are gone and about as many are new: "
            "the source seems to have renamed its ids"
        )
        return
    fresh = {programme.ref for programme in harvested.programmes} - previous.refs
    if before >= FLOOD_MIN_REFS and len(fresh) > max(FLOOD_MIN_REFS, expect.max_growth * before):
        yield (
            f"{len(fresh)} of {listed} programmes are new since {previous.as_of:%Y-%m-%d}, when there were {before} "
            f"(max_growth {expect.max_growth:.0%})"
        )


def _gates_of_a_part(source: Source, harvested: Harvested, previous: PreviousLook | None) -> Iterator[str]:
    """Gates that a run with holes is held to: what it did not see may still be there, so only what it saw can speak."""
    if previous is None or not source.complete or len(previous.refs) < FLOOD_MIN_REFS:
        return
    listed = len(harvested.programmes)
    fresh = len({programme.ref for programme in harvested.programmes} - previous.refs)
    if listed >= FLOOD_MIN_REFS and fresh > FLOOD_SHARE * listed:
        yield (
            f"{fresh} of the {listed} refs read are none of the {len(previous.refs)} of {previous.as_of:%Y-%m-%d}: "
            "the source seems to have renamed its ids"
        )


def _is_near(harvested: Harvested, previous: PreviousLook) -> bool:
    return any(abs(page.at - previous.as_of) <= NEAR for page in harvested.pages)


def _gates_beside(source: Source, harvested: Harvested, previous: PreviousLook, code_version: str) -> Iterator[str]:
    """Gates that hold what is read against what the look before said of the same programmes."""
    programmes = {programme.ref: programme for programme in reversed(harvested.programmes)}
    found = [*_same_titles(source, programmes, previous), *_old_copies(harvested, programmes, previous)]
    found += gates(source, compared(programmes, previous), previous)
    yield from found
    if found and code_version != previous.code_version:
        yield "other code read that look: `microcred reread` tells what the code changed"


def _same_titles(source: Source, programmes: Mapping[str, Programme], previous: PreviousLook) -> Iterator[str]:
    """Say that what is new bears titles of what is gone, or of what is still there: other refs for the same things."""
    before, on = len(previous.refs), f"{previous.as_of:%Y-%m-%d}"
    keys = {programme_key(source, ref) for ref in previous.refs}
    fresh = [p for ref, p in programmes.items() if ref not in previous.refs and programme_key(source, ref) not in keys]
    if before < FLOOD_MIN_REFS or not fresh:
        return
    gone = previous.said.keys() - programmes.keys()
    all_gone = len(previous.refs - programmes.keys())
    titles = Counter(previous.said[ref].title or "" for ref in gone)
    new_titles = Counter(p.title for p in fresh if p.title)
    renamed = sum((titles & new_titles).values()) * all_gone // max(1, len(gone))
    if renamed > source.expect.max_drop * before:
        yield f"{renamed} of the {before} refs of {on} are gone and their titles stand under others: ids were renamed"
    there = {programme.title for ref, programme in programmes.items() if ref in previous.refs}
    twins = sum(many for title, many in new_titles.items() if title in there)
    if twins > source.expect.max_drop * before:
        yield f"{twins} new refs bear titles of the {before} programmes of {on} that are still there: they stand twice"


def _old_copies(harvested: Harvested, programmes: Mapping[str, Programme], previous: PreviousLook) -> Iterator[str]:
    """Say that all that is other than at the look before is what a still earlier look got."""
    changed = [page.url for page in harvested.pages if previous.page_digests.get(page.url) != page.digest]
    undone = len(previous.reworded) + len(previous.refs ^ programmes.keys())
    if changed and undone >= UNDONE_MIN and all(url in previous.older for url in changed):
        earlier = max(previous.older[url] for url in changed)
        yield (
            f"{_pages(len(changed))} and {undone} programmes are again what they were before "
            f"{previous.as_of:%Y-%m-%d}, as of {earlier:%Y-%m-%d}: an old copy"
        )


def _too_many(count: int, what: str, harvested: Harvested, most: float) -> Iterator[str]:
    entries = len(harvested.programmes) + harvested.duplicates + harvested.rejected
    if count > most * entries:
        yield f"{count} of {entries} {what} ({_percent(count, entries)}, expected {most:.0%} at most)"


def _is_filled(programme: Programme, field: str) -> bool:
    """Whether a field of ``Programme`` says anything; ``credit`` and ``price`` stand for all their columns."""
    if field == "price":
        return programme.price.price_type is not None or programme.price.price_amount is not None
    if field in {"credit", "credits"}:
        return programme.credits_value is not None
    value = getattr(programme, field)
    return value not in (None, (), {})


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def _shortened(url: str) -> str:
    """Return an address as a person needs it: one that carries a posted body is longer than any sentence."""
    return url if len(url) <= URL_SHOWN_MAX else f"{url[:URL_SHOWN_MAX]}..."


def _pages(number: int) -> str:
    return "1 page" if number == 1 else f"{number} pages"
