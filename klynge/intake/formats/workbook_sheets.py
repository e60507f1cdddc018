"""Choose the sheet of a workbook that has the rows; refuse rows in several sheets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from klynge.intake.contracts import Contract
from klynge.intake.formats.text_file import FileRefusedError, known_names, looks_like_header
from klynge.intake.registers import codes_by_name
from klynge.intake.spelling import plain_name
from klynge.messages import Message, counted, message

#: The sheets of a template besides its table.
GUIDE, LISTS = "Vejledning", "Kodelister"
#: The header, or rows without a header, are searched for in this many rows of a sheet.
_ROWS_SEARCHED = 50


@dataclass(frozen=True)
class Sheet:
    """A sheet with its cells; the first cell is that of row 1 and column A."""

    name: str
    is_visible: bool
    cells: Sequence[Sequence[Any]]

    def filled(self, after: int = -1) -> int:
        """Count the rows with a value below the row at this place."""
        return sum(not is_blank_row(row) for row in self.cells[after + 1 :])


def is_blank_row(cells: Iterable[Any]) -> bool:
    """Whether no cell of the row holds more than blanks."""
    return all(isinstance(value, str) and not value.strip() for value in cells)


def header_place(sheet: Sheet, contract: Contract) -> int | None:
    """Return the place of the row that looks like the contract's header, counted from 0."""
    columns = {column.name for column in contract.columns}
    for place, row in enumerate(sheet.cells[:_ROWS_SEARCHED]):
        names = known_names([str(value) for value in row], contract)
        # a template's lists have the names of columns as well
        if looks_like_header(names, contract) and (
            sheet.name not in {GUIDE, LISTS} or columns <= set(names)
        ):
            return place
    return None


def choose_sheet(
    name: str, sheets: Sequence[Sheet], contract: Contract
) -> tuple[Sheet, list[Message]]:
    """The visible sheet with the rows, and a note on each other sheet that is not empty.

    Raises :class:`FileRefusedError` if several visible sheets have rows, or if only a hidden sheet
    has rows.
    """
    if len(sheets) == 1 and sheets[0].is_visible:
        return sheets[0], []
    headers = {s.name: header_place(s, contract) for s in sheets}
    counts = {s.name: _count_rows(s, headers[s.name]) for s in sheets}
    visible = [s for s in sheets if s.is_visible]
    tables = [s for s in visible if headers[s.name] is not None]
    with_rows = [s for s in tables if counts[s.name]]
    if with_rows:
        header = with_rows[0].cells[headers[with_rows[0].name] or 0]
        with_rows += [
            s
            for s in visible
            if s not in tables and s.name not in {GUIDE, LISTS} and _continues(s, header, contract)
        ]
    hidden = [s for s in sheets if not s.is_visible and headers[s.name] is not None]
    if len(with_rows) > 1:
        raise _several(name, with_rows, counts, contract)
    if not tables and any(counts[s.name] for s in hidden):
        raise _only_hidden(name, next(s for s in hidden if counts[s.name]))
    chosen = [*with_rows, *tables, *_by_name(visible, contract), *visible, *sheets][0]
    return chosen, list(_notes(chosen, sheets))


def _count_rows(sheet: Sheet, header: int | None) -> int:
    return sheet.filled(-1 if header is None else header)


def _by_name(sheets: Iterable[Sheet], contract: Contract) -> list[Sheet]:
    """The sheets with the dataset's name or its label; case does not matter."""
    names = {contract.dataset.casefold(), contract.label_da.casefold()}
    return [s for s in sheets if s.name.strip().casefold() in names]


def _continues(sheet: Sheet, header: Sequence[Any], contract: Contract) -> bool:
    """Whether a sheet without a header has a row that fits under this header.

    In such a row, every required field is filled in, and every coded field has a valid code or the
    name of a code.
    """
    names = known_names([str(value) for value in header], contract)
    required = {
        names.index(column.name): {*column.allowed, *codes_by_name(column.allowed)}
        for column in contract.columns
        if column.required and column.name in names
    }
    return any(
        len(row) > max(required, default=len(row))
        and all(
            str(row[place]).strip()
            and (not codes or {str(row[place]), plain_name(str(row[place]))} & codes)
            for place, codes in required.items()
        )
        for row in sheet.cells[:_ROWS_SEARCHED]
    )


def _several(
    name: str, sheets: Sequence[Sheet], counts: dict[str, int], contract: Contract
) -> FileRefusedError:
    return FileRefusedError(
        message(
            "{file}: {sheets} sheets hold rows: {names}; put the rows of {dataset} into one sheet, "
            "and delete the others; hide a sheet that is not part of the report",
            file=name,
            sheets=len(sheets),
            names=[f"{s.name!r} ({counts[s.name]})" for s in sheets],
            dataset=contract.dataset,
        )
    )


def _only_hidden(name: str, sheet: Sheet) -> FileRefusedError:
    return FileRefusedError(
        message(
            "{file}: the rows are in the hidden sheet {sheet!r}; unhide it",
            file=name,
            sheet=sheet.name,
        )
    )


def _notes(chosen: Sheet, sheets: Sequence[Sheet]) -> Iterable[Message]:
    for sheet in sheets:
        rows = sheet.filled()
        if sheet is chosen or sheet.name in {GUIDE, LISTS} or not rows:
            continue
        if sheet.is_visible:
            yield counted(
                "sheet '{sheet}' was not read; {count:,} row",
                "sheet '{sheet}' was not read; {count:,} rows",
                rows,
                sheet=sheet.name,
            )
        else:
            yield counted(
                "the hidden sheet '{sheet}' was not read; {count:,} row",
                "the hidden sheet '{sheet}' was not read; {count:,} rows",
                rows,
                sheet=sheet.name,
            )
