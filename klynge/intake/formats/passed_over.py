"""Blank records and totals, which are left out before the rows are numbered.

All fields of a blank record are blank, as in ``;;;;``. The reporter is told which lines are totals.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from klynge.intake.contracts import Contract
from klynge.intake.formats.text_file import TextFile
from klynge.messages import Message, counted

#: The first text of a total, such as "I alt" or "Total 2024:".
_TOTAL = re.compile(
    r"(i ?alt|(grand |sub|hoved|mellem|slut)?total(t|sum)?|(mellem|slut|total)?sum(ma)?"
    r"|samlet( sum| beløb)?)( i alt)?( (20[0-9]{2}|kr|dkk))?[ :.]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+−(]?[0-9][0-9.,' ]*\)?-?( ?(kr|dkk)\.?)?", re.IGNORECASE)


def is_blank(cells: Iterable[str | None]) -> bool:
    """Whether all fields are empty or blank."""
    return not any(cell and cell.strip() for cell in cells)


def is_total(cells: Iterable[str | None]) -> bool:
    """Whether the only text in a record is a word for a total, and its other fields are numbers."""
    filled = [" ".join(cell.split()) for cell in cells if cell and cell.strip()]
    texts = [cell for cell in filled if not _NUMBER.fullmatch(cell)]
    return len(texts) == 1 and _TOTAL.fullmatch(texts[0]) is not None


def pass_over(file: TextFile, contract: Contract) -> TextFile:
    """Leave out blank rows and totals, and number the other records from 1."""
    left_out, totals = [], list(file.totals)
    others = [column.name for column in contract.columns if column.name != contract.subject]
    for row in _candidates(file.rows, contract).to_pylist():
        texts = [row[name] for name in others]
        if is_blank([*texts, row[contract.subject]]):
            left_out.append(row["source_row"])
        elif is_total([*texts, row[contract.subject]]) or is_total(texts):
            left_out.append(row["source_row"])
            totals.append(row["line"])
    notes = [*file.notes, *([_note(sorted(totals))] if totals else [])]
    if not left_out:
        return replace(file, totals=totals, notes=notes)
    gone = np.array(sorted(left_out))
    kept = file.rows.filter(pc.invert(pc.is_in(file.rows["source_row"], pa.array(gone))))
    old = kept["source_row"].to_numpy()
    numbers = pa.array(old - np.searchsorted(gone, old), pa.int64())
    return replace(
        file,
        rows=kept.set_column(0, "source_row", numbers),
        broken=[
            replace(b, source_row=b.source_row - int(np.searchsorted(gone, b.source_row)))
            for b in file.broken
        ],
        totals=totals,
        notes=notes,
    )


def _candidates(rows: pa.Table, contract: Contract) -> pa.Table:
    """The rows in which at most one required text is filled in, besides the subject."""
    texts = [
        column.name
        for column in contract.columns
        if column.required
        and column.logical_type not in {"number", "integer"}
        and column.name != contract.subject
    ]
    # in such a row, at least one of any two texts is blank; this is true of few rows
    blank = [pc.invert(_is_filled(rows[name])) for name in texts[:2]]
    rows = rows.filter(reduce(pc.or_, blank)) if len(texts) > 1 else rows
    filled = [_is_filled(rows[name]).cast(pa.int8()) for name in texts]
    return rows.filter(pc.less_equal(reduce(pc.add, filled), 1)) if filled else rows


def _is_filled(texts: pa.ChunkedArray) -> pa.Array:
    trimmed = pc.fill_null(pc.utf8_trim_whitespace(texts), "").combine_chunks()
    return pc.not_equal(trimmed, "")


def _note(lines: list[int]) -> Message:
    return counted(
        "line {lines} holds a total and was not read",
        "lines {lines} hold totals and were not read",
        len(lines),
        lines=lines,
    )
