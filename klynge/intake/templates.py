"""Templates for reporters, in Danish: the header, an example row, a guide and lists of values.

Each value of the example row begins with :data:`EXAMPLE_MARK`. So the door recognises the row and
never loads it, even if some of its values were overwritten.
"""

import csv
import io
from collections.abc import Mapping

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from klynge.intake.contracts import Column, Contract
from klynge.intake.formats.workbook_sheets import GUIDE, LISTS
from klynge.intake.row_checks import EXAMPLE_MARK, marked_example
from klynge.intake.template_lists import Choices, unit_in_danish

_GUIDE_HEADER = (
    "Kolonne", "Betegnelse", "Beskrivelse", "Skal udfyldes", "Nøgle", "Skrives som", "Enhed",
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


def example_row(contract: Contract, period: str) -> dict[str, str]:
    """Column -> its text in the example row, which the door refuses; ``period`` may be empty."""
    return {c.name: marked_example(_example(c, contract, period)) for c in contract.columns}


def _example(column: Column, contract: Contract, period: str) -> str:
    if column.logical_type == "date" and contract.period_kind == "year" and period:
        return f"{period}{column.example[4:]}"
    return column.example


def template_csv(contract: Contract, period: str = "") -> bytes:
    """The header and an example row in the contract's dialect, with a BOM for spreadsheets."""
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, delimiter=contract.dialect.delimiter, quotechar=contract.dialect.quote
    )
    example = example_row(contract, period)
    writer.writerow(example)
    writer.writerow(example.values())
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(contract: Contract, choices: Mapping[str, Choices], period: str = "") -> bytes:
    """A workbook of three sheets: the table with an example row, a guide, and the lists."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        table = workbook.add_worksheet(contract.dataset)
        _write_table(workbook, table, contract, period, bold)
        _write_guide(workbook.add_worksheet(GUIDE), contract, period, bold)
        _write_lists(workbook.add_worksheet(LISTS), table, contract, choices, bold)
    return content.getvalue()


def _write_table(
    workbook: xlsxwriter.Workbook, table: Worksheet, contract: Contract, period: str, bold: Format
) -> None:
    text = workbook.add_format({"num_format": "@"})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    table.freeze_panes(1, 0)
    example = example_row(contract, period)
    for place, column in enumerate(contract.columns):
        table.write_string(0, place, column.name, bold)
        table.write_comment(0, place, f"{column.label_da}. {column.description_da}.")
        shape = {"string": text, "boolean": text, "date": day}.get(column.logical_type)
        table.set_column(place, place, max(14, len(column.name) + 2), shape)
        if example[column.name]:
            table.write_string(1, place, example[column.name])


def _write_guide(guide: Worksheet, contract: Contract, period: str, bold: Format) -> None:
    about = f" {period}" if period else ""
    guide.write_string(0, 0, f"{contract.label_da}{about}: {contract.grain_da}", bold)
    guide.write_string(
        1, 0,
        f"Udfyld arket {contract.dataset}. Slet eksempelrækken ({EXAMPLE_MARK}). Lad overskriften "
        f"stå i første linje, og skriv alle rækker i det ene ark.",
    )  # fmt: skip
    guide.write_row(3, 0, _GUIDE_HEADER, bold)
    guide.set_column(0, len(_GUIDE_HEADER), 22)
    true, false = contract.dialect.booleans
    for row, column in enumerate(contract.columns, start=4):
        cells = (
            column.name,
            column.label_da,
            column.description_da,
            true if column.required else false,
            true if column.name in contract.key else false,
            _WRITTEN_AS[column.logical_type].format(true, false),
            unit_in_danish(column),
            column.minimum,
            column.maximum,
            column.max_length,
            _example(column, contract, period),
        )
        for place, value in enumerate(cells):
            if isinstance(value, str):
                guide.write_string(row, place, value)
            elif value is not None:
                guide.write_number(row, place, value)
    for row, rule in enumerate(contract.rules, start=5 + len(contract.columns)):
        guide.write_string(row, 0, f"Regel: {rule.rule_da}")


def _write_lists(
    sheet: Worksheet,
    table: Worksheet,
    contract: Contract,
    choices: Mapping[str, Choices],
    bold: Format,
) -> None:
    """Two columns for each list, values and names, and the drop-down lists of the table."""
    columns = [column.name for column in contract.columns]
    for target, (name, offered) in enumerate(choices.items()):
        sheet.write_row(0, 2 * target, (name, "betegnelse"), bold)
        for row, choice in enumerate(offered.values.items(), start=1):
            sheet.write_row(row, 2 * target, choice)
        sheet.set_column(2 * target, 2 * target + 1, 24)
        letter = xlsxwriter.utility.xl_col_to_name(2 * target)
        place = columns.index(name)
        table.data_validation(
            1, place, _OFFERED_ROWS, place,
            {
                "validate": "list",
                "source": f"={LISTS}!${letter}$2:${letter}${len(offered.values) + 1}",
                "error_title": "Ikke en værdi fra listen",
                "error_message": f"Vælg en værdi fra listen for {name}.",
                # the door accepts more values than such a list offers
                "error_type": "stop" if offered.is_whole else "warning",
            },
        )  # fmt: skip
