"""A submitted file as a table of text, and its broken records.

CSV, XLSX and Parquet give the same table: every value is text, written in the contract's dialect.
So one set of checks serves all three formats. Nothing is lost: each record is either a row of the
table or a fault with the record's text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from klynge.errors import InputError
from klynge.intake.contracts import Column, Contract
from klynge.intake.spelling import plain_name
from klynge.messages import Message, joined, label, message

#: Larger files are refused: about five million participants.
MAX_FILE_BYTES = 500_000_000
#: A packed file may not unpack to more bytes than this, or to more than this many times its own
#: size. Real files unpack to at most 20 times their size.
MAX_UNPACKED_BYTES, MAX_UNPACKED_RATIO = 500_000_000, 100
_SMALL_BYTES = 20_000_000
#: A longer field is probably a quote that was never closed.
MAX_FIELD_CHARACTERS = 1_000_000
#: Number of characters kept of a broken record.
KEPT_CHARACTERS = 1000


class FileRefusedError(InputError):
    """A file that cannot be read as a whole; nothing of it is loaded."""


class HeaderRefusedError(FileRefusedError):
    """A file whose columns are not the contract's; ``header`` has the names of its columns."""

    def __init__(self, reason: Message, header: Sequence[str]) -> None:
        super().__init__(reason)
        self.header = header


@dataclass(frozen=True)
class BrokenRecord:
    """A record that gives no row, with its place, its fault and its first characters.

    ``column`` is empty if the whole record is broken. ``fields`` is the number of fields in it.
    """

    source_row: int
    line: int
    column: str
    value: str
    fault: str
    fields: int = 0


@dataclass(frozen=True)
class TextFile:
    """The records of a file.

    ``rows`` is in the file's order. Its first columns are source_row and line (int64), and its
    other columns are those of the contract, as text; an empty value is null. A line is a physical
    line of the file, or a row of the sheet. ``broken_rows`` has the same columns for the broken
    records that have a field for each column. ``totals`` are the lines that have a total and no
    row. ``sheet`` is the sheet that was read from a workbook. ``notes`` are remarks for the
    reporter about how the file was read.
    """

    rows: pa.Table
    broken: list[BrokenRecord]
    broken_rows: pa.Table | None = None
    totals: list[int] = field(default_factory=list)
    sheet: str = ""
    notes: list[Message] = field(default_factory=list)


def refuse_bomb(path: Path, unpacked: int) -> None:
    """Refuse a packed file if its unpacked size, as the file states it, is above a limit."""
    packed = max(path.stat().st_size, 1)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > max(packed * MAX_UNPACKED_RATIO, _SMALL_BYTES):
        raise FileRefusedError(
            message(
                "{file}: {packed:,} bytes unpack to {unpacked:,}: send it as CSV, or in parts",
                file=path.name,
                packed=packed,
                unpacked=unpacked,
            )
        )


def known_names(header: Sequence[str], contract: Contract) -> list[str]:
    """Replace labels and other spellings in the header by the contract's names.

    For example ``amount_kr`` for ``Beløb``, ``BELØB`` or ``Amount_kr``. Other names are unchanged.
    """
    names = _meanings(contract)
    return [names.get(plain_name(name), name) for name in header]


def _meanings(contract: Contract) -> dict[str, str]:
    """Map each spelling of a label or a name to the contract's name of the column."""
    names = {plain_name(f"{c.label_da} ({c.name})"): c.name for c in contract.columns}
    names |= {plain_name(column.label_da): column.name for column in contract.columns}
    return names | {plain_name(column.name): column.name for column in contract.columns}


def looks_like_header(cells: Sequence[str], contract: Contract) -> bool:
    """Whether at least half of the contract's columns are named."""
    found = set(known_names(cells, contract)) & {column.name for column in contract.columns}
    return len(found) >= max(2, (len(contract.columns) + 1) // 2)


def check_header(
    name: str, given: Sequence[str], contract: Contract, *, sheet: str = "", header_line: int = 0
) -> None:
    """Refuse a file whose columns are not the contract's; their order is free.

    ``given`` are the headings of the file. ``sheet`` is the sheet of a workbook. ``header_line`` is
    the number of a later line that looks like the header, or 0.
    """
    header = known_names(given, contract)
    missing = [c for c in contract.columns if c.name not in header]
    problems = [
        *_unknown_columns(header, contract, missing or contract.columns),
        *_repeated_columns(given, header, contract),
        *(message("missing column {column}", column=name_column(c)) for c in missing),
    ]
    if not problems:
        return
    if header_line:
        problems = [
            message(
                "line {line} looks like the header, and must be the first line", line=header_line
            )
        ]
        remedy = message("delete the lines above it")
    else:
        remedy = _right_header(contract)
    raise HeaderRefusedError(
        message(
            "{place}, header: {problems}; {remedy}",
            place=place_of(name, sheet),
            problems=joined(problems),
            remedy=remedy,
        ),
        header,
    )


def name_column(column: Column) -> Message:
    """Name a column for a reporter; in Danish, the template's heading comes before the name."""
    return label(column.name, f"{column.label_da} ({column.name})")


def place_of(name: str, sheet: str) -> str:
    """A file, and the sheet in it if there is one."""
    return message("{file}, sheet {sheet!r}", file=name, sheet=sheet) if sheet else name


def _unknown_columns(
    header: Sequence[str], contract: Contract, candidates: Sequence[Column]
) -> Iterator[Message]:
    spellings = {plain_name(c.label_da): c for c in candidates}
    spellings |= {plain_name(c.name): c for c in candidates}
    expected = {column.name for column in contract.columns}
    for column in dict.fromkeys(c for c in header if c not in expected):
        near = get_close_matches(plain_name(column), spellings, 1)
        if near:
            yield message(
                "unknown column {column!r} (is it {near}?)",
                column=column,
                near=name_column(spellings[near[0]]),
            )
        else:
            yield message("unknown column {column!r}", column=column)


def _repeated_columns(
    given: Sequence[str], header: Sequence[str], contract: Contract
) -> Iterator[Message]:
    for column in contract.columns:
        headings = [own for own, name in zip(given, header, strict=True) if name == column.name]
        if len(set(headings)) > 1:
            yield message(
                "the headings {headings} all mean the column {column}; keep one of them",
                headings=[repr(heading) for heading in headings],
                column=name_column(column),
            )
        elif len(headings) > 1:
            yield message(
                "column {column} occurs {count} times",
                column=name_column(column),
                count=len(headings),
            )


def _right_header(contract: Contract) -> Message:
    if contract.has_template:
        template = f"`klynge template {contract.dataset}`"
        return message("{command} writes the right header", command=template)
    right = contract.dialect.delimiter.join(c.name for c in contract.columns)
    return message("write {header}", header=right)


def numbered(rows: pa.Table, numbers: pa.Array, lines: pa.Array) -> pa.Table:
    """Add source_row and line as the first columns of the rows."""
    columns = {"source_row": numbers, "line": lines}
    return pa.table(columns | dict(zip(rows.column_names, rows.columns, strict=True)))


def numbers_to(count: int) -> pa.Array:
    """1, 2, … up to ``count``."""
    return pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), count))


def nulls_for_empty(texts: pa.Array) -> pa.Array:
    """The texts, with null for an empty text."""
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def without_huge_fields(file: TextFile) -> TextFile:
    """Turn every row that has a field longer than the limit into a broken record."""
    huge = pa.chunked_array([pa.repeat(pa.scalar(False), file.rows.num_rows)])
    for column in file.rows.columns[2:]:
        length = pc.fill_null(pc.binary_length(column), 0)
        huge = pc.or_(huge, pc.greater(length, MAX_FIELD_CHARACTERS))
    if not pc.any(huge).as_py():
        return file
    broken = [
        BrokenRecord(row["source_row"], row["line"], "", str(row)[:KEPT_CHARACTERS], "huge")
        for row in file.rows.filter(huge).to_pylist()
    ]
    return replace(file, rows=file.rows.filter(pc.invert(huge)), broken=file.broken + broken)
