"""``klynge releases diff``: every figure that differs between two releases, and why."""

import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.status import Status

from cli.output import Format, console, errors, print_indented, show_facts, show_table
from klynge import open_release, progress
from klynge.home import Home
from klynge.messages import (
    Language,
    Message,
    counted,
    current_language,
    joined,
    message,
    shown,
    with_danish_marks,
)
from klynge.releases.cause_texts import name_causes, name_change
from klynge.releases.changes import DOCUMENT, LOAD, MODEL, PROGRAM, REFERENCE, Change, ChangedRow
from klynge.releases.comparison import Comparison, compare
from klynge.releases.figure_order import Level, MartDifference, find_largest, order_figures
from klynge.releases.figures import FigureDifference
from klynge.releases.row_differences import ADDED, CHANGED, WITHDRAWN
from klynge.releases.state_changes import DAY, STATE

#: Limits of the text output: rows per change, lines per mart.
SHOWN_ROWS, SHOWN_LINES = 5, 3


def diff(
    before: Annotated[str, typer.Argument(help="A release id or its first characters.")],
    after: Annotated[
        str | None, typer.Argument(help="Another release id; default: the current release.")
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="csv and json list every figure.")
    ] = Format.table,
    every: Annotated[
        bool, typer.Option("--all", help="List every row and figure, not only the largest.")
    ] = False,
) -> None:
    """Show what was loaded, withdrawn or changed between two releases, and which figures differ.

    The largest differences of each table are shown, with the change that causes each. To find the
    cause, each change of a file, a row or a model is tried by itself.
    """
    home = Home.from_environment()
    with (
        errors.status(shown(message("opening the databases"))) as spinner,
        progress.watched(_Spinner(spinner)),
    ):
        comparison = compare(home, open_release(before, home), open_release(after, home))
    if output is Format.csv:
        _write_csv(comparison)
    elif output is Format.json:
        print(json.dumps(_as_json(comparison), ensure_ascii=False, indent=2))  # noqa: T201
    else:
        _show(comparison, every=every)


class _Spinner:
    """Shows the progress of the comparison on a terminal."""

    def __init__(self, spinner: Status) -> None:
        self._spinner = spinner

    def milestone(self, text: str) -> None:
        self._spinner.update(shown(text))

    detail = milestone


def _show(comparison: Comparison, *, every: bool) -> None:
    for title, release in (
        (message("before"), comparison.before),
        (message("after"), comparison.after),
    ):
        said = message(
            "{release_id}  code {commit}",
            release_id=release.release_id,
            commit=release.manifest["code"]["commit"][:12],
        )
        show_facts((title, said))
    if not comparison.changes:
        console.print()
        console.print(message("the inputs and the models are the same"))
    for change in sorted(comparison.changes, key=lambda one: _ORDER.index(one.kind)):
        _show_change(change, every=every)
    if comparison.mixed:
        console.print()
        reason = message("code and inputs cannot be separated: {reason}", reason=comparison.mixed)
        console.print(reason, style="yellow")
    if comparison.altered:
        console.print()
        console.print(message("these inputs are missing or altered now:"), style="yellow")
        for one in comparison.altered:
            print_indented(one, style="yellow")
    _show_figures(comparison, every=every)


def _show_change(change: Change, *, every: bool) -> None:
    console.print()
    console.print(message("{name}: {change}", name=name_change(change), change=_describe(change)))
    total = sum(change.counts.values())
    first = change.rows if every else change.rows[:SHOWN_ROWS]
    for row in first:
        print_indented(
            message(
                "{kind} {name}: {values}",
                kind=_KINDS_OF_DIFFERENCES[row.difference.kind],
                name=row.name,
                values=_values(row),
            )
        )
    if total > len(first) > 0:
        print_indented(message("… {shown} of {rows:,} rows", shown=len(first), rows=total))


def _count(one: MartDifference) -> Message:
    return counted(
        "{table} {count:,} figure",
        "{table} {count:,} figures",
        one.figures,
        table=one.mart.partition(".")[2],
    )


def _show_figures(comparison: Comparison, *, every: bool) -> None:
    marts = len({figure.mart for figure in comparison.figures})
    console.print()
    differing = message(
        "{figures}, in {marts}",
        figures=counted(
            "{count:,} figure differs", "{count:,} figures differ", len(comparison.figures)
        ),
        marts=counted("{count:,} mart", "{count:,} marts", marts),
    )
    console.print(differing)
    is_short = False
    for level, of_level in groupby(order_figures(comparison.figures), lambda m: Level.of(m.mart)):
        tables = list(of_level)
        shown_lines = [one.lines if every else one.lines[:SHOWN_LINES] for one in tables]
        is_short |= any(
            len(one.lines) > len(of) for one, of in zip(tables, shown_lines, strict=True)
        )
        console.print()
        console.print(_LEVELS[level], style="bold")
        show_table(
            _HEADINGS,
            [_line(comparison, line) for of in shown_lines for line in of],
        )
        in_all = message("in all: {tables}", tables=[_count(one) for one in tables])
        console.print(in_all, soft_wrap=True)
    if is_short:
        console.print()
        console.print(
            message(
                "Only the largest differences of each table are shown; --all, or --format csv or "
                "json, lists all figures."
            )
        )
    left_out = message("The marts about the history of loads and checks are not compared.")
    console.print(left_out, style="dim")


#: What a person wants to know first: what was loaded, withdrawn or erased.
_ORDER = (LOAD, STATE, DOCUMENT, REFERENCE, DAY, MODEL, PROGRAM)
#: Headings of the levels of tables.
_LEVELS = {
    Level.facts: message("Figures of the facts"),
    Level.marts: message("Figures of the marts"),
    Level.derived: message("Overviews, lists and audit tables"),
}
_HEADINGS = (
    message("mart"),
    message("key"),
    message("column"),
    message("before"),
    message("after"),
    message("cause"),
)
#: Kinds of changes to files; a changed file may have the same rows as before.
_OF_FILES = (DOCUMENT, LOAD, REFERENCE)
_KINDS_OF_DIFFERENCES = {
    ADDED: message("added"),
    WITHDRAWN: message("left out"),
    CHANGED: message("changed"),
}


def _line(comparison: Comparison, figures: Sequence[FigureDifference]) -> tuple[str | None, ...]:
    """A figure, or a row that only one release has, as a line of a table."""
    first, table = figures[0], figures[0].mart.partition(".")[2]
    named = {c.change.name: c for f in figures for c in comparison.causes[f.figure_id]}
    cause = name_causes(list(named.values()))
    if first.kind == CHANGED:
        return table, _key(first), first.column, _cell(first.before), _cell(first.after), cause
    column = counted(
        "(row {kind}: {count:,} figure)",
        "(row {kind}: {count:,} figures)",
        len(figures),
        kind=_KINDS_OF_DIFFERENCES[first.kind],
    )
    largest = find_largest(figures)
    before, after = (
        None if value is None else f"{largest.column} {_number(value)}"
        for value in (largest.before, largest.after)
    )
    return table, _key(first), column, before, after, cause


def _describe(change: Change) -> Message:
    counts = [
        counted(
            "{count:,} row {kind}",
            "{count:,} rows {kind}",
            count,
            kind=_KINDS_OF_DIFFERENCES[kind],
        )
        for kind, count in change.counts.items()
    ]
    description = _KINDS_OF_DIFFERENCES.get(change.description, change.description)
    parts = [description, *([message("{counts}", counts=counts)] if counts else [])]
    if change.kind in _OF_FILES and not counts:
        parts.append(message("the same rows"))
    if change.kind == LOAD:
        parts.append(_name_loads(change))
    return joined(part for part in parts if part)


def _name_loads(change: Change) -> str:
    if not (change.loads_before or change.loads_after):
        return ""
    before, after = (
        " + ".join(loads) or message("none") for loads in (change.loads_before, change.loads_after)
    )
    return message("load {before} → {after}", before=before, after=after)


def _values(row: ChangedRow) -> list[str]:
    values = row.difference.values.items()
    if row.difference.kind != CHANGED:
        return [f"{column} {_number(old if new is None else new)}" for column, (old, new) in values]
    return [f"{column} {_number(old)} → {_number(new)}" for column, (old, new) in values]


def _number(value: str | None) -> str:
    """Write a value as text; a number with decimals has the marks of the language."""
    if value is None:
        return str(shown(message("(empty)")))
    if current_language() is Language.da and re.fullmatch(r"-?\d+\.\d+", value):
        return with_danish_marks(f"{Decimal(value):,f}")
    return value


def _cell(value: str | None) -> str | None:
    return None if value is None else _number(value)


def _key(figure: FigureDifference) -> str:
    return ", ".join(f"{name}={value}" for name, value in figure.key.items() if value is not None)


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
