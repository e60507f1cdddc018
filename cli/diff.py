"""``klynge releases diff``: every figure that differs in two releases, and where it comes from."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Annotated, Any

import typer
from rich.status import Status

from cli.output import Format, console, errors, show_table
from klynge import open_release, progress
from klynge.home import Home
from klynge.releases.changes import DOCUMENT, LOAD, MODEL, PROGRAM, REFERENCE, Change, ChangedRow
from klynge.releases.comparison import Cause, Comparison, compare
from klynge.releases.figures import FigureDifference
from klynge.releases.row_differences import CHANGED

#: In text, no more than these: rows of each change, lines of figures, possible causes of a figure.
SHOWN_ROWS, SHOWN_LINES, SHOWN_CAUSES = 10, 100, 3


def diff(
    before: Annotated[str, typer.Argument(help="A release id, or its beginning.")],
    after: Annotated[str | None, typer.Argument(help="Another; else the current one.")] = None,
    output: Annotated[
        Format, typer.Option("--format", help="csv and json give every figure.")
    ] = Format.table,
) -> None:
    """Every figure that differs between two releases, and the change it comes from.

    Changes are told apart by trying them: inputs from models, one file, model or row from another.
    """
    home = Home.from_environment()
    with errors.status("opening the databases") as spinner, progress.watched(_Spinner(spinner)):
        found = compare(home, open_release(before, home), open_release(after, home))
    if output is Format.csv:
        _write_csv(found)
    elif output is Format.json:
        print(json.dumps(_as_json(found), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        _show(found)


class _Spinner:
    """Shows what is being compared, where somebody sits at a terminal."""

    def __init__(self, spinner: Status) -> None:
        self._spinner = spinner

    def milestone(self, message: str) -> None:
        self._spinner.update(message)

    detail = milestone


def _show(found: Comparison) -> None:
    for title, release in (("before", found.before), ("after ", found.after)):
        code = release.manifest["code"]
        console.print(f"{title}  {release.release_id}  code {code['commit'][:12]}")
    if not found.changes:
        console.print("\nmade from the same inputs by the same models")
    for change in found.changes:
        console.print(f"\n{_KIND[change.kind]} {change.name}: {_says(change)}")
        for row in change.rows[:SHOWN_ROWS]:
            console.print(f"  {row.difference.kind} {row.name}: {_values(row)}")
        if sum(change.counts.values()) > len(change.rows[:SHOWN_ROWS]) > 0:
            console.print(f"  … of {sum(change.counts.values()):,} rows")
    if found.mixed:
        console.print(f"\ncode and inputs cannot be told apart: {found.mixed}", style="yellow")
    if found.altered:
        console.print("\nwhat they were made from is no longer as it was:", style="yellow")
        console.print("  " + "\n  ".join(found.altered), style="yellow")
    marts = len({figure.mart for figure in found.figures})
    console.print(f"\n{len(found.figures):,} figure(s) differ, in {marts} mart(s)")
    lines = list(islice(_lines(found), SHOWN_LINES + 1))
    if lines:
        names = ("mart", "of", "column", "before", "after", "because of")
        show_table(names, lines[:SHOWN_LINES])
    if len(lines) > SHOWN_LINES:
        console.print(f"… the first {SHOWN_LINES} lines; --format csv or json gives every figure")
    console.print(
        "The marts that tell the history of loads and checks are not compared.", style="dim"
    )


_KIND = {
    DOCUMENT: "document",
    LOAD: "submission",
    REFERENCE: "reference data",
    MODEL: "model",
    PROGRAM: "program, now of commit",
}


def _lines(found: Comparison) -> Iterator[tuple[str | None, ...]]:
    """A line for each figure; one for all figures of a row that came or went."""
    for (mart, _, kind), group in groupby(found.figures, lambda f: (f.mart, f.key, f.kind)):
        figures = list(group)
        first, table = figures[0], mart.partition(".")[2]
        if kind == CHANGED:
            for figure in figures:
                because = _because(found.causes[figure.figure_id])
                values = figure.column, figure.before, figure.after
                yield table, _key(figure), *values, because
        else:
            named = {c.change.name: c for f in figures for c in found.causes[f.figure_id]}
            column = f"(row {kind}: {len(figures)} figure(s))"
            yield table, _key(first), column, None, None, _because(list(named.values()))


def _says(change: Change) -> str:
    counts = ", ".join(f"{count:,} row(s) {kind}" for kind, count in change.counts.items())
    loads = " → ".join(
        " + ".join(loads) or "none" for loads in (change.loads_before, change.loads_after)
    )
    parts = [change.says, counts or ("the same rows" if change.is_input else "")]
    if change.loads_before or change.loads_after:
        parts.append(f"load {loads}" if change.kind == LOAD else "")
    return "; ".join(part for part in parts if part)


def _values(row: ChangedRow) -> str:
    if row.difference.kind != CHANGED:
        return ", ".join(
            f"{column} {before if after is None else after}"
            for column, (before, after) in row.difference.values.items()
        )
    return ", ".join(
        f"{column} {'(empty)' if before is None else before} → "
        f"{'(empty)' if after is None else after}"
        for column, (before, after) in row.difference.values.items()
    )


def _key(figure: FigureDifference) -> str:
    return ", ".join(f"{name}={value}" for name, value in figure.key.items() if value is not None)


def _because(causes: Sequence[Cause]) -> str:
    alone = [cause for cause in causes if cause.alone]
    perhaps = [_named(cause.change) for cause in causes if not cause.alone]
    said = [
        "row " + ", ".join(row.name for row in cause.rows) if cause.rows else _named(cause.change)
        for cause in alone
    ]
    if perhaps:
        more = f" … of {len(perhaps)} changes" if len(perhaps) > SHOWN_CAUSES else ""
        said.append(f"one or several of: {', '.join(perhaps[:SHOWN_CAUSES])}{more}")
    return "; ".join(said)


def _named(change: Change) -> str:
    return f"{_KIND[change.kind]} {change.name}"


def _write_csv(found: Comparison) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("mart", "key", "column", "kind", "before", "after", "causes", "rows"))
    for figure in found.figures:
        causes = found.causes[figure.figure_id]
        writer.writerow(
            (
                figure.mart,
                _key(figure),
                figure.column,
                figure.kind,
                figure.before,
                figure.after,
                "; ".join(f"{c.change.kind} {c.change.name}" for c in causes),
                "; ".join(row.name for cause in causes for row in cause.rows),
            )
        )


def _as_json(found: Comparison) -> dict[str, Any]:
    return {
        "before": found.before.release_id,
        "after": found.after.release_id,
        "mixed": found.mixed,
        "altered": found.altered,
        "changes": [
            {
                "kind": change.kind,
                "name": change.name,
                "says": change.says,
                "loads_before": change.loads_before,
                "loads_after": change.loads_after,
                "counts": change.counts,
                "rows": [_row_as_json(row) for row in change.rows],
            }
            for change in found.changes
        ],
        "figures": [
            {
                "mart": figure.mart,
                "key": figure.key,
                "column": figure.column,
                "kind": figure.kind,
                "before": figure.before,
                "after": figure.after,
                "causes": list(_causes_as_json(found, figure)),
            }
            for figure in found.figures
        ],
    }


def _row_as_json(row: ChangedRow) -> dict[str, Any]:
    return {
        "table": row.table,
        "kind": row.difference.kind,
        "key": row.difference.key,
        "source_row_key_before": row.difference.sources[0],
        "source_row_key_after": row.difference.sources[1],
        "values": row.difference.values,
    }


def _causes_as_json(found: Comparison, figure: FigureDifference) -> Iterator[dict[str, Any]]:
    for cause in found.causes[figure.figure_id]:
        yield {
            "kind": cause.change.kind,
            "name": cause.change.name,
            "alone": cause.alone,
            "rows": [row.name for row in cause.rows],
        }
