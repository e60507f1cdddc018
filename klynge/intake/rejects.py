"""Write rejected rows into a file for the reporter, with line, column, value and reason.

A rejected value may look like a formula; these files store it as text.
"""

import csv
import io
import re

import pyarrow as pa
import xlsxwriter

from klynge.intake.contracts import Contract
from klynge.messages import Language, message

_HEADER = (message("line"), message("column"), message("value"), message("reason"))
#: The name of the column that names the sheet. Only a file about a workbook has this column.
_SHEET = message("sheet")
#: The text in place of a column's name if a whole record is faulty.
_WHOLE_RECORD = message("the whole record")

#: A text that a spreadsheet reads as a formula; a number with a sign is not a formula.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?!\d[\d.,]*\Z)")
_SHEET_ROWS = 1_048_575  # of one sheet, below its header


def rejected_rows(
    rejected: pa.Table, contract: Contract, language: str
) -> list[tuple[int, str, str, str]]:
    """Return the line, the column with its Danish label, the value and the reason of each fault.

    ``language`` is the language of the reasons, ``da`` or ``en``.
    """
    labels = {c.name: f"{c.label_da} ({c.name})" for c in contract.columns}
    whole_record = _WHOLE_RECORD.text(Language(language))
    return [
        (
            line,
            ", ".join(labels[name] for name in column.split(", ")) if column else whole_record,
            value or "",
            reason,
        )
        for line, column, value, reason in zip(
            *(rejected[n].to_pylist() for n in ("line", "column", "value", f"reason_{language}")),
            strict=True,
        )
    ]


def rejected_csv(rejected: pa.Table, contract: Contract, language: str, sheet: str = "") -> bytes:
    """Write a CSV file in the contract's dialect, with a BOM so that spreadsheets read its letters.

    If ``sheet`` names the sheet that was read from a workbook, each fault names it.
    """
    text = io.StringIO(newline="")
    dialect = contract.dialect
    writer = csv.writer(text, delimiter=dialect.delimiter, quotechar=dialect.quote)
    place = [_inert(sheet)] if sheet else []
    writer.writerow(_header(language, sheet))
    for line, *texts in rejected_rows(rejected, contract, language):
        writer.writerow([*place, line, *map(_inert, texts)])
    return text.getvalue().encode("utf-8-sig")


def rejected_xlsx(rejected: pa.Table, contract: Contract, language: str, sheet: str = "") -> bytes:
    """Write a workbook with one sheet. If the sheet is full, the remaining faults are left out.

    ``sheet``: as in :func:`rejected_csv`.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        table = workbook.add_worksheet(contract.dataset[:31])
        table.write_row(0, 0, _header(language, sheet), workbook.add_format({"bold": True}))
        table.freeze_panes(1, 0)
        first = 1 if sheet else 0
        table.set_column(first + 1, first + 3, 40)
        faults = rejected_rows(rejected.slice(0, _SHEET_ROWS), contract, language)
        for row, (line, *texts) in enumerate(faults, start=1):
            if sheet:
                table.write_string(row, 0, sheet)
            table.write_number(row, first, line)
            for place, value in enumerate(texts, start=first + 1):
                table.write_string(row, place, value)
    return content.getvalue()


def _header(language: str, sheet: str) -> tuple[str, ...]:
    names = (_SHEET, *_HEADER) if sheet else _HEADER
    return tuple(name.text(Language(language)) for name in names)


def _inert(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would read as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
