"""``make accuracy``: how often what we say of a listing is what a reader took from it, by attribute and language.

Labelled recordings go through parsing, normalising, loading and classifying into a database of their own, and the
figures compare the labels with the view ``programme_current``: with what a user sees.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flows import console
from flows.classifying import Rules
from flows.labels import LabelledRecording, read_labels, read_recording
from flows.look import Walked, read
from flows.scoring import Accuracy, Score, Seen, measure
from models.queries import read_sql
from models.records import Judgement, Outcome
from models.store import Store, open_database
from scrapers.source import discover, scraper_for

LABELS = Path(__file__).parent.parent / "tests" / "labels"
RECORDINGS = Path("../shared/recordings")
AIMS: Mapping[str, Mapping[str, float]] = {
    "mode": {"precision": 0.90},
    "field_broad": {"precision": 0.85, "coverage": 0.80},
    "workload_hours": {"precision": 0.99, "recall": 0.95},
    "price": {"precision": 0.99, "recall": 0.95},
}
"""What is aimed at: shares (0-1). Coverage: given by us of those that a reader can tell."""
LANGUAGE_ROWS_LEAST = 5
_SEEN = """\
select source, ref, mc_class, development_modes, isced_broad, isced_narrow, field_evidence, eqf_level, platform_level,
  workload_hours_min, workload_hours_max, ects, price_type, price_amount, price_amount_max, price_currency,
  certificate_price_amount, certificate_price_amount_max, workload_basis
from programme_current"""


def harvest_labelled(recordings: Iterable[LabelledRecording], store: Store) -> dict[tuple[str, str], Seen]:
    """Take labelled recordings through the pipeline into a database and return what it shows, by recording and ref."""
    seen: dict[tuple[str, str], Seen] = {}
    sources = discover()
    for number, recording in enumerate(recordings):
        source, page = sources[recording.source], recording.pages[0]
        scraper, at = scraper_for(source, page.at.date()), page.at + timedelta(seconds=number)
        harvested = read(scraper, Walked(pages=recording.pages), page.at.date())
        now = datetime.now(UTC)
        # Several recordings may be of one source: partial looks add to each other and withdraw nothing.
        store.record_run(
            source, at, harvested, Judgement(outcome=Outcome.PARTIAL), started_at=now, finished_at=now,
            code_version="accuracy", classifier=Rules(source),
        )  # fmt: skip
        refs = {programme.ref for programme in harvested.programmes}
        rows = console.records(read_sql(store.engine, f"{_SEEN} where source = '{source.slug}'"))
        seen |= {(recording.name, row["ref"]): row for row in rows if row["ref"] in refs}
    return seen


def count_without_evidence(store: Store) -> int:
    """Return how many values stand in the database without evidence: fields without words, modes without a row."""
    [row] = console.records(read_sql(store.engine, _WITHOUT_EVIDENCE))
    return int(row["found"])


_WITHOUT_EVIDENCE = """\
select (select count(*) from programme_classification where isced_broad is not null and field_evidence is null)
  + (select count(*) from programme_classification c where cast(c.development_modes as text) <> '["unknown"]'
     and not exists (select 1 from development_evidence_entry e
                     where e.facts_id = c.facts_id and e.evidence <> '')) as found"""


def rows_of(accuracy: Accuracy) -> list[dict[str, Any]]:
    """Return one row an attribute, with the aims and whether they are met."""
    return [
        {
            "attribute": name,
            **_figures(score),
            "held_out_precision": accuracy.held_out[name].precision,
            "held_out_recall": accuracy.held_out[name].recall,
            "aim": ", ".join(f"{figure} {aim:.2f}" for figure, aim in AIMS.get(name, {}).items()) or None,
            "met": _is_met(name, score),
        }
        for name, score in accuracy.total.items()
    ]


def language_rows(accuracy: Accuracy) -> list[dict[str, Any]]:
    """Return one row an attribute and language with enough labels."""
    return [
        {"attribute": attribute, "language": language, **_figures(score)}
        for (attribute, language), score in sorted(accuracy.by_language.items())
        if score.read >= LANGUAGE_ROWS_LEAST and (score.stated or score.given)
    ]


def _figures(score: Score) -> dict[str, Any]:
    return {
        "labelled": score.read,
        "stated": score.stated,
        "given": score.given,
        "right": score.right,
        "precision": score.precision,
        "recall": score.recall,
        "coverage": score.coverage,
    }


def _is_met(name: str, score: Score) -> str | None:
    figures = {"precision": score.precision, "recall": score.recall, "coverage": score.coverage}
    aims = AIMS.get(name)
    if aims is None:
        return None
    return "yes" if all((figures[figure] or 0) >= aim for figure, aim in aims.items()) else "no"


def run(directory: Path, recordings: Path) -> Accuracy:
    """Measure the labels of ``directory`` against the recordings they stand in.

    Raises:
        LabelsInvalid: if labels or recordings cannot be read.
    """
    labels = read_labels(directory)
    names = sorted({label.recording for label in labels})
    labelled = [read_recording(directory, name, recordings) for name in names]
    with TemporaryDirectory(prefix="microcred-accuracy-") as folder:
        engine = open_database(f"sqlite:///{folder}/observatory.sqlite")
        try:
            store = Store(engine)
            seen = harvest_labelled(labelled, store)
            return measure(labels, seen, count_without_evidence(store))
        finally:
            engine.dispose()


COLUMNS = (
    "attribute", "labelled", "stated", "given", "right", "precision", "recall", "coverage", "held_out_precision",
    "held_out_recall", "aim", "met",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; exit with 1 if an aim is missed or a value has no evidence, 2 if nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m flows.accuracy", description=__doc__)
    parser.add_argument(
        "labels", nargs="?", type=Path, default=LABELS, help="directory with labels.csv and recordings/"
    )
    parser.add_argument("--recordings", type=Path, default=Path(os.environ.get("MICROCRED_RECORDINGS", RECORDINGS)))
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--markdown", action="store_true", help="print the page docs/accuracy.md")
    parser.add_argument("--missed", metavar="ATTRIBUTE", help="list where we differ from the reader (open half only)")
    chosen = parser.parse_args(arguments)
    try:
        accuracy = run(chosen.labels, chosen.recordings)
    except ValueError as error:
        console.say(f"error: {error}", style="bold red")
        return 2
    if chosen.json:
        console.print_json({"attributes": rows_of(accuracy), "languages": language_rows(accuracy)})
    elif chosen.markdown:
        sys.stdout.write(page(accuracy, datetime.now(UTC).date()))
    else:
        _print(accuracy)
    if chosen.missed:
        _print_missed(accuracy.total[chosen.missed])
    failed = accuracy.without_evidence or any(row["met"] == "no" for row in rows_of(accuracy))
    return 1 if failed else 0


def _print(accuracy: Accuracy) -> None:
    console.print_table(
        rows_of(accuracy), COLUMNS, title="What we say of a listing, against what a reader took from it"
    )
    console.out.print()
    columns = ("attribute", "language", "labelled", "stated", "given", "right", "precision", "recall", "coverage")
    console.print_table(language_rows(accuracy), columns, title="By language of the title")
    console.out.print()
    ours = sorted({mine for _, mine in accuracy.classes})
    table = [
        {"reader": theirs, **{mine: accuracy.classes.get((theirs, mine), 0) for mine in ours}}
        for theirs in sorted({theirs for theirs, _ in accuracy.classes})
    ]
    console.print_table(table, ("reader", *ours), title="Class: the reader's (down) and ours (across)")
    console.out.print(
        f"\nValues without evidence: {accuracy.without_evidence}. Labelled but not read: {accuracy.absent}."
    )


def page(accuracy: Accuracy, day: date) -> str:
    """Return the figures as a page of Markdown, dated."""
    head = f"""\
# Accuracy

What we say of listings against what readers took from them, written by `make accuracy-page` on {day}. The labels and
how they were made: `tests/labels/`; the listings stand in recordings that are not part of this repository.

`stated`: the listing says it; `given`: we have a value; precision: right of given; recall: right of stated; coverage:
given of stated. Half of the labels (chosen by ref) were never looked at when rules were mended: the columns held out
are theirs.
"""
    languages = ("attribute", "language", "labelled", "stated", "given", "right", "precision", "recall", "coverage")
    return "\n".join(
        [head, _markdown(rows_of(accuracy), COLUMNS), "## By language of the title\n",
         _markdown(language_rows(accuracy), languages)]
    )  # fmt: skip


def _markdown(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    cells = [[_cell(row.get(column)) for column in columns] for row in rows]
    lines = [[column.replace("_", " ") for column in columns], ["---"] * len(columns), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _print_missed(score: Score) -> None:
    rows = [
        {"recording": label.recording, "ref": label.ref, "reader": theirs, "ours": ours}
        for label, theirs, ours in score.missed
        if not label.is_held_out
    ]
    console.print_table(rows, ("recording", "ref", "reader", "ours"), title="Where we differ (open half)")


if __name__ == "__main__":
    sys.exit(main())
