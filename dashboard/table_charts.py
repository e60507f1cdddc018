"""Charts of the rows of a table: each mark is a cell, with the cell's figure and link."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from markupsafe import Markup

from dashboard.charts.bars import draw_bars
from dashboard.charts.elements import Caption, Mark, Series, Write
from dashboard.charts.stacks import Stack, draw_stacks
from dashboard.mart_sections import column_places
from dashboard.sections import Cell, Table
from dashboard.view import View
from klynge.messages import message

Draw = Callable[[Table], Markup]


def make_mark(label: str, cell: Cell, *, is_sample: bool, is_certain: bool = True) -> Mark:
    """Return a cell as a mark of a chart."""
    value = None if cell.value is None else Decimal(str(cell.value))
    text = cell.text if value is not None or not cell.note else f"{cell.text} ({cell.note})"
    return Mark(label, value, text, cell.href, is_sample, is_certain)


def bars_of(
    caption: Caption, labels: Sequence[str], value: str, *, is_sample: bool, unit: str = ""
) -> Draw:
    """Return a function that draws a bar for each row of a table, the largest first.

    ``labels`` are the columns that name a row; ``unit`` follows the name.
    """

    def draw(table: Table) -> Markup:
        places = column_places(table)
        marks = [
            make_mark(
                ", ".join(row[places[one]].text for one in labels) + unit,
                row[places[value]],
                is_sample=is_sample,
            )
            for row in table.rows
        ]
        known = sorted((m for m in marks if m.value is not None), key=_value, reverse=True)
        return draw_bars(caption, [*known, *(m for m in marks if m.value is None)])

    return draw


def _value(mark: Mark) -> Decimal:
    return mark.value or Decimal(0)


def stacks_of(caption: Caption, whole: str, part: str, value: str, *, is_sample: bool) -> Draw:
    """Return a function that draws a bar for each ``whole`` of a table, divided by its parts."""

    def draw(table: Table) -> Markup:
        places = column_places(table)
        stacks: dict[str, list[Mark]] = {}
        for row in table.rows:
            mark = make_mark(row[places[part]].text, row[places[value]], is_sample=is_sample)
            stacks.setdefault(row[places[whole]].text, []).append(mark)
        return draw_stacks(caption, [Stack(label, parts) for label, parts in stacks.items()])

    return draw


def series_of(
    table: Table, line: str | None, label: str, value: str, *, is_sample: bool = False
) -> Sequence[Series]:
    """Return the marks of a table as series: one for each value of ``line``, or only one."""
    places = column_places(table)
    found: dict[str, list[Mark]] = {}
    for row in table.rows:
        certain = "placement" not in places or row[places["placement"]].value not in (
            "ambiguous",
            "inferred",
        )
        mark = make_mark(
            row[places[label]].text, row[places[value]], is_sample=is_sample, is_certain=certain
        )
        found.setdefault(row[places[line]].text if line else "", []).append(mark)
    return [Series(name, marks) for name, marks in found.items()]


def write_number(view: View) -> Write:
    """Return a function that writes the values of an axis in the page's language."""
    return lambda value: view.text(message("{value:,}", value=_plain(value)))


def write_millions(view: View) -> Write:
    """Return a function that writes kroner of an axis in millions, shortly."""
    return lambda value: view.text(message("{value:,} m.", value=_plain(value / 1_000_000)))


def _plain(value: Decimal) -> Decimal:
    """Return the value without zeros after its decimals, and without an exponent."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
