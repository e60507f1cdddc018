"""Bars of parts: how a whole is divided, each part beside the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from dashboard.charts.elements import (
    LINE,
    Caption,
    Mark,
    colour,
    fill,
    legend,
    link,
    percent,
    svg,
    text,
)

_BAR, _GAP = 22, 10
#: A part narrower than this many per cent of the chart has no text in it; its tooltip has the text.
_NARROWEST_WITH_TEXT = 15


@dataclass(frozen=True)
class Stack:
    """A whole and its parts; the label of a part is the name of its kind."""

    label: str
    parts: Sequence[Mark]


def draw_stacks(caption: Caption, stacks: Sequence[Stack]) -> Markup:
    """Draw a bar of the full width for each stack. Its parts are shares of the stack's sum.

    Negative parts cannot be drawn as shares. A stack that has one shows its label only.
    """
    kinds = list(dict.fromkeys(mark.label for stack in stacks for mark in stack.parts))
    invented = {
        kind: all(m.is_sample for stack in stacks for m in stack.parts if m.label == kind)
        for kind in kinds
    }
    drawn, y = legend(caption.name, [*invented.items()], 0)
    content = [drawn]
    for stack in stacks:
        content.append(text(stack.label, "0", y + LINE - 5))
        y += LINE
        content.append(_draw(caption.name, stack, kinds, y))
        y += _BAR + _GAP
    return svg(caption, y, content)


def _draw(name: str, stack: Stack, kinds: Sequence[str], y: int) -> Markup:
    values = [mark.value for mark in stack.parts if mark.value is not None]
    whole = sum(values, Decimal(0))
    if not values or whole <= 0 or min(values) < 0:
        return Markup()
    drawn, reached = [], Decimal(0)
    for mark in stack.parts:
        if mark.value is None:
            continue
        place, width = kinds.index(mark.label), percent(mark.value, whole)
        start = percent(reached, whole)
        part = Markup(
            '<rect x="{}%" y="{}" width="{}%" height="{}" fill="{}" stroke="{}"/>'
        ).format(start, y, width, _BAR, fill(name, place, is_sample=mark.is_sample), colour(place))
        if width >= _NARROWEST_WITH_TEXT:
            part += _inside(mark, start + width / 2, y)
        drawn.append(link(mark, part, stack.label))
        reached += mark.value
    return Markup().join(drawn)


def _inside(mark: Mark, middle: float, y: int) -> Markup:
    """Write the figure in its part: white on a plain part, on white in a hatched part."""
    outline = Markup(' stroke="#fff" stroke-width="4" paint-order="stroke"')
    return Markup(
        '<text x="{}%" y="{}" text-anchor="middle" font-weight="600" fill="{}"{}>{}</text>'
    ).format(
        round(middle, 3),
        y + _BAR - 6,
        "#1a1a1a" if mark.is_sample else "#fff",
        outline if mark.is_sample else "",
        mark.text,
    )
