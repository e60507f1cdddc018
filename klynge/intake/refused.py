"""A summary of a file's refused rows, with their number, their lines and their amounts."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klynge.home import Home
from klynge.intake.contracts import Contract
from klynge.intake.proposals import read_number
from klynge.messages import Message, counted, joined, message
from klynge.raw_zone import REJECTS, Load, folder

#: At most this many lines are kept.
_LINES_KEPT = 1000
#: At most this many lines are named in a sentence.
LINES_NAMED = 10
KRONER = "kr"


def summarise_refused(
    given: pa.Table, accepted: pa.Array, rejected: pa.Table, repeated: pa.Array, contract: Contract
) -> dict[str, Any]:
    """``{"rows": n, "lines": [4, 5, 6], "amounts": {"amount_kr": "3000000.00"}}``.

    ``given`` has source_row, line and the contract's columns as text. ``accepted`` is the
    source_row of the accepted rows. ``repeated`` is the source_row of refused rows whose amounts
    are not missing, because the row repeats an accepted row or is a template's example.
    ``rejected`` has the faults, with source_row and line. An amount that cannot be read is left
    out. A column without a readable amount has no entry.
    """
    lines = sorted({*zip(*(rejected[n].to_pylist() for n in ("source_row", "line")), strict=True)})
    known = pa.concat_arrays([accepted, repeated])
    refused = given.filter(pc.invert(pc.is_in(given["source_row"], known)))
    amounts = {}
    for column in (c for c in contract.columns if c.unit == KRONER):
        read = [
            amount
            for text in refused[column.name].to_pylist()
            if text and (amount := read_number(text, contract.dialect)) is not None
        ]
        if read:
            amounts[column.name] = str(sum(read, Decimal()).quantize(Decimal("0.01")))
    return {
        "rows": len(lines),
        "lines": [line for _, line in lines[:_LINES_KEPT]],
        "amounts": amounts,
    }


def describe_refused(refused: Mapping[str, Any]) -> Message:
    """A message, such as "1 row of this file was refused: line 4; 3,000,000 kr. among them".

    ``refused`` is the summary that :func:`summarise_refused` returns. If no row was refused, the
    text is empty.
    """
    if not refused.get("rows"):
        return joined([])
    lines = refused.get("lines", [])[:LINES_NAMED]
    if not lines:
        return counted(
            "{count:,} row of this file was refused",
            "{count:,} rows of this file were refused",
            refused["rows"],
        )
    rows = counted(
        "{count:,} row of this file was refused: line {lines}",
        "{count:,} rows of this file were refused: lines {lines}{more}",
        refused["rows"],
        lines=lines,
        more=describe_more(refused["rows"]),
    )
    amounts = [
        message("{amount:,} kr. among them", amount=Decimal(kr))
        for kr in refused["amounts"].values()
    ]
    return joined([rows, *amounts])


def describe_more(count: int) -> str:
    """Say how many lines are not named, such as " and 3 more"; empty if all are named."""
    more = count - LINES_NAMED
    return message(" and {more:,} more", more=more) if more > 0 else ""


def read_refused(home: Home, load: Load) -> dict[str, Any]:
    """Read the summary of a load's refused rows; a load of an older version has no amounts."""
    if load.erased or not load.rows_rejected:
        return {}
    kept: dict[str, Any] = load.about.get("refused", {})
    if kept:
        return kept
    faults = pq.read_table(
        folder(home, load.dataset, load.load_id) / REJECTS, columns=["source_row", "line"]
    )
    lines = sorted({(row["source_row"], row["line"]) for row in faults.to_pylist()})
    return {
        "rows": load.rows_rejected,
        "lines": [line for _, line in lines[:_LINES_KEPT]],
        "amounts": {},
    }


def name_lines(lines: Sequence[int], count: int | None = None) -> str:
    """Name the first lines, such as ``4, 5, 6``, and say how many more lines there are.

    ``count`` is the number of all lines. It is needed only if ``lines`` does not have all of them.
    """
    named = ", ".join(map(str, lines[:LINES_NAMED]))
    more = (len(lines) if count is None else count) - len(lines[:LINES_NAMED])
    return f"{named} and {more:,} more" if more else named
