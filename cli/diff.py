"""``klynge releases diff``: every figure that differs between two releases, and why."""

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

#: Limits of the text output: rows per change, lines of figures, possible causes per figure.
SHOWN_ROWS, SHOWN_LINES, SHOWN_CAUSES = 10, 100, 3


def diff(
    before: Annotated[str, typer.Argument(help="A release id or its first characters.")],
    after: Annotated[
        str | None, typer.Argument(help="Another release id; default: the current release.")
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="csv and json list every figure.")
    ] = Format.table,
) -> None:
    """List every figure that differs between two releases, and the change that causes it.

    To find the cause, each change of a file, a row or a model is tried by itself.
    """
    home = Home.from_environment()
    with errors.status("opening the databases") as spinner, progress.watched(_Spinner(spinner)):
        comparison = compare(home, open_release(before, home), open_release(after, home))
    if output is Format.csv:
        _write_csv(comparison)
    elif output is Format.json:
        print(json.dumps(_as_json(comparison), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        _show(comparison)


class _Spinner:
    """Shows the progress of the comparison on a terminal."""

    def __init__(self, spinner: Status) -> None:
        self._spinner = spinner

    def milestone(self, message: str) -> None:
        self._spinner.update(message)

    detail = milestone


def _show(comparison: Comparison) -> None:
    for title, release in (("before", comparison.before), ("after ", comparison.after)):
        code = release.manifest["code"]
        console.print(f"{title}  {release.release_id}  code {code['commit'][:12]}")
    if not comparison.changes:
        console.print("\nthe inputs and the models are the same")
    for change in comparison.changes:
        _show_change(change)
    if comparison.mixed:
        console.print(f"\ncode and inputs cannot be separated: {comparison.mixed}", style="yellow")
    if comparison.altered:
        console.print("\nthese inputs are missing or altered now:", style="yellow")
        console.print("  " + "\n  ".join(comparison.altered), style="yellow")
    _show_figures(comparison)


def _show_change(change: Change) -> None:
    console.print(f"\n{_KIND[change.kind]} {change.name}: {_describe(change)}")
    shown, total = change.rows[:SHOWN_ROWS], sum(change.counts.values())
    for row in shown:
        console.print(f"  {row.difference.kind} {row.name}: {_values(row)}")
    if total > len(shown) > 0:
        console.print(f"  … {len(shown)} of {total:,} rows")


def _show_figures(comparison: Comparison) -> None:
    marts = len({figure.mart for figure in comparison.figures})
    console.print(f"\n{len(comparison.figures):,} figure(s) differ, in {marts} mart(s)")
    lines = list(islice(_lines(comparison), SHOWN_LINES + 1))
    if lines:
        names = ("mart", "key", "column", "before", "after", "cause")
        show_table(names, lines[:SHOWN_LINES])
    if len(lines) > SHOWN_LINES:
        console.print(
            f"… only the first {SHOWN_LINES} lines; --format csv or json lists all figures"
        )
    console.print("The marts about the history of loads and checks are not compared.", style="dim")


_KIND = {
    DOCUMENT: "document",
    LOAD: "submission",
    REFERENCE: "reference data",
    MODEL: "model",
    PROGRAM: "program, now at commit",
}


def _lines(comparison: Comparison) -> Iterator[tuple[str | None, ...]]:
    """A line per figure; a row that was added or withdrawn has one line for all its figures."""
    for (mart, _, kind), group in groupby(comparison.figures, lambda f: (f.mart, f.key, f.kind)):
        figures = list(group)
        first, table = figures[0], mart.partition(".")[2]
        if kind == CHANGED:
            for figure in figures:
                cause = _name_causes(comparison.causes[figure.figure_id])
                values = figure.column, figure.before, figure.after
                yield table, _key(figure), *values, cause
        else:
            named = {c.change.name: c for f in figures for c in comparison.causes[f.figure_id]}
            column = f"(row {kind}: {len(figures)} figure(s))"
            yield table, _key(first), column, None, None, _name_causes(list(named.values()))


def _describe(change: Change) -> str:
    counts = ", ".join(f"{count:,} row(s) {kind}" for kind, count in change.counts.items())
    parts = [change.description, counts or ("the same rows" if change.is_input else "")]
    if change.kind == LOAD:
        parts.append(_name_loads(change))
    return "; ".join(part for part in parts if part)


def _name_loads(change: Change) -> str:
    if not (change.loads_before or change.loads_after):
        return ""
    before, after = (
        " + ".join(loads) or "none" for loads in (change.loads_before, change.loads_after)
    )
    return f"load {before} → {after}"


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


def _name_causes(causes: Sequence[Cause]) -> str:
    alone = [cause for cause in causes if cause.alone]
    possible = [_name(cause.change) for cause in causes if not cause.alone]
    names = [
        "row " + ", ".join(row.name for row in cause.rows) if cause.rows else _name(cause.change)
        for cause in alone
    ]
    if possible:
        more = f" … of {len(possible)} changes" if len(possible) > SHOWN_CAUSES else ""
        names.append(f"one or several of: {', '.join(possible[:SHOWN_CAUSES])}{more}")
    return "; ".join(names)


def _name(change: Change) -> str:
    return f"{_KIND[change.kind]} {change.name}"


def _write_csv(comparison: Comparison) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("mart", "key", "column", "kind", "before", "after", "causes", "rows"))
    for figure in comparison.figures:
        causes = comparison.causes[figure.figure_id]
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


def _as_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "before": comparison.before.release_id,
        "after": comparison.after.release_id,
        "mixed": comparison.mixed,
        "altered": comparison.altered,
        "changes": [
            {
                "kind": change.kind,
                "name": change.name,
                "says": change.description,
                "loads_before": change.loads_before,
                "loads_after": change.loads_after,
                "counts": change.counts,
                "rows": [_row_as_json(row) for row in change.rows],
            }
            for change in comparison.changes
        ],
        "figures": [
            {
                "mart": figure.mart,
                "key": figure.key,
                "column": figure.column,
                "kind": figure.kind,
                "before": figure.before,
                "after": figure.after,
                "causes": list(_causes_as_json(comparison, figure)),
            }
            for figure in comparison.figures
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


def _causes_as_json(comparison: Comparison, figure: FigureDifference) -> Iterator[dict[str, Any]]:
    for cause in comparison.causes[figure.figure_id]:
        yield {
            "kind": cause.change.kind,
            "name": cause.change.name,
            "alone": cause.alone,
            "rows": [row.name for row in cause.rows],
        }
