"""Write the rows of a seed into a file that a secretariat can edit and add again."""

import csv
import io

import xlsxwriter

from klynge.reference.seeds import Rows


def template_csv(columns: tuple[str, ...], rows: Rows) -> bytes:
    """Write rows as a CSV file for Danish spreadsheets.

    The file has semicolons, and is UTF-8 with a byte order mark.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(seed: str, columns: tuple[str, ...], rows: Rows) -> bytes:
    """Write rows as a workbook of one sheet.

    All cells are text, so that no program changes their values.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(seed)
        text = workbook.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 22, text)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, workbook.add_format({"bold": True}))
            for number, row in enumerate(rows, start=1):
                sheet.write_string(number, place, row[column], text)
    return content.getvalue()
