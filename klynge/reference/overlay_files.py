"""Read a file of an overlay, in the form in which a spreadsheet or an editor saves it."""

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from klynge.errors import InputError
from klynge.home import Home, require_file
from klynge.messages import counted, message
from klynge.reference.overlay_seeds import OVERLAY_SEEDS
from klynge.reference.seeds import DAYS, SeedRow

SUFFIXES = (".csv", ".xlsx")
_DELIMITERS = (",", ";", "\t")
#: Larger files are refused, because a file of reference data has only a few hundred rows.
_MAX_BYTES = 10_000_000
_DANISH_DAY = re.compile(r"(\d\d)-(\d\d)-(\d{4})")
_TRUE_OR_FALSE = frozenset({"is_expected", "is_call_rule"})
_TRUTH = {"sand": "true", "ja": "true", "true": "true", "falsk": "false", "nej": "false"}
#: Programs give names with these beginnings to unfinished or private files.
_TEMPORARY = (".", "~")


def find_overlay_files(home: Home) -> dict[str, Path]:
    """Return, by seed, the files in the home's folder ``reference/``.

    Raises :class:`InputError` if the name of a file is not a seed, or if two files are for one
    seed.
    """
    found: dict[str, Path] = {}
    for path in sorted(home.reference.glob("*")):
        if path.is_dir() or path.name.startswith(_TEMPORARY) or path.name == "refused.json":
            continue
        seed = seed_of(path)
        if seed in found:
            raise InputError(
                message(
                    "{one} and {other} both have rows of {seed}: keep only one of the two files",
                    one=str(found[seed]),
                    other=str(path),
                    seed=seed,
                )
            )
        found[seed] = path
    return found


def seed_of(path: Path) -> str:
    """Return the seed that a file's name gives.

    Raises :class:`InputError` if no seed has this name, or if an overlay cannot have rows of the
    seed.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            message(
                "{path} is neither CSV nor XLSX: save it as one of them, or move it away",
                path=str(path),
            )
        )
    name = path.stem.lower()
    if name in OVERLAY_SEEDS:
        return name
    near = difflib.get_close_matches(name, OVERLAY_SEEDS, n=1)
    raise InputError(
        message(
            "{path}: an overlay cannot have rows of {name!r}; use one of {names} (`klynge "
            "reference list` describes them)",
            path=str(path),
            name=name,
            names=near or list(OVERLAY_SEEDS),
        )
    )


def read_overlay_file(path: Path, columns: Sequence[str]) -> list[SeedRow]:
    """Return the rows of a file. Its columns must be ``columns``, in any order.

    Empty rows are skipped. A CSV file has commas, semicolons or tabs, and is UTF-8 or Windows-1252.
    Raises :class:`InputError` if a file cannot be read, or if it has other columns.
    """
    content = _read(path)
    records = _workbook(path, columns) if path.suffix.lower() == ".xlsx" else _csv(path, content)
    header, *body = records or [(0, [])]
    names = header[1]
    if sorted(names) != sorted(columns):
        raise InputError(
            message(
                "{path}, row 1: the columns must be {columns} (missing: {missing}; unknown: "
                "{unknown}); `klynge reference template {seed}` writes them",
                path=str(path),
                columns=list(columns),
                missing=sorted(set(columns) - set(names)) or "-",
                unknown=sorted(set(names) - set(columns)) or "-",
                seed=path.stem.lower(),
            )
        )
    rows = []
    for number, values in body:
        if len(values) != len(names):
            raise InputError(
                counted(
                    "{path}, row {row}: {count} column, but the header has {names}; check the "
                    "separators and the quotes of this row",
                    "{path}, row {row}: {count} columns, but the header has {names}; check the "
                    "separators and the quotes of this row",
                    len(values),
                    path=str(path),
                    row=number,
                    names=len(names),
                )
            )
        by_name = dict(zip(names, values, strict=True))
        typed = {name: _as_written_in_seeds(name, by_name[name]) for name in columns}
        rows.append(SeedRow(typed, path, number))
    return rows


def _as_written_in_seeds(column: str, value: str) -> str:
    """Write a day or a truth value as seeds do. A Danish spreadsheet writes ``31-12-2025``."""
    if column in DAYS and (found := _DANISH_DAY.fullmatch(value)):
        return f"{found[3]}-{found[2]}-{found[1]}"
    return _TRUTH.get(value.lower(), value) if column in _TRUE_OR_FALSE else value


def _read(path: Path) -> bytes:
    require_file(path)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(
                message(
                    "{path} is larger than 10 MB: give a file that has only rows of reference data",
                    path=str(path),
                )
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            message(
                "{path} cannot be read ({fault}): let the warehouse's user read it",
                path=str(path),
                fault=error.strerror,
            )
        ) from error


def _csv(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    """Return the numbered records. The delimiter is the most frequent one in the header."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise InputError(
                message("{path} is neither UTF-8 nor Windows-1252: save it again", path=str(path))
            ) from error
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(_filled(enumerate(reader, start=1)))
    except csv.Error as error:
        raise InputError(
            message(
                "{path}, line {line}: {fault}; check the quotes",
                path=str(path),
                line=reader.line_num,
                fault=str(error),
            )
        ) from None


def _workbook(path: Path, columns: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Return the numbered records of the only sheet whose header has the columns."""
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(
            message(
                "{path} cannot be read as a workbook: {fault}", path=str(path), fault=str(error)
            )
        ) from error
    fitting = {
        name: records
        for name, rows in sheets.items()
        if (records := list(_filled((n, list(map(_text, row))) for n, row in enumerate(rows, 1))))
        and set(columns) <= set(records[0][1])
    }
    if len(fitting) != 1:
        raise InputError(
            message(
                "{path}: exactly one sheet must have the columns {columns}; sheets with these "
                "columns: {sheets}",
                path=str(path),
                columns=list(columns),
                sheets=list(fitting) or "-",
            )
        )
    [records] = fitting.values()
    return records


def _filled(records: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Skip empty records, and remove blanks around values and empty last columns."""
    width = None
    for number, record in records:
        values = [value.strip() for value in record]
        if not any(values):
            continue
        if width is None:
            while values and not values[-1]:
                values.pop()
            width = len(values)
        elif not any(values[width:]):
            values = [*values[:width], *[""] * (width - len(values))]
        yield number, values


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    return value.isoformat() if isinstance(value, date) else str(value)
