"""Rejected rows as a file for the reporter: line, column, value and reason.

A rejected value may look like a formula; these files store it as text.
"""

import csv
import io
import re

import pyarrow as pa
import xlsxwriter

from klynge.intake.contracts import Contract

#: Language -> the header, and the text in place of a column name if a whole record is faulty.
_WORDS = {
    "da": (("linje", "kolonne", "værdi", "årsag"), "hele posten"),
    "en": (("line", "column", "value", "reason"), "the whole record"),
}
LANGUAGES = tuple(_WORDS)

#: A text that a spreadsheet reads as a formula; a number with a sign is not a formula.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?!\d[\d.,]*\Z)")
_SHEET_ROWS = 1_048_575  # of one sheet, below its header


def rejected_rows(
    rejected: pa.Table, contract: Contract, language: str
) -> list[tuple[int, str, str, str]]:
    """Line, column with its Danish label, value and reason of each fault; see :data:`LANGUAGES`."""
    labels = {c.name: f"{c.label_da} ({c.name})" for c in contract.columns}
    _, whole_record = _WORDS[language]
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


def rejected_csv(rejected: pa.Table, contract: Contract, language: str) -> bytes:
    """A CSV file in the contract's dialect, with a BOM so that spreadsheets read its letters."""
    text = io.StringIO(newline="")
    dialect = contract.dialect
    writer = csv.writer(text, delimiter=dialect.delimiter, quotechar=dialect.quote)
    writer.writerow(_WORDS[language][0])
    for line, *texts in rejected_rows(rejected, contract, language):
        writer.writerow([line, *map(_inert, texts)])
    return text.getvalue().encode("utf-8-sig")


def rejected_xlsx(rejected: pa.Table, contract: Contract, language: str) -> bytes:
    """A workbook of one sheet; it holds the first faults if there are more than it has rows."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(contract.dataset[:31])
        sheet.write_row(0, 0, _WORDS[language][0], workbook.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, 3, 40)
        faults = rejected_rows(rejected.slice(0, _SHEET_ROWS), contract, language)
        for row, (line, *texts) in enumerate(faults, start=1):
            sheet.write_number(row, 0, line)
            for place, value in enumerate(texts, start=1):
                sheet.write_string(row, place, value)
    return content.getvalue()


def _inert(text: str) -> str:
    """The text, with an apostrophe in front if a spreadsheet would read it as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text
