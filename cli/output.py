"""Show answers as tables for people, and as CSV and JSON for programs."""

import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from klynge.errors import InputError
from klynge.exports.rows import to_json, write_csv
from klynge.home import own_alone, write_atomically
from klynge.messages import (
    Language,
    Message,
    counted,
    current_language,
    message,
    shown,
    with_danish_marks,
)

#: The width of the names before facts.
_NAME_WIDTHS = {Language.en: 10, Language.da: 12}

#: The width for a pipe or a file, so large that lines are neither folded nor cut.
_PIPE_WIDTH = 10_000


def _width(stream: TextIO | None) -> int | None:
    """Return the width for Rich; if it is None, Rich asks the terminal."""
    return None if stream is not None and stream.isatty() else _PIPE_WIDTH


class MessageConsole(Console):
    """Prints messages in the language of the command."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as Rich does."""
        super().print(*map(shown, objects), **options)


console = MessageConsole(highlight=False, markup=False, width=_width(sys.stdout))
errors = MessageConsole(stderr=True, highlight=False, markup=False, width=_width(sys.stderr))


def replace_unencodable_characters() -> None:
    """Write ``?`` for a character that the encoding of the terminal or pipe lacks.

    Examples are "ø" on an ASCII terminal, and a file name that is not UTF-8.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


class Format(StrEnum):
    """How to show an answer."""

    table = "table"
    csv = "csv"
    json = "json"


def show(answer: pa.Table, output: Format) -> None:
    """Print an answer. Decimals are exact in every format; in JSON they are strings."""
    if output is Format.csv:
        write_csv(answer, sys.stdout)
    elif output is Format.json:
        # JSON can escape every character, so that no character is lost in the encoding
        utf8 = (sys.stdout.encoding or "utf-8").lower().replace("_", "-") == "utf-8"
        print(to_json(answer, only_ascii=not utf8))  # noqa: T201
    else:
        rows = list(zip(*(column.to_pylist() for column in answer.columns), strict=True))
        show_table(answer.column_names, rows)
        console.print(counted("{count:,} row", "{count:,} rows", len(rows)), style="dim")


def show_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows as a plain table that can also be piped."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for i, name in enumerate(names):
        number = any(isinstance(row[i], int | Decimal | float) for row in rows)
        table.add_column(shown(name), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(plain(value) for value in row))
    console.print(table)


def print_indented(text: str, style: str | None = None, level: int = 1) -> None:
    """Print an indented line; ``level`` says how many times it is indented."""
    console.print(f"{'  ' * level}{shown(text)}", style=style, soft_wrap=True)


def show_facts(*facts: tuple[str, str], style: str | None = None) -> None:
    """Print each fact on its own line, after its name."""
    width = _NAME_WIDTHS[current_language()]
    for name, fact in facts:
        console.print(f"{shown(name):<{width - 1}} {shown(fact)}", style=style, soft_wrap=True)


def require_folder(out: Path | None) -> None:
    """Raise :class:`InputError`, before any work, if the folder of ``out`` does not exist."""
    if out is not None and not out.absolute().parent.is_dir():
        raise InputError(
            message(
                "{folder} is not a folder: create it, or give another --out",
                folder=str(out.absolute().parent),
            )
        )


def put(text: str, out: Path | None) -> None:
    """Print a text, or write it into a file that only its owner may read."""
    if out is None:
        print(text.removesuffix("\n"))  # noqa: T201
        return
    write_atomically(out, text.encode())
    own_alone(out)
    console.print(str(out), soft_wrap=True)


def plain(value: Any) -> str:
    """Write a value for a person, without trailing zeros; null becomes an empty text.

    In Danish, kroner are written as ``1.234,50``, other numbers with decimals as ``1.234,5``, days
    as ``01-03-2025``, and truth values as words. In English, a value is written as it is in the
    data.
    """
    if isinstance(value, Message):
        return str(shown(value))
    if value is None:
        return ""
    if current_language() is Language.da:
        value = _in_danish(value)
    return _without_zeros(f"{value:f}") if isinstance(value, Decimal) else str(value)


def with_thousands(value: Any) -> str:
    """Write a value like :func:`plain`, but with a mark between the thousands of a number.

    Use this only for columns of quantities, because a year would get a mark as well.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return plain(value)
    if current_language() is Language.en:
        return _without_zeros(f"{value:,f}") if isinstance(value, Decimal) else f"{value:,}"
    return plain(value) if isinstance(value, Decimal) else with_danish_marks(f"{value:,}")


def _in_danish(value: Any) -> Any:
    """Write a number with decimals, a day or a truth value in Danish; return others unchanged."""
    match value:
        case bool():
            return shown(message("yes") if value else message("no"))
        case Decimal() if value.is_finite():
            text = f"{value:,f}"
            has_ore = value.as_tuple().exponent == -2
            return with_danish_marks(text if has_ore else _without_zeros(text))
        case float():
            return with_danish_marks(f"{value:,}")
        case date() if not isinstance(value, datetime):
            return f"{value:%d-%m-%Y}"
    return value


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
