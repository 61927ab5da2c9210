"""``microcred rebuild | reread`` and ``microcred db diff | copy``: the database made anew, corrected, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows import completing, console

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from flows.db_diff import TableDifference
    from flows.decisions import Acceptance
    from flows.rebuild import Event, Plan, Rebuilt
    from flows.settings import Settings
    from scrapers.archive import Archive

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Sources = Annotated[
    list[str] | None, typer.Argument(help="Slugs of sources; all if none.", autocompletion=completing.sources)
]
Jobs = Annotated[
    int, typer.Option(min=1, help="How many read pages: processes, or workers with MICROCRED_ENGINE=dask.")
]
Url = Annotated[str, typer.Argument(help="Path of a SQLite file, or a database URL.", metavar="DATABASE")]


def rebuild(
    sources: Sources = None,
    into: Annotated[
        str | None,
        typer.Option(
            help="URL or SQLite file of the database to make; else observatory-rebuilt.sqlite in the data directory.",
            metavar="DATABASE",
        ),
    ] = None,
    shard: Annotated[
        str | None, typer.Option(help="Only this part of the sources: 2/8 is the second of eight.", metavar="I/N")
    ] = None,
    jobs: Jobs = 1,
    broken_off: Annotated[
        bool, typer.Option("--broken-off", help="Take runs that broke off too, as partial looks; they never counted.")
    ] = False,
    compare: Annotated[
        bool, typer.Option("--compare", help="Then print what the database in use says differently.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the archive holds.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the database anew from the archive alone, with today's code. The database in use is left as it is.

    Broken off, it goes on where it was when it is started again. Shards may write to one PostgreSQL database at once;
    SQLite files of shards are put together by `microcred db copy`; `microcred links` then links their listings. Exits
    with 1 if a run could not be stored.
    """
    from flows.observatory import open_archive
    from flows.rebuild import archived_sources, plan_of
    from flows.settings import Settings

    settings = Settings()
    archive = open_archive(settings)
    acceptances = _acceptances(archive)
    slugs = archived_sources(archive, sources or (), shard)
    plans = [plan_of(archive, slug, acceptances, broken_off=broken_off) for slug in slugs]
    if dry_run:
        _show_plans(plans, as_json)
        return
    url = _target(settings, into, shard)
    rebuilt, compared = _rebuild(settings, url, plans, jobs, whole=shard is None, compare=compare)
    _show_rebuilt(rebuilt, compared, url, as_json)
    if any(one.failed for one in rebuilt):
        raise typer.Exit(1)


def reread(sources: Sources = None, jobs: Jobs = 1, as_json: AsJson = False) -> None:
    """Read the archived pages of sources again with today's code, and correct their history in the database in use.

    After an update of the code that reads pages: so that the next harvest does not take a better reading for a change
    at the source. A version that now states something else is marked `reparse`. Prints what changed.
    """
    from flows.db_diff import as_json as difference_as_json
    from flows.nearest import none_called
    from flows.observatory import open_observatory
    from flows.reread import reread as read_again
    from models.content import sources_in

    with open_observatory() as observatory:
        _acceptances(observatory.archive)
        with observatory.engine.connect() as connection:
            known = sources_in(connection)
        unknown = sorted(set(sources or ()) - set(known))
        if unknown:
            raise typer.BadParameter(
                f"it holds {none_called('run of', unknown, known)}; `microcred status` shows those it has"
            )
        with _progress("reread", None) as tell:
            done = list(read_again(observatory, sources or known, jobs=jobs, on_event=tell))
    failed = [one for one in done if one.failed]
    changed = [difference for one in done for difference in one.changed]
    if as_json:
        rows = [{"source": one.source, "runs": one.runs, "failed": one.failed} for one in done]
        console.print_json({"sources": rows, "changed": difference_as_json(changed)})
    else:
        _show_differences(changed)
    for one in failed:
        console.say(f"{one.source}: left as it was: {one.failed}", style="yellow")
    console.say(f"{len(done) - len(failed)} of {len(done)} sources are read by today's code")
    if failed:
        raise typer.Exit(1)


def db_diff(left: Url, right: Url, source: Annotated[
    list[str] | None,
    typer.Option(help="Only this source; may be given several times.", autocompletion=completing.sources),
] = None, as_json: AsJson = False) -> None:  # fmt: skip
    """Compare what two databases say of sources: runs, programmes, facts, history, classification, problems, decisions.

    Numbers of rows, times of our work and the kind of database do not matter. Exits with 1 if they differ.
    """
    from flows.db_diff import as_json as difference_as_json
    from flows.db_diff import differences

    with _opened(left) as one, _opened(right) as other:
        found = list(differences(one, other, source))
    if as_json:
        console.print_json(difference_as_json(found))
    else:
        _show_differences(found)
    if not all(table.is_equal for table in found):
        raise typer.Exit(1)
    console.say(f"both say the same: {sum(table.left for table in found):,} rows")


def db_copy(
    from_: Annotated[str, typer.Argument(help="Path of a SQLite file, or a database URL.", metavar="FROM")],
    into: Annotated[str, typer.Argument(help="The database to copy to; made if there is none.", metavar="INTO")],
    source: Annotated[
        list[str] | None,
        typer.Option(help="Only this source; may be given several times.", autocompletion=completing.sources),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy all that a database holds of sources into another: shards into one, SQLite into PostgreSQL.

    A source that INTO has runs of is left as it is there. Snapshots are not copied: they are measured again. Nor are
    links: `microcred links` makes them anew by the decisions, which are.
    """
    from models.content import sources_in
    from models.store import RunExists, Store, open_database

    rows = []
    with _opened(from_) as there:
        here = open_database(_url(into))
        try:
            with there.connect() as connection:
                slugs = source or sources_in(connection)
            for slug in slugs:
                try:
                    Store(here).copy_source(slug, there)
                    rows.append({"source": slug, "copied": True})
                except RunExists:
                    rows.append({"source": slug, "copied": False})
                    console.say(f"{slug}: left as it is there: it has runs already", style="yellow")
        finally:
            here.dispose()
    if as_json:
        console.print_json(rows)
        return
    console.print_table(rows, ("source", "copied"))


# --------------------------------------------------------------------------------------
# Databases
# --------------------------------------------------------------------------------------


def _url(named: str) -> str:
    return named if "://" in named else f"sqlite:///{named}"


def _target(settings: Settings, into: str | None, shard: str | None) -> str:
    """Return the URL of the database to make.

    Raises:
        ValueError: if it is the one in use.
    """
    part = f"-{shard.replace('/', '-of-')}" if shard else ""
    url = _url(into) if into else f"sqlite:///{settings.data_dir / f'observatory-rebuilt{part}.sqlite'}"
    if _same_database(url, settings.database):
        raise ValueError("that is the database in use: name another one with --into (`microcred reread` corrects it)")
    return url


def _same_database(one: str, other: str) -> bool:
    from sqlalchemy import make_url

    left, right = make_url(one), make_url(other)
    if {left.get_backend_name(), right.get_backend_name()} == {"sqlite"}:
        return Path(left.database or "").resolve() == Path(right.database or "").resolve()
    place = [(url.get_backend_name(), url.host, url.port, url.database, dict(url.query)) for url in (left, right)]
    return place[0] == place[1]


@contextmanager
def _opened(named: str) -> Iterator[Engine]:
    """Open a database that must be there.

    Raises:
        ValueError: if it is a file that does not exist.
    """
    from sqlalchemy import make_url

    from models.store import open_database

    url = make_url(_url(named))
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ValueError(
            f"there is no database {url.database}: name another (`microcred db url` prints the one in use)"
        )
    engine = open_database(_url(named))
    try:
        yield engine
    finally:
        engine.dispose()


def _rebuild(
    settings: Settings, url: str, plans: Sequence[Plan], jobs: int, *, whole: bool, compare: bool
) -> tuple[list[Rebuilt], list[TableDifference] | None]:
    """Make the database, and its links if it is no shard: those of a part are none of the whole."""
    from flows.db_diff import differences
    from flows.linking_up import link_listings
    from flows.observatory import open_observatory
    from flows.rebuild import rebuild as store_again

    in_use = _opened(settings.database) if compare else nullcontext()
    with in_use as other, open_observatory(settings.model_copy(update={"database_url": url})) as into:
        with _progress("rebuild", sum(len(plan.events) for plan in plans)) as tell:
            rebuilt = store_again(into, plans, jobs=jobs, on_event=tell)
        if whole:
            link_listings(into)
        if other is None:
            return rebuilt, None
        return rebuilt, list(differences(other, into.engine, [plan.source for plan in plans]))


def _acceptances(archive: Archive) -> tuple[Acceptance, ...]:
    """Return what people decided, and say which lines cannot be followed."""
    from flows.decisions import Decisions

    decisions = Decisions(archive.root, archive.bucket)
    _say_all(decisions.complaints())
    return decisions.acceptances()


# --------------------------------------------------------------------------------------
# What a person sees
# --------------------------------------------------------------------------------------


@contextmanager
def _progress(what: str, total: int | None) -> Iterator[Callable[[Event], None]]:
    with console.progress(what, "runs", total) as advance:
        yield lambda event: advance(1, event.run.source)


def _show_plans(plans: Sequence[Plan], as_json: bool) -> None:
    from flows.rebuild import PLAN_COLUMNS, plan_row

    if as_json:
        console.print_json([plan_row(plan) | {"left_out": list(plan.left_out)} for plan in plans])
        return
    console.print_table([plan_row(plan) for plan in plans], PLAN_COLUMNS)
    _say_all([words for plan in plans for words in plan.left_out])


def _show_rebuilt(
    rebuilt: Sequence[Rebuilt], compared: Sequence[TableDifference] | None, url: str, as_json: bool
) -> None:
    from flows.db_diff import as_json as difference_as_json
    from flows.rebuild import REBUILT_COLUMNS, rebuilt_row

    if as_json:
        rows = [rebuilt_row(one) | {"left_out": list(one.left_out), "failed": one.failed} for one in rebuilt]
        told: dict[str, Any] = {"into": _shown(url), "sources": rows}
        console.print_json(told if compared is None else told | {"compared": difference_as_json(compared)})
        return
    console.print_table([rebuilt_row(one) for one in rebuilt], REBUILT_COLUMNS)
    _say_all([words for one in rebuilt for words in (*one.left_out, *one.failed)])
    if compared is not None:
        _show_differences(compared)
    console.say(
        f"made: {_shown(url)}\nTo use it, set MICROCRED_DATABASE_URL to it, or put the file in the place of the one in "
        "use while nothing is harvested. `microcred db diff` compares the two."
    )


def _shown(url: str) -> str:
    from models.database import shown_url

    return shown_url(url)


def _show_differences(found: Sequence[TableDifference]) -> None:
    from flows.db_diff import FIELD_COLUMNS, TABLE_COLUMNS, field_rows, table_rows

    rows, fields = table_rows(found), field_rows(found)
    if rows:
        console.print_table(rows, TABLE_COLUMNS)
    if fields:
        console.out.print()
        console.print_table(fields, FIELD_COLUMNS, title="What is stated differently")


def _say_all(words: Sequence[str]) -> None:
    for line in words:
        console.say(line, style="yellow")
