"""Lines: figures of the same kind over years. A line never joins two series."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from markupsafe import Markup

from dashboard.charts.elements import (
    LINE,
    Caption,
    Mark,
    Series,
    Write,
    colour,
    legend,
    limits,
    link,
    percent,
    svg,
    text,
    ticks,
)

#: Pixels left of the lines for the values of the axis, and the part of the width that lines take.
_GUTTER, _FIRST, _LAST = 46, 4, 70
_TARGET = 24


def draw_lines(
    caption: Caption, series: Sequence[Series], write: Write, height: int = 200
) -> Markup:
    """Draw a line for each series over all labels, from zero upwards.

    ``write`` writes the values of the axis. A figure that is not known leaves a gap in its line. A
    figure that is not certain is a hollow point. The first and the last point of a single series
    show their figures.
    """
    labels = list(dict.fromkeys(mark.label for one in series for mark in one.marks))
    y, content = 0, []
    if len(series) > 1:
        drawn, y = legend(caption.name, [(one.name, _is_sample(one)) for one in series], 0)
        content.append(drawn)
    low, high = limits(mark for one in series for mark in one.marks)
    axis = ticks(low, high, 2)
    top, bottom = y + 2 * LINE, y + 2 * LINE + height
    plot = _Plot(labels, axis[0], axis[-1], top, bottom)
    content.extend(_axis(plot, axis, write))
    inside = [text(label, f"{plot.x(label)}%", bottom + LINE, "middle") for label in labels]
    for place, one in enumerate(series):
        inside.extend(_line(plot, one, place, with_figures=len(series) == 1))
    content.append(
        Markup('<g transform="translate({} 0)">{}</g>').format(_GUTTER, Markup().join(inside))
    )
    return svg(caption, bottom + LINE + 8, content)


class _Plot:
    """The positions of figures in the chart."""

    def __init__(
        self, labels: Sequence[str], low: Decimal, high: Decimal, top: int, bottom: int
    ) -> None:
        self.labels = labels
        self.low, self.high = low, high
        self.top, self.bottom = top, bottom

    def x(self, label: str) -> float:
        """The position across, in per cent of the chart's width, right of the gutter."""
        if len(self.labels) == 1:
            return 50
        share = self.labels.index(label) / (len(self.labels) - 1)
        return round(_FIRST + share * (_LAST - _FIRST), 3)

    def y(self, value: Decimal) -> float:
        """The position down, in pixels."""
        share = percent(value - self.low, self.high - self.low) / 100
        return round(self.bottom - share * (self.bottom - self.top), 1)


def _axis(plot: _Plot, axis: Sequence[Decimal], write: Write) -> Iterator[Markup]:
    """Draw a line for each value of the axis, with the value above it."""
    for value in axis:
        y = plot.y(value)
        yield Markup(
            '<line x1="0" x2="100%" y1="{0}" y2="{0}" stroke="currentColor" stroke-opacity="{1}"/>'
        ).format(y, "1" if value == 0 else "0.25")
        yield Markup('<text x="0" y="{}" font-size="12">{}</text>').format(y - 4, write(value))


def _line(plot: _Plot, series: Series, place: int, *, with_figures: bool) -> Iterator[Markup]:
    known = [mark for mark in series.marks if mark.value is not None]
    for before, after in zip(series.marks, series.marks[1:], strict=False):
        if before.value is not None and after.value is not None:
            yield Markup(
                '<line x1="{}%" y1="{}" x2="{}%" y2="{}" stroke="{}" stroke-width="2"{}/>'
            ).format(
                plot.x(before.label),
                plot.y(before.value),
                plot.x(after.label),
                plot.y(after.value),
                colour(place),
                Markup(' stroke-dasharray="5 4"') if after.is_sample else "",
            )
    for mark in known:
        shown = with_figures and mark in (known[0], known[-1])
        yield link(mark, _point(plot, mark, place, shown=shown), series.name)


def _point(plot: _Plot, mark: Mark, place: int, *, shown: bool) -> Markup:
    """Draw a point, with an invisible area around it that is large enough to be hit."""
    x, y = plot.x(mark.label), plot.y(mark.value or Decimal(0))
    is_hollow = mark.is_sample or not mark.is_certain
    area = Markup('<circle cx="{}%" cy="{}" r="{}" fill="none" pointer-events="all"/>')
    drawn = area.format(x, y, _TARGET // 2) if mark.href else Markup()
    drawn += Markup(
        '<circle cx="{x}%" cy="{y}" r="4" fill="{fill}" stroke="{stroke}" stroke-width="2"/>'
    ).format(
        x=x,
        y=y,
        fill="#fff" if is_hollow else colour(place),
        stroke=colour(place),
    )
    if shown:
        drawn += text(mark.text, f"{x}%", y - 10, "middle", "600")
    return drawn


def _is_sample(series: Series) -> bool:
    return any(mark.is_sample for mark in series.marks)
