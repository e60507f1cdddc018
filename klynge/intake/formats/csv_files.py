"""Read CSV as a table of text, with Arrow if every record is whole, else record by record."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from klynge.intake.contracts import Contract, Dialect
from klynge.intake.formats.passed_over import is_blank, is_total
from klynge.intake.formats.text_file import (
    KEPT_CHARACTERS,
    MAX_FIELD_CHARACTERS,
    BrokenRecord,
    FileRefusedError,
    TextFile,
    check_header,
    known_names,
    looks_like_header,
    nulls_for_empty,
    numbered,
    numbers_to,
)
from klynge.messages import message

_BATCH = 50_000
#: The header is searched for in this many lines and bytes at the beginning of a file.
_HEADER_LINES, _HEADER_BYTES = 20, 100_000
#: The name that a column without a name gets begins with this; all fields of the column must be
#: blank.
_EMPTY = "\0"
#: Separators that other programs write, and their names in English and in Danish.
_SEPARATORS = {
    ",": message("commas"),
    "\t": message("tabs"),
    "|": message("bars"),
    ";": message("semicolons"),
}


def read_csv_file(path: Path, contract: Contract) -> TextFile:
    """Read a file in the contract's dialect, with its first encoding that can decode all bytes."""
    data = _with_newlines(path.name, _as_utf8(path, contract.dialect))
    data, above = _without_lines_above(data, contract.dialect)
    # enough of the file to hold the header
    beginning = data[:_HEADER_BYTES].decode(errors="replace")
    records = islice(_records(beginning, contract.dialect), _HEADER_LINES)
    _, given, raw = next(records, (1, [], ""))
    _check_separator(path.name, raw, contract)
    header = _without_empty_names(known_names(given, contract))
    later = (above + line for line, fields, _ in records if looks_like_header(fields, contract))
    check_header(
        path.name,
        [name for name in given if name],
        contract,
        header_line=next(later, 0),
    )
    # the fast parser assumes that the header has one line
    rows = None if "\n" in raw else _read_sound(data, header, contract)
    if rows is not None:
        return _moved(TextFile(rows, []), above)
    return _moved(_read_record_by_record(data.decode(), header, contract), above)


def _moved(file: TextFile, lines: int) -> TextFile:
    """Add ``lines`` to the line number of each record."""
    if not lines:
        return file
    place = file.rows.column_names.index("line")
    return replace(
        file,
        rows=file.rows.set_column(place, "line", pc.add(file.rows["line"], lines)),
        broken=[replace(b, line=b.line + lines) for b in file.broken],
        totals=[line + lines for line in file.totals],
    )


def _with_newlines(name: str, data: bytes) -> bytes:
    """End all lines with a line feed if they end with a single carriage return, as on old Macs."""
    if b"\r" not in data:
        return data
    if b"\n" not in data:
        return data.replace(b"\r", b"\n")
    if 2 * data.count(b"\r\r\n") > data.count(b"\n"):
        raise FileRefusedError(
            message(
                "{file}: its lines end in two carriage returns and a line feed (CR CR LF); save it "
                "again with CR LF or LF",
                file=name,
            )
        )
    return data


def _without_lines_above(data: bytes, dialect: Dialect) -> tuple[bytes, int]:
    """Return the file from its header on, and the number of lines above the header."""
    above = 0
    separator = f"sep={dialect.delimiter}"
    while b"\n" in data:
        first, _, rest = data.partition(b"\n")
        text = first.decode(errors="replace").strip()
        if text.strip('"') != separator and not is_blank(text.split(dialect.delimiter)):
            break
        data, above = rest, above + 1
    return data, above


def _without_empty_names(header: list[str]) -> list[str]:
    """Give a distinct name to each unnamed column; spreadsheets export such columns."""
    return [name or f"{_EMPTY}{place}" for place, name in enumerate(header)]


def _as_utf8(path: Path, dialect: Dialect) -> bytes:
    data = path.read_bytes()
    if not data.strip():
        raise FileRefusedError(
            message("{file} is empty: it needs a header and rows", file=path.name)
        )
    if data.startswith(b"PK\x03\x04"):
        raise FileRefusedError(
            message("{file} is a workbook and not CSV: give it the ending .xlsx", file=path.name)
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        raise FileRefusedError(message("{file} is UTF-16: save it as UTF-8", file=path.name))
    if data.isascii():
        return data
    reached = 0
    for encoding in dialect.encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
        else:
            return data.removeprefix(b"\xef\xbb\xbf") if encoding == "utf-8" else text.encode()
    line = data.count(b"\n", 0, reached) + 1
    known = ", ".join(dialect.encodings)
    raise FileRefusedError(
        message(
            "{file}, line {line}: byte {byte} is not a character in {encodings}: save the file as "
            "UTF-8",
            file=path.name,
            line=line,
            byte=f"{data[reached]:#04x}",
            encodings=known,
        )
    )


def _check_separator(name: str, header: str, contract: Contract) -> None:
    """Refuse a file whose separator is not the contract's, with a message that names it."""
    right = contract.dialect.delimiter
    if looks_like_header(_cells(header, right, contract.dialect), contract):
        return
    for separator, called in _SEPARATORS.items():
        if separator != right and looks_like_header(
            _cells(header, separator, contract.dialect), contract
        ):
            raise FileRefusedError(
                message(
                    "{file}, header: columns must be separated by {right!r}, not by {given}; save "
                    "the file again as CSV with semicolons, or as XLSX",
                    file=name,
                    right=right,
                    given=called,
                )
            )


def _cells(line: str, separator: str, dialect: Dialect) -> list[str]:
    return [cell.strip(f" {dialect.quote}") for cell in line.strip().split(separator)]


def _read_sound(data: bytes, header: list[str], contract: Contract) -> pa.Table | None:
    """Return the rows of a file in which every record is whole; None if a record may be broken."""
    has_quotes = contract.dialect.quote.encode() in data
    if _may_be_broken(data, contract.dialect, has_quotes=has_quotes):
        return None
    try:
        table = _parsed(data, header, contract, has_quotes=has_quotes)
    except pa.ArrowInvalid:
        return None
    unnamed = [name for name in table.column_names if name.startswith(_EMPTY)]
    if any(pc.any(pc.is_valid(table[name])).as_py() for name in unnamed):
        return None
    numbers = numbers_to(table.num_rows)
    lines = pc.add(numbers, 1)
    inner = 0
    if has_quotes:
        breaks = _newlines_in(table)
        inner = pc.sum(breaks).as_py() or 0
        lines = pc.add(lines, pc.subtract(pc.cumulative_sum(breaks), breaks))
    # a blank line is not a record, but it counts as a line
    ends = data.count(b"\n") + (not data.endswith(b"\n"))
    if ends != 1 + table.num_rows + inner or _has_huge_field(table):
        return None
    return numbered(table.drop_columns(unnamed), numbers, lines)


def _may_be_broken(data: bytes, dialect: Dialect, *, has_quotes: bool) -> bool:
    lone_returns = b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
    return b"\0" in data or lone_returns or (has_quotes and not _quotes_are_paired(data, dialect))


def _parsed(data: bytes, header: list[str], contract: Contract, *, has_quotes: bool) -> pa.Table:
    """Parse the file with Arrow; raise :class:`pyarrow.ArrowInvalid` if a record is broken."""
    dialect = contract.dialect
    return csv.read_csv(
        pa.py_buffer(data),
        csv.ReadOptions(column_names=header, skip_rows=1),
        csv.ParseOptions(
            delimiter=dialect.delimiter, quote_char=dialect.quote, newlines_in_values=has_quotes
        ),
        csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()),
            include_columns=[
                *(c.name for c in contract.columns),
                *(name for name in header if name.startswith(_EMPTY)),
            ],
            null_values=[""],
            check_utf8=False,
            strings_can_be_null=True,
        ),
    )


def _has_huge_field(table: pa.Table) -> bool:
    return any(
        (pc.max(pc.binary_length(column)).as_py() or 0) > MAX_FIELD_CHARACTERS
        for column in table.columns
    )


def _quotes_are_paired(data: bytes, dialect: Dialect) -> bool:
    """Whether each quote opens a field, closes a field, or belongs to a doubled quote in a field.

    The first quote of the file opens, the second one closes, and so on in turn.
    """
    import numpy as np  # noqa: PLC0415 - most files have no quotes

    delimiter, quote = dialect.delimiter.encode(), dialect.quote.encode()
    characters = np.frombuffer(b"\n" + data + b"\n", np.uint8)
    quotes = np.flatnonzero(characters == ord(quote))
    before = characters[quotes[0::2] - 1]
    after = characters[quotes[1::2] + 1]
    return (
        len(quotes) % 2 == 0
        and bool(np.isin(before, list(delimiter + quote + b"\n")).all())
        and bool(np.isin(after, list(delimiter + quote + b"\r\n")).all())
    )


def _newlines_in(table: pa.Table) -> pa.Array:
    total = pa.array([0] * table.num_rows, pa.int64())
    for column in table.columns:
        here = pc.fill_null(pc.count_substring(column, "\n"), 0)
        total = pc.add(total, here.cast(pa.int64()).combine_chunks())
    return total


def _read_record_by_record(text: str, header: list[str], contract: Contract) -> TextFile:
    """Read the records of a file with broken records one by one, which is slow."""
    batches: list[pa.Table] = []
    broken: list[BrokenRecord] = []
    totals: list[int] = []
    good: list[tuple[int, int, list[str]]] = []
    number = 0
    records = _records(text, contract.dialect)
    next(records)  # the header
    for line, fields, raw in records:
        fault = _broken_because(fields, raw, header, contract.dialect.quote)
        if fault == "fields" and is_blank(fields):
            continue
        if fault == "fields" and is_total(fields):
            totals.append(line)
            continue
        number += 1
        if fault == "carriage_return":
            _refuse_mixed_line_ends(raw, line, len(header), contract)
        if fault:
            broken.append(BrokenRecord(number, line, "", raw[:KEPT_CHARACTERS], fault, len(fields)))
        else:
            good.append((number, line, fields))
        if len(good) == _BATCH:
            batches.append(_batch(good, header, contract))
            good = []
    batches.append(_batch(good, header, contract))
    return TextFile(pa.concat_tables(batches), broken, totals=totals)


def _refuse_mixed_line_ends(raw: str, line: int, width: int, contract: Contract) -> None:
    """Refuse a file in which some lines end with a line feed and others only with a CR."""
    pieces = [piece.split(contract.dialect.delimiter) for piece in raw.split("\r") if piece]
    if len(pieces) > 1 and all(len(piece) == width for piece in pieces):
        raise FileRefusedError(
            message(
                "line {line}: the file's lines end in different ways, some with a carriage return "
                "alone (CR); save it again with CR LF or LF",
                line=line,
            )
        )


def _broken_because(fields: list[str], raw: str, header: Sequence[str], quote: str) -> str | None:
    """Return the fault of a record, or None. A record that could not be parsed has no fields."""
    if "\0" in raw:
        return "nul"
    if not fields:
        return "quotes" if quote in raw else "carriage_return"
    if len(raw) > MAX_FIELD_CHARACTERS < max(map(len, fields)):
        return "huge"
    if len(fields) != len(header) or any(
        field.strip() for name, field in zip(header, fields, strict=True) if name[0] == _EMPTY
    ):
        return "fields"
    return None


def _batch(
    good: list[tuple[int, int, list[str]]], header: list[str], contract: Contract
) -> pa.Table:
    columns = zip(*(fields for _, _, fields in good), strict=True) if good else [()] * len(header)
    return numbered(
        _table(columns, header, contract),
        pa.array([number for number, _, _ in good], pa.int64()),
        pa.array([line for _, line, _ in good], pa.int64()),
    )


def _records(text: str, dialect: Dialect) -> Iterator[tuple[int, list[str], str]]:
    """Yield the line, fields and text of each record; a record that cannot be parsed has no fields.

    A record whose quotes do not match ends with its first line, so that a stray quote spoils only
    one line. A blank line is not a record.
    """
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    field = re.compile(
        rf"{quote}(?P<quoted>(?:[^{quote}]++|{quote}{quote})*+){quote}"
        rf"|(?P<plain>[^{delimiter}{quote}\r\n]*+)"
    )
    position, line = 0, 1
    while position < len(text):
        end = text.find("\n", position) % (len(text) + 1)
        raw = text[position:end]
        fields: list[str] = []
        if dialect.quote in raw:
            taken = _quoted_record(text, position, field, dialect)
            if taken:
                fields, end = taken
                raw = text[position:end]
        elif "\r" not in raw.removesuffix("\r"):
            fields = raw.removesuffix("\r").split(dialect.delimiter)
        if raw not in {"", "\r"}:
            yield line, fields, raw
        line += raw.count("\n") + 1
        position = end + 1


def _quoted_record(
    text: str, position: int, field: re.Pattern[str], dialect: Dialect
) -> tuple[list[str], int] | None:
    """Return the fields of the record at ``position``, and the place where its last line ends."""
    fields = []
    while True:
        match = field.match(text, position)
        if match is None:  # an opening quote without its closing one
            return None
        quoted = match["quoted"]
        fields.append(
            match["plain"] if quoted is None else quoted.replace(dialect.quote * 2, dialect.quote)
        )
        position = match.end()
        following = text[position : position + 2]
        if following.startswith(dialect.delimiter):
            position += 1
        elif following == "" or following.startswith("\n"):
            return fields, position
        elif following == "\r\n" or following == "\r" == text[position:]:
            return fields, position + 1
        else:
            return None


def _table(columns: Iterable[Sequence[str]], header: list[str], contract: Contract) -> pa.Table:
    """Return text columns in the contract's order; an empty field is null."""
    given = dict(zip(header, columns, strict=True))
    arrays = [nulls_for_empty(pa.array(given[c.name], pa.string())) for c in contract.columns]
    return pa.table(arrays, [c.name for c in contract.columns])
