"""What became of raw rows: the figures they went into, and the clauses that left them out."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from cli.output import console, put
from klynge.errors import InputError
from klynge.lineage.result import Coverage, Destination, Forward, LeftOut
from klynge.tracing.report import as_json, plain

#: How many rows of a mart, columns of the raw row, and clauses of a table a person is shown.
_SHOWN, _COLUMNS, _CLAUSES = 5, 12, 10


def show_forward(found: Forward, form: str, out: Path | None) -> None:
    """Tell where one raw row went."""
    if _as_text(form, out):
        _show_row(found)
    elif form == "json":
        put(as_json(asdict(found)), out)
    else:
        lines = [(one.mart, _key(one), "", "") for one in found.destinations]
        lines += [("", "", one.model, one.clause) for one in found.left_out]
        put(_csv(("mart", "row", "left_out_by", "clause"), lines), out)


def show_coverage(found: Sequence[Coverage], form: str, out: Path | None) -> bool:
    """Tell what became of all rows of raw tables; whether every one is accounted for."""
    if _as_text(form, out):
        _show_tables(found)
    elif form == "json":
        put(as_json([_plainly(one) for one in found]), out)
    else:
        lines = [
            (one.table, one.rows, one.reaching, rows, _said(clauses), one.unaccounted)
            for one in found
            for clauses, rows in [*one.left_out.items(), *([((), 0)] if not one.left_out else [])]
        ]
        names = ("table", "rows", "reach_a_figure", "left_out", "by", "unaccounted")
        put(_csv(names, lines), out)
    return not any(one.unaccounted for one in found)


def _as_text(form: str, out: Path | None) -> bool:
    if form == "html":
        raise InputError("only a figure has a page: ask for text, json or csv")
    if form == "text" and out is not None:
        raise InputError("--out writes json or csv: say which, with --format")
    return form == "text"


def _show_row(found: Forward) -> None:
    console.print(f"{found.row_key} in {found.table}", style="bold", soft_wrap=True)
    filled = [f"{name}={plain(value)}" for name, value in found.row.items() if value is not None]
    console.print(f"  {' '.join(filled[:_COLUMNS])}", soft_wrap=True)
    by_mart: dict[str, list[Destination]] = {}
    for one in found.destinations:
        by_mart.setdefault(one.mart, []).append(one)
    if not by_mart:
        console.print("went into no figure", style="yellow")
    for mart, rows in by_mart.items():
        console.print(f"{mart}: {len(rows):,} {'row' if len(rows) == 1 else 'rows'}")
        for row in rows[:_SHOWN]:
            console.print(f"  {_key(row)}", soft_wrap=True)
        if len(rows) > _SHOWN:
            console.print(f"  … and {len(rows) - _SHOWN:,} more")
    if found.left_out:
        console.print("left out on the way")
        for clause in found.left_out:
            console.print(f"  {_said([clause])}", soft_wrap=True)


def _show_tables(found: Sequence[Coverage]) -> None:
    for one in found:
        left_out = sum(one.left_out.values())
        console.print(
            f"{one.table}: {one.rows:,} rows, {one.reaching:,} reach a figure, {left_out:,} are "
            f"left out by name, {one.unaccounted:,} unaccounted for",
            style="red" if one.unaccounted else None,
        )
        # on its different ways a row can be left out by several
        by_clause: Counter[LeftOut] = Counter()
        for clauses, rows in one.left_out.items():
            by_clause.update(dict.fromkeys(clauses, rows))
        for clause, rows in by_clause.most_common(_CLAUSES):
            console.print(f"  {rows:,} by {_said([clause])}", soft_wrap=True)
        if len(by_clause) > _CLAUSES:
            console.print(f"  … {len(by_clause):,} clauses; json and csv have all, row by row")


def _plainly(one: Coverage) -> dict[str, object]:
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


def _said(clauses: Sequence[LeftOut]) -> str:
    return "; ".join(f"{one.model}: {one.clause}" for one in clauses).replace('"', "")


def _key(one: Destination) -> str:
    return " ".join(f"{name}={plain(value)}" for name, value in one.key.items())


def _csv(names: Sequence[str], lines: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(lines)
    return text.getvalue()
