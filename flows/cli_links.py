"""``microcred links``: which listings are one credential, why, and what people decide of those that may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from flows import console

if TYPE_CHECKING:
    from flows.links_shown import Shown
    from flows.observatory import Observatory

app = typer.Typer(invoke_without_command=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Listing = Annotated[str, typer.Argument(help="Source and code of a listing.", metavar="SOURCE/REF")]
_ANSWERS = {"s": "the same", "n": "not the same", "k": "skip", "q": "quit"}
_READ_BOTH = "read both"


@app.callback()
def links(
    context: typer.Context,
    review: Annotated[
        bool, typer.Option("--review", help="Ask about each pair that a person has to look at; with --json list them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find listings of several catalogues that are one credential. Nothing is merged; every link has its reasons.

    Without a command: compares all listings that were ever listed, by today's rules and all decisions, and prints how
    many listings, programmes (runs of one course at one source counted once) and credentials there are now, and how
    many credentials kinds of source have in common. Every snapshot does the same first.
    """
    if context.invoked_subcommand is not None:
        if review or as_json:
            raise typer.BadParameter(f"options of {context.invoked_subcommand} stand behind it")
        return
    from flows.observatory import open_observatory

    with open_observatory() as observatory:
        _warn(observatory.decisions.complaints())
        if not review:
            _bring_up_to_date(observatory, as_json=as_json)
        elif as_json:
            _list_review(observatory)
        else:
            _review(observatory)


@app.command()
def decide(
    listing: Listing,
    other: Annotated[str, typer.Argument(help="The other listing.", metavar="SOURCE/REF")],
    same: Annotated[bool, typer.Option("--same/--not-same", help="Whether they are one credential.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")],
) -> None:
    """Decide that two listings are one credential, or that they are not. It outweighs every rule, for good.

    The decision is kept in the archive (decisions.jsonl) and followed at once; a later one on the same pair replaces
    it. A rebuilt database follows it again.
    """
    from flows import linking_up
    from flows.observatory import open_observatory

    with open_observatory() as observatory:
        linking_up.decide(observatory, _named(listing), _named(other), same=same, reason=reason)
        linked = linking_up.link_listings(observatory)
    console.say(f"decided: {listing} and {other} are {'the same' if same else 'not the same'}")
    _warn(linked.contradictions)


@app.command()
def show(listing: Listing, as_json: AsJson = False) -> None:
    """Print the credential of a listing: its listings, and their links with the reasons, also those not followed."""
    from flows import links_shown
    from flows.linking_up import NoSuchListing
    from flows.observatory import open_observatory
    from models.link_queries import programme_number

    with open_observatory() as observatory:
        number = programme_number(observatory.engine, *_named(listing))
        if number is None:
            raise NoSuchListing(f"there is no listing {listing}; `microcred explain` finds one by a part of its title")
        found = links_shown.credential_of(observatory, number)
    if as_json:
        console.print_json(
            {
                "credential_id": found.credential_id,
                "listings": [links_shown.listing_row(side) for side in found.listings],
                "links": [links_shown.link_json(each) for each in found.links],
            }
        )
        return
    if found.credential_id is None:
        console.say("it came in since links were last brought up to date: run `microcred links`", style="yellow")
    else:
        console.out.print(console.plain(f"credential {found.credential_id}"))
    console.print_table([links_shown.listing_row(side) for side in found.listings], links_shown.LISTING_COLUMNS)
    if found.links:
        console.out.print()
        console.print_table([links_shown.link_row(each) for each in found.links], links_shown.LINK_COLUMNS)


def _named(words: str) -> tuple[str, str]:
    source, slash, ref = words.partition("/")
    if not (source and slash and ref):
        raise typer.BadParameter(f"{words!r} names no listing: write SOURCE/REF")
    return source, ref


def _bring_up_to_date(observatory: Observatory, *, as_json: bool) -> None:
    from flows import links_shown
    from flows.linking_up import link_listings

    with console.progress("links", "listings") as advance:
        linked = link_listings(observatory, on_step=advance)
    if as_json:
        console.print_json(links_shown.linked_json(linked))
    else:
        console.print_table(links_shown.count_rows(linked), links_shown.COUNT_COLUMNS)
        console.out.print()
        rows = [{name: getattr(each, name) for name in links_shown.OVERLAP_COLUMNS} for each in linked.overlap]
        console.print_table(rows, links_shown.OVERLAP_COLUMNS, title="Credentials that two kinds of source list now")
    console.say(
        f"{linked.counts_once:,} links count once, {linked.cut:,} were cut, {linked.review:,} wait for a person "
        f"(`microcred links --review`); {'brought up to date' if linked.changed else 'nothing had changed'}"
    )
    _warn(linked.contradictions)


def _warn(complaints: Iterable[str]) -> None:
    for words in complaints:
        console.say(words, style="yellow")


# --------------------------------------------------------------------------------------
# Review
# --------------------------------------------------------------------------------------


def _list_review(observatory: Observatory) -> None:
    from flows import links_shown
    from flows.linking_up import link_listings

    link_listings(observatory)
    console.print_json([links_shown.link_json(each) for each in links_shown.review(observatory)])


def _review(observatory: Observatory) -> None:
    """Ask about what waits, the likeliest first, until a person quits or there is no more input."""
    from flows import links_shown
    from flows.linking_up import decide as keep
    from flows.linking_up import link_listings

    link_listings(observatory)
    waiting = links_shown.review(observatory)
    decided = 0
    for place, shown in enumerate(waiting, start=1):
        _show_pair(shown, f"{place} of {len(waiting)}")
        answer = _asked()
        if answer == "q":
            break
        if answer == "k":
            continue
        reason = typer.prompt("why", default=_READ_BOTH, err=True)
        one, other = shown.one.compared, shown.other.compared
        keep(observatory, (one.source, one.ref), (other.source, other.ref), same=answer == "s", reason=reason)
        decided += 1
    linked = link_listings(observatory)
    console.say(f"{decided:,} decided, {linked.review:,} wait")
    _warn(linked.contradictions)


def _show_pair(shown: Shown, place: str) -> None:
    from flows.links_shown import compared_rows

    title = f"{place}: {shown.link.method}, right in {shown.link.confidence:.0%} of such pairs"
    console.out.print()
    console.print_table(list(compared_rows(shown)), ("field", shown.one.name, shown.other.name), title=title)
    for words in shown.link.reasons:
        console.out.print(console.plain(f"  {words}"))


def _asked() -> str:
    """Return the first letter of an answer; the end of input is one."""
    words = ", ".join(f"{letter} {meaning}" for letter, meaning in _ANSWERS.items())
    while True:
        try:
            answer: str = typer.prompt(f"are they one credential? ({words})", err=True).strip().lower()
        except typer.Abort:
            return "q"
        if answer in _ANSWERS:
            return answer
