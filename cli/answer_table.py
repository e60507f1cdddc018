"""Show an answer as a table that fits the screen."""

import os
import sys
from collections.abc import Callable, Sequence

import pyarrow as pa
from rich.cells import cell_len, set_cell_size

from cli.output import console, plain
from klynge.messages import counted, message

#: The number of rows that are shown by default.
ROWS_SHOWN = 40
#: The gap between two columns, and the least widths of a text and of a screen, in characters.
_GAP, _LEAST_TEXT, _LEAST_SCREEN = 2, 12, 20


def show_answer(rows: pa.Table, limit: int, write: Callable[[object], str] = plain) -> None:
    """Print at most ``limit`` rows (0: all rows), and say how many rows and columns are left out.

    ``write`` turns a value into text. On a screen, long texts are cut, and columns without room are
    left out. Numbers are never cut.
    """
    shown = rows.slice(0, limit) if limit else rows
    columns = [
        _Column(name, values, write)
        for name, values in zip(shown.column_names, shown.columns, strict=True)
    ]
    fitting = _fit(columns, _screen_width())
    for cells in zip(*(column.lines() for column in fitting), strict=True):
        console.print("  ".join(cells).rstrip(), soft_wrap=True)
    if shown.num_rows < rows.num_rows:
        said = message(
            "{shown:,} of {rows:,} rows; --limit 0 shows all, and --out FILE writes them to a file",
            shown=shown.num_rows,
            rows=rows.num_rows,
        )
    else:
        said = counted("{count:,} row", "{count:,} rows", rows.num_rows)
    console.print(said, style="dim", soft_wrap=True)
    _say_what_is_cut(columns, fitting)


class _Column:
    """The texts of a column, and its width."""

    def __init__(self, name: str, values: pa.ChunkedArray, write: Callable[[object], str]) -> None:
        self.name = _printable(name)
        self.texts = [_printable(write(value)) for value in values.to_pylist()]
        kind = values.type
        self.is_number = (
            pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind)
        )
        self.is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        self.needs = max(map(cell_len, [self.name, *self.texts]))
        self.width = self.needs

    @property
    def least(self) -> int:
        """The least width at which the column is shown; only texts can be cut."""
        if not self.is_text:
            return self.needs
        return min(self.needs, max(cell_len(self.name), _LEAST_TEXT))

    def lines(self) -> list[str]:
        """The name and the texts, all with the same width."""
        return [self._fill(text) for text in [self.name, *self.texts]]

    def _fill(self, text: str) -> str:
        if self.is_number:
            return " " * (self.width - cell_len(text)) + text
        if cell_len(text) > self.width:
            return set_cell_size(text, self.width - 1) + "…"
        return set_cell_size(text, self.width)


def _fit(columns: Sequence[_Column], screen: int | None) -> list[_Column]:
    """Choose the columns that fit the screen, and cut the longest texts if needed.

    If not all columns fit, columns without a value are left out first, and then the last columns.
    """
    fitting = list(columns)
    if screen is None:
        return fitting
    while len(fitting) > 1 and _room([column.least for column in fitting]) > screen:
        empty = [column for column in fitting if not any(column.texts)]
        fitting.remove([*fitting, *reversed(empty)][-1])
    for column in fitting:
        column.width = max(column.least, min(column.width, screen))
    while _room([column.width for column in fitting]) > screen:
        can_shrink = [column for column in fitting if column.width > column.least]
        if not can_shrink:
            break
        max(can_shrink, key=lambda column: column.width).width -= 1
    return fitting


def _room(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * (len(widths) - 1)


def _say_what_is_cut(columns: Sequence[_Column], fitting: Sequence[_Column]) -> None:
    if left_out := [column.name for column in columns if column not in fitting]:
        said = message(
            "{shown} of {columns} columns fit the screen; not shown: {names}",
            shown=len(fitting),
            columns=len(columns),
            names=left_out,
        )
        console.print(said, style="dim", soft_wrap=True)
    if any(column.width < column.needs for column in fitting):
        said = message("long texts are cut with …; --format csv shows them whole")
        console.print(said, style="dim", soft_wrap=True)


def _screen_width() -> int | None:
    """The width of the terminal, or None if the output goes to a file or to another program."""
    chosen = os.environ.get("COLUMNS", "")
    if chosen.isdecimal() and int(chosen):
        return max(int(chosen), _LEAST_SCREEN)
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return max(os.get_terminal_size(sys.stdout.fileno()).columns, _LEAST_SCREEN)


def _printable(text: str) -> str:
    """A text on one line, without control characters of terminals."""
    return "".join(one if one.isprintable() else " " for one in text)
