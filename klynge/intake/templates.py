"""Templates for reporters, in Danish: the headings, an example row, a guide and lists of values.

The headings are the Danish labels of the columns. Coded values appear under their Danish names.
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
    "Overskrift", "Beskrivelse", "Skal udfyldes", "Nøgle", "Skrives som", "Enhed", "Mindst",
    "Højst", "Højst tegn", "Eksempel", "Kolonnens kode",
)  # fmt: skip
#: The note on the example row.
_EXAMPLE_NOTE = (
    "Eksempel: slet hele denne linje. Den indlæses aldrig, og en linje med bare én af dens "
    "værdier afvises."
)
_WRITTEN_AS = {
    "string": "tekst",
    "integer": "heltal",
    "number": "tal med decimalkomma",
    "boolean": "{} eller {}",
    "date": "dato, år-måned-dag",
}
#: The number of rows with drop-down lists; a reporter may fill in more rows.
_OFFERED_ROWS = 10_000
#: The heading beside each list.
_OTHER_HEADING = "kode eller betegnelse"
#: The largest width of a column, in characters.
_WIDEST = 45


def example_row(contract: Contract, choices: Mapping[str, Choices], period: str) -> dict[str, str]:
    """Map each column to its text in the example row, which the door refuses.

    ``choices`` are those that :func:`klynge.intake.template_lists.read_choices` returns. ``period``
    may be empty.
    """
    examples = {c.name: _example(c, contract, choices, period) for c in contract.columns}
    return {name: marked_example(example) for name, example in examples.items()}


def _example(
    column: Column, contract: Contract, choices: Mapping[str, Choices], period: str
) -> str:
    if column.logical_type == "date" and contract.period_kind == "year" and period:
        return f"{period}{column.example[4:]}"
    offered = choices.get(column.name)
    if offered is None or not column.example:
        return column.example
    # a list with only the reporter's own organisation lacks the organisation of the contract's
    # example
    code = column.example if column.example in offered.values else next(iter(offered.values))
    return offered.written[code]


def template_csv(contract: Contract, choices: Mapping[str, Choices], period: str = "") -> bytes:
    """The headings and an example row in the contract's dialect, with a BOM for spreadsheets."""
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, delimiter=contract.dialect.delimiter, quotechar=contract.dialect.quote
    )
    writer.writerow(column.label_da for column in contract.columns)
    writer.writerow(example_row(contract, choices, period).values())
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(contract: Contract, choices: Mapping[str, Choices], period: str = "") -> bytes:
    """Write a workbook with a sheet for the table, a sheet with a guide, and a sheet with lists."""
    content = io.BytesIO()
    example = example_row(contract, choices, period)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        table = workbook.add_worksheet(contract.label_da)
        _write_table(workbook, table, contract, example, bold)
        _write_guide(workbook.add_worksheet(GUIDE), contract, example, period, bold)
        _write_lists(workbook.add_worksheet(LISTS), table, contract, choices, bold)
    return content.getvalue()


def _write_table(
    workbook: xlsxwriter.Workbook,
    table: Worksheet,
    contract: Contract,
    example: Mapping[str, str],
    bold: Format,
) -> None:
    text = workbook.add_format({"num_format": "@"})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    struck = workbook.add_format(
        {"num_format": "@", "italic": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"}
    )
    table.freeze_panes(1, 0)
    for place, column in enumerate(contract.columns):
        table.write_string(0, place, column.label_da, bold)
        table.write_comment(0, place, f"{column.description_da}. Kode: {column.name}.")
        shape = {"string": text, "boolean": text, "date": day}.get(column.logical_type)
        width = max(14, len(column.label_da) + 2, len(example[column.name]) + 2)
        table.set_column(place, place, min(width, _WIDEST), shape)
        table.write_string(1, place, example[column.name], struck)
    table.write_comment(1, 0, _EXAMPLE_NOTE)


def _write_guide(
    guide: Worksheet, contract: Contract, example: Mapping[str, str], period: str, bold: Format
) -> None:
    about = f" {period}" if period else ""
    guide.write_string(0, 0, f"{contract.label_da}{about}: {contract.grain_da}", bold)
    guide.write_string(
        1, 0,
        f"Udfyld arket {contract.label_da}. Slet den røde eksempelrække ({EXAMPLE_MARK}). Lad "
        f"overskriften stå i første linje, og skriv alle rækker i det ene ark. Vælg værdierne fra "
        f"rullelisterne; koderne i arket {LISTS} kan også bruges.",
    )  # fmt: skip
    guide.write_row(3, 0, _GUIDE_HEADER, bold)
    guide.set_column(0, len(_GUIDE_HEADER), 22)
    true, false = contract.dialect.booleans
    for row, column in enumerate(contract.columns, start=4):
        cells = (
            column.label_da,
            column.description_da,
            true if column.required else false,
            true if column.name in contract.key else false,
            _WRITTEN_AS[column.logical_type].format(true, false),
            unit_in_danish(column),
            column.minimum,
            column.maximum,
            column.max_length,
            example[column.name].removeprefix(EXAMPLE_MARK).strip(),
            column.name,
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
    """Write two columns for each list, and add the drop-down lists to the table.

    The first column has the texts that a reporter chooses from: names, or codes that no name can
    stand for. The second has the code of each name, or the name of each code.
    """
    columns = [column.name for column in contract.columns]
    for number, (name, offered) in enumerate(choices.items()):
        first = 2 * number
        heading = contract.columns[columns.index(name)].label_da
        sheet.write_row(0, first, (heading, _OTHER_HEADING), bold)
        for row, (code, label) in enumerate(offered.values.items(), start=1):
            text = offered.written[code]
            sheet.write_row(row, first, (text, label if text == code else code))
        sheet.set_column(first, first + 1, 24)
        letter = xlsxwriter.utility.xl_col_to_name(first)
        place = columns.index(name)
        table.data_validation(
            1, place, _OFFERED_ROWS, place,
            {
                "validate": "list",
                "source": f"={LISTS}!${letter}$2:${letter}${len(offered.values) + 1}",
                "error_title": "Ikke en værdi fra listen",
                "error_message": f"Vælg en værdi fra listen for {heading}.",
                # the door accepts more values than such a list offers
                "error_type": "stop" if offered.is_whole else "warning",
            },
        )  # fmt: skip
