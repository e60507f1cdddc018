"""Read seeds (comma-separated UTF-8 files), and report all problems of a file in one message."""

import csv
import io
from pathlib import Path

from klynge.errors import InputError

#: An error message lists at most this many problems, and the number of the others.
LISTED_PROBLEMS = 20


def summarise(path: Path, problems: list[str]) -> str:
    """One message for all problems of a file: the first ones, and the number of the others."""
    shown = problems[:LISTED_PROBLEMS]
    rest = len(problems) - len(shown)
    more = [f"… and {rest} more"] if rest else []
    return "\n  ".join([f"{path}: {len(problems)} problem(s)", *shown, *more])


def read_utf8(path: Path) -> str:
    """Read a UTF-8 file, with or without BOM; raises :class:`InputError` for other files."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} is missing: put the file back, or correct its name") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}, line {line}: byte {data[error.start]:#04x} is not UTF-8 "
            "(a Windows-1252 file?); save it again as UTF-8"
        ) from None


def read_seed(path: Path, columns: tuple[str, ...] | None = None) -> list[dict[str, str]]:
    """Read a comma-separated UTF-8 file as rows of text.

    If ``columns`` is given, the file must have exactly these columns.
    """
    reader = csv.DictReader(io.StringIO(read_utf8(path), newline=""), strict=True)
    header = tuple(reader.fieldnames or ())
    if columns and header != columns:
        missing, extra = set(columns) - set(header), set(header) - set(columns)
        raise InputError(
            f"{path}, row 1: the header must be {','.join(columns)}"
            + (f"; missing {sorted(missing)}" if missing else "")
            + (f"; unknown {sorted(extra)}" if extra else "")
        )
    rows: list[dict[str, str]] = []
    try:
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise InputError(
                    f"{path}, row {number}: {len(header)} columns expected; "
                    "check the commas and the quotes of this row"
                )
            rows.append(row)
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}; check the quotes") from None
    return rows
