"""Write rows for programs: as CSV and as JSON, with exact decimals."""

import csv
import json
from decimal import Decimal
from typing import Any, TextIO

import pyarrow as pa

from klynge.errors import InputError
from klynge.messages import message


def write_csv(rows: pa.Table, file: TextIO) -> None:
    """Write the column names and the values as CSV with commas and decimal points."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(rows.column_names)
    for batch in rows.to_batches(max_chunksize=10_000):
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([_plain(value) for value in row] for row in zip(*columns, strict=True))


def to_json(rows: pa.Table, *, only_ascii: bool = False) -> str:
    """Write the rows as a list of objects. Decimals are texts, so they stay exact.

    Raises :class:`InputError` if two columns have the same name.
    """
    require_own_names(rows)
    content = [{name: _plain(value) for name, value in row.items()} for row in rows.to_pylist()]
    return json.dumps(content, ensure_ascii=only_ascii, indent=2, default=str)


def require_own_names(rows: pa.Table) -> None:
    """Raise :class:`InputError` if two columns have the same name."""
    if len(set(rows.column_names)) < rows.num_columns:
        raise InputError(
            message("two columns have the same name: give each column its own name with `as`")
        )


def _plain(value: Any) -> Any:
    # without a format, a decimal with many zeros would be written with an exponent
    return f"{value:f}" if isinstance(value, Decimal) else value
