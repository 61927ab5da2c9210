"""``microcred harvest`` without Prefect: it starts at once, and shows a person how far it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows import console
from flows.live import due_sources, harvest_sources
from flows.observatory import open_observatory
from models.records import Page, PageFailure, RunRecord


def harvest_plainly(slugs: Sequence[str], as_of: datetime, *, include_retired: bool) -> list[RunRecord]:
    """Harvest the named or due sources and return their run records; progress on stderr if it is a terminal."""
    with open_observatory() as observatory:
        chosen = due_sources(observatory, slugs, as_of, retired=include_retired)
        if not chosen:
            console.say("nothing is due; name a source to harvest it anyway (`microcred sources list`)")
            return []
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} sources"),
            TextColumn("{task.fields[pages]} pages"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console.err, transient=True, disable=not console.err.is_terminal) as bar:
            task = bar.add_task("harvest", total=len(chosen), pages=0)
            pages: Counter[str] = Counter()

            def on_page(slug: str, page: Page | PageFailure) -> None:
                pages[slug] += 1
                bar.update(
                    task, pages=pages.total(), description=slug if isinstance(page, Page) else f"{slug} (failed)"
                )

            def on_record(record: RunRecord) -> None:
                bar.advance(task)
                if record.reason:
                    bar.console.print(f"{record.source}: {record.outcome}: {record.reason}", markup=False)

            return asyncio.run(harvest_sources(observatory, chosen, as_of=as_of, on_page=on_page, on_record=on_record))
