"""Templates for reporters: the header, an example row, and the allowed values of each column."""

import csv
import io
from datetime import date

import xlsxwriter

from klynge.intake.contracts import Column, Contract
from klynge.intake.row_checks import Registers

_GUIDE, _LISTS = "Vejledning", "Kodelister"
_GUIDE_HEADER = (
    "Kolonne", "Betegnelse", "Description", "Skal udfyldes", "Nøgle", "Skrives som", "Enhed",
    "Mindst", "Højst", "Højst tegn", "Eksempel",
)  # fmt: skip
_WRITTEN_AS = {
    "string": "tekst",
    "integer": "heltal",
    "number": "tal med decimalkomma",
    "boolean": "{} eller {}",
    "date": "dato, år-måned-dag",
}
#: The number of rows with drop-down lists; a reporter may fill in more rows.
_OFFERED_ROWS = 10_000


def template_csv(contract: Contract) -> bytes:
    """The header and an example row in the contract's dialect, with a BOM for spreadsheets."""
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, delimiter=contract.dialect.delimiter, quotechar=contract.dialect.quote
    )
    writer.writerow([c.name for c in contract.columns])
    writer.writerow([c.example for c in contract.columns])
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(contract: Contract, registers: Registers) -> bytes:
    """A workbook of three sheets: the table with an example row, a guide, and the lists."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        table = workbook.add_worksheet(contract.dataset)
        bold = workbook.add_format({"bold": True})
        text = workbook.add_format({"num_format": "@"})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        table.freeze_panes(1, 0)
        for place, column in enumerate(contract.columns):
            table.write_string(0, place, column.name, bold)
            table.write_comment(0, place, f"{column.label_da}. {column.description}")
            shape = {"string": text, "boolean": text, "date": day}.get(column.logical_type)
            table.set_column(place, place, max(14, len(column.name) + 2), shape)
            _write_example(table, place, column, contract)
        _write_guide(workbook, contract, bold)
        lists = {
            place: choices
            for place, column in enumerate(contract.columns)
            if (choices := _choices(column, contract, registers))
        }
        sheet = workbook.add_worksheet(_LISTS)
        for target, (place, choices) in enumerate(lists.items()):
            name = contract.columns[place].name
            sheet.write_row(0, 2 * target, (name, "betegnelse"), bold)
            for row, choice in enumerate(choices.items(), start=1):
                sheet.write_row(row, 2 * target, choice)
            letter = xlsxwriter.utility.xl_col_to_name(2 * target)
            table.data_validation(
                1, place, _OFFERED_ROWS, place,
                {
                    "validate": "list",
                    "source": f"={_LISTS}!${letter}$2:${letter}${len(choices) + 1}",
                    "error_title": "Ikke en tilladt værdi",
                    "error_message": f"Vælg en værdi fra listen for {name}.",
                },
            )  # fmt: skip
    return content.getvalue()


def _write_example(
    table: xlsxwriter.worksheet.Worksheet, place: int, column: Column, contract: Contract
) -> None:
    if not column.example:
        return
    if column.logical_type in {"integer", "number"}:
        plain = column.example.replace(contract.dialect.thousands, "")
        table.write_number(1, place, float(plain.replace(contract.dialect.decimal, ".")))
    elif column.logical_type == "date":
        table.write_datetime(1, place, date.fromisoformat(column.example))
    else:
        table.write_string(1, place, column.example)


def _write_guide(
    workbook: xlsxwriter.Workbook, contract: Contract, bold: xlsxwriter.format.Format
) -> None:
    guide = workbook.add_worksheet(_GUIDE)
    guide.write_string(0, 0, f"{contract.label_da}: {contract.grain}", bold)
    guide.write_row(2, 0, _GUIDE_HEADER, bold)
    guide.set_column(0, len(_GUIDE_HEADER), 22)
    for row, column in enumerate(contract.columns, start=3):
        true, false = contract.dialect.booleans
        told = (
            column.name,
            column.label_da,
            column.description,
            true if column.required else false,
            true if column.name in contract.key else false,
            _WRITTEN_AS[column.logical_type].format(true, false),
            column.unit or "",
            column.minimum,
            column.maximum,
            column.max_length,
            column.example,
        )
        for place, value in enumerate(told):
            if isinstance(value, str):
                guide.write_string(row, place, value)
            elif value is not None:
                guide.write_number(row, place, value)
    for row, rule in enumerate(contract.rules, start=4 + len(contract.columns)):
        guide.write_string(row, 0, f"Regel: {rule.rule_da}")


def _choices(column: Column, contract: Contract, registers: Registers) -> dict[str, str]:
    """Allowed value -> label; empty if every value is allowed."""
    if column.logical_type == "boolean":
        return dict.fromkeys(contract.dialect.booleans, "")
    if column.register:
        return dict.fromkeys(sorted(registers[column.register]), "")
    return column.allowed
