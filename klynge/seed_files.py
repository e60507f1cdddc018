"""Read seeds (comma-separated UTF-8 files), and report all problems of a file in one message."""

import csv
import io
from pathlib import Path

from klynge.errors import InputError
from klynge.messages import joined, message

#: An error message lists at most this many problems, and says how many more there are.
LISTED_PROBLEMS = 20


def summarise(path: Path, problems: list[str]) -> str:
    """Make a message that lists a file's first problems and says how many more there are."""
    shown = problems[:LISTED_PROBLEMS]
    rest = len(problems) - len(shown)
    more = [f"… and {rest} more"] if rest else []
    return "\n  ".join([f"{path}: {len(problems)} problem(s)", *shown, *more])


def read_utf8(path: Path) -> str:
    """Read a UTF-8 file, with or without BOM; raises :class:`InputError` for other files."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            message("{path} is missing: put the file back, or correct its name", path=str(path))
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            message(
                "{path}, line {line}: byte {byte} is not UTF-8 (a Windows-1252 file?); save it "
                "again as UTF-8",
                path=str(path),
                line=line,
                byte=f"{data[error.start]:#04x}",
            )
        ) from None


def read_seed(path: Path, columns: tuple[str, ...] | None = None) -> list[dict[str, str]]:
    """Read a comma-separated UTF-8 file as rows of text.

    If ``columns`` is given, the file must have exactly these columns.
    """
    reader = csv.DictReader(io.StringIO(read_utf8(path), newline=""), strict=True)
    header = tuple(reader.fieldnames or ())
    if columns and header != columns:
        missing, extra = set(columns) - set(header), set(header) - set(columns)
        header_rule = message(
            "{path}, row 1: the header must be {header}", path=str(path), header=",".join(columns)
        )
        parts = [header_rule]
        if missing:
            parts.append(message("missing {columns}", columns=str(sorted(missing))))
        if extra:
            parts.append(message("unknown {columns}", columns=str(sorted(extra))))
        raise InputError(joined(parts))
    rows: list[dict[str, str]] = []
    try:
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise InputError(
                    message(
                        "{path}, row {row}: {columns} columns expected; check the commas and the "
                        "quotes of this row",
                        path=str(path),
                        row=number,
                        columns=len(header),
                    )
                )
            rows.append(row)
    except csv.Error as error:
        raise InputError(
            message(
                "{path}, line {line}: {error}; check the quotes",
                path=str(path),
                line=reader.line_num,
                error=str(error),
            )
        ) from None
    return rows
