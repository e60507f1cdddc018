"""Show source rows with the figures that depend on them, and the clauses that exclude rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from cli.output import console, print_indented, put
from klynge.lineage import Coverage, Forward, LeftOut
from klynge.messages import counted, message
from klynge.tracing.renderings import csv_text, format_key, format_value, json_text

#: The text output shows at most this many rows of a mart, columns of the source row, and clauses of
#: a table.
_ROWS, _COLUMNS, _CLAUSES = 5, 12, 10


def show_forward(found: Forward, form: str, out: Path | None) -> None:
    """Show the figures that depend on one source row."""
    if form == "text":
        _show_row(found)
    elif form == "json":
        put(json_text(asdict(found)), out)
    else:
        lines = [(one.mart, format_key(one.key), "", "") for one in found.destinations]
        lines += [("", "", one.model, one.clause) for one in found.left_out]
        put(csv_text(("mart", "row", "left_out_by", "clause"), lines), out)


def show_coverage(found: Sequence[Coverage], form: str, out: Path | None) -> bool:
    """Show how many rows of each table reach a figure; True if every row is accounted for."""
    if form == "text":
        for one in found:
            _show_table(one)
    elif form == "json":
        put(json_text([_content(one) for one in found]), out)
    else:
        lines = [
            (one.table, one.rows, one.reaching, rows, _text(clauses), one.unaccounted)
            for one in found
            for clauses, rows in (one.left_out or {(): 0}).items()
        ]
        names = ("table", "rows", "reach_a_figure", "left_out", "by", "unaccounted")
        put(csv_text(names, lines), out)
    return not any(one.unaccounted for one in found)


def _show_row(found: Forward) -> None:
    console.print(
        message("{row} in {table}", row=found.row_key, table=found.table),
        style="bold",
        soft_wrap=True,
    )
    filled = [(name, value) for name, value in found.row.items() if value is not None]
    columns = [f"{name}={format_value(value)}" for name, value in filled[:_COLUMNS]]
    console.print(f"  {' '.join(columns)}", soft_wrap=True)
    if not found.destinations:
        console.print(message("no figure depends on it"), style="yellow")
    for mart, destinations in groupby(found.destinations, key=lambda one: one.mart):
        _show_mart(mart, [format_key(one.key) for one in destinations])
    if found.left_out:
        console.print(message("left out by:"))
    for clause in found.left_out:
        console.print(f"  {_text([clause])}", soft_wrap=True)


def _show_mart(mart: str, keys: Sequence[str]) -> None:
    console.print(counted("{mart}: {count:,} row", "{mart}: {count:,} rows", len(keys), mart=mart))
    for key in keys[:_ROWS]:
        console.print(f"  {key}", soft_wrap=True)
    if len(keys) > _ROWS:
        print_indented(message("… and {more:,} more", more=len(keys) - _ROWS))


def _show_table(one: Coverage) -> None:
    left_out = sum(one.left_out.values())
    console.print(
        counted(
            "{table}: of {count:,} row {reaching:,} reaches a figure, {left_out:,} is left out by "
            "a known clause, {unaccounted:,} is unaccounted for",
            "{table}: of {count:,} rows {reaching:,} reach a figure, {left_out:,} are left out by "
            "a known clause, {unaccounted:,} are unaccounted for",
            one.rows,
            table=one.table,
            reaching=one.reaching,
            left_out=left_out,
            unaccounted=one.unaccounted,
        ),
        style="red" if one.unaccounted else None,
    )
    # a row can take several paths, so several clauses can leave it out
    by_clause: Counter[LeftOut] = Counter()
    for clauses, rows in one.left_out.items():
        by_clause.update(dict.fromkeys(clauses, rows))
    for clause, rows in by_clause.most_common(_CLAUSES):
        print_indented(message("{rows:,} by {clause}", rows=rows, clause=_text([clause])))
    if len(by_clause) > _CLAUSES:
        print_indented(
            message(
                "… {count:,} clauses in total; json and csv list all of them", count=len(by_clause)
            )
        )


def _content(one: Coverage) -> dict[str, object]:
    left_out = [
        {"rows": rows, "by": [asdict(clause) for clause in clauses]}
        for clauses, rows in one.left_out.items()
    ]
    return {
        "table": one.table,
        "rows": one.rows,
        "reach_a_figure": one.reaching,
        "left_out": left_out,
        "unaccounted": one.unaccounted,
    }


def _text(clauses: Sequence[LeftOut]) -> str:
    return "; ".join(f"{one.model}: {one.clause}" for one in clauses).replace('"', "")
