"""Write an answer as CSV in the form that a Danish Excel expects."""

import csv
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

from klynge.danish_time import TIME_ZONE
from klynge.exports.answers import Answer

#: A spreadsheet reads a text that begins with one of these characters as a formula.
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")


def write_danish_csv(answer: Answer, file: TextIO) -> None:
    """Write Danish headings and values: with semicolons, decimal commas and Danish dates.

    A text that a spreadsheet would read as a formula gets an apostrophe in front. ``file`` is
    opened with the encoding ``utf-8-sig``, because Excel needs the byte order mark.
    """
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([_as_text(heading) for heading in answer.headings])
    for batch in answer.rows.to_batches(max_chunksize=10_000):
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([_danish(value) for value in row] for row in zip(*columns, strict=True))


def _danish(value: Any) -> Any:
    if isinstance(value, bool):
        return "SAND" if value else "FALSK"
    if isinstance(value, date):
        return _danish_day(value)
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)):f}".replace(".", ",")
    return value if value is None or isinstance(value, int) else _as_text(str(value))


def _danish_day(value: date) -> str:
    if not isinstance(value, datetime):
        return f"{value:%d-%m-%Y}"
    local = value.astimezone(TIME_ZONE) if value.tzinfo else value
    return f"{local:%d-%m-%Y %H:%M:%S}"


def _as_text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text
