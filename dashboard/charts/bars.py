"""Horizontal bars: figures of the same unit, compared by length from zero."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from dashboard.charts.elements import (
    GREY,
    LINE,
    Caption,
    Mark,
    Series,
    colour,
    fill,
    label_line,
    legend,
    limits,
    link,
    percent,
    svg,
    text,
)

_BAR, _GAP = 14, 10


def draw_bars(caption: Caption, marks: Sequence[Mark], emphasised: str | None = None) -> Markup:
    """Draw one bar for each mark, in the given order, with its label and figure above it.

    If ``emphasised`` is the label of a mark, the bars of all other marks are grey.
    """
    scale = _Scale(caption.name, *limits(marks))
    content, y = [], 0
    for mark in marks:
        place = 0 if emphasised in (None, mark.label) else GREY
        content.append(link(mark, _bar(scale, mark, place, y)))
        y += LINE + _BAR + _GAP
    return svg(caption, y, content)


def draw_grouped_bars(caption: Caption, series: Sequence[Series]) -> Markup:
    """Draw a group for each label, with one bar for each series.

    Use it where figures of several bases stand beside each other: each series has its own colour
    and its own line in the legend. A label that a series does not have gets no bar in it.
    """
    marks = [mark for one in series for mark in one.marks]
    scale = _Scale(caption.name, *limits(marks))
    entries = [(one.name, any(mark.is_sample for mark in one.marks)) for one in series]
    drawn, y = legend(caption.name, entries, 0)
    content = [drawn]
    for label in dict.fromkeys(mark.label for mark in marks):
        content.append(text(label, "0", y + LINE - 4, weight="600"))
        y += LINE
        for place, mark, series_name in _marks_of(label, series):
            named = Mark(series_name, mark.value, mark.text, mark.href, mark.is_sample)
            content.append(link(named, _bar(scale, named, place, y), label))
            y += LINE + _BAR + 2
        y += _GAP
    return svg(caption, y, content)


def _marks_of(label: str, series: Sequence[Series]) -> Iterator[tuple[int, Mark, str]]:
    for place, one in enumerate(series):
        for mark in one.marks:
            if mark.label == label:
                yield place, mark, one.name


@dataclass(frozen=True)
class _Scale:
    """The values at the left and the right edge of the chart ``name``."""

    name: str
    low: Decimal
    high: Decimal


def _bar(scale: _Scale, mark: Mark, place: int, y: int) -> Markup:
    """Draw the label of a mark and, under it, the bar. A mark without a value has no bar."""
    line = label_line(mark, y + LINE - 5)
    if mark.value is None:
        return line
    whole = scale.high - scale.low
    start = percent(min(mark.value, Decimal(0)) - scale.low, whole)
    width = percent(abs(mark.value), whole)
    zero = percent(-scale.low, whole)
    bar = Markup(
        '<rect x="{x}%" y="{y}" width="{width}%" height="{height}" fill="{fill}"'
        ' stroke="{stroke}"/><line x1="{zero}%" x2="{zero}%" y1="{y}" y2="{end}"'
        ' stroke="currentColor"/>'
    ).format(
        x=start,
        y=y + LINE,
        width=width,
        height=_BAR,
        fill=fill(scale.name, place, is_sample=mark.is_sample),
        stroke=colour(place),
        zero=zero,
        end=y + LINE + _BAR,
    )
    return line + bar
