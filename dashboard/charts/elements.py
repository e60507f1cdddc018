"""The parts that all charts share: marks, colours, texts, links, scales and legends."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

#: Colours with a contrast of at least 4.5 to white, which stay apart for the colour-blind.
COLOURS = ("#005a9c", "#b34700", "#00705a", "#7b3294", "#5c5c5c", "#806000")
#: The place of the grey among the colours.
GREY = 4
#: The height of a line of text, and the size of text, in pixels.
LINE, TEXT = 18, 14
#: A label is cut after this many characters; its full text is the tooltip.
_LONGEST_LABEL = 44
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))

Write = Callable[[Decimal], str]


@dataclass(frozen=True)
class Mark:
    """A figure in a chart.

    ``text`` is the figure as the table writes it. ``value`` is None for a figure that is not known;
    then ``text`` says why. ``href`` is the page of the figure. A mark of invented data
    (``is_sample``) is hatched. A mark that is not certain, such as a figure whose column the print
    leaves open, is hollow in a line chart.
    """

    label: str
    value: Decimal | None
    text: str
    href: str | None = None
    is_sample: bool = False
    is_certain: bool = True


@dataclass(frozen=True)
class Series:
    """Marks that belong together, such as the figures of one basis."""

    name: str
    marks: Sequence[Mark]


@dataclass(frozen=True)
class Caption:
    """What a chart shows, for a screen reader; ``name`` makes the ids in the page unique."""

    name: str
    title: str
    description: str


def svg(caption: Caption, height: int, content: Iterable[Markup]) -> Markup:
    """Return an SVG of the page's width and ``height`` pixels.

    The SVG is a group and not an image, because its marks are links, and an image has no links for
    a screen reader.
    """
    drawn = Markup().join(content)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="group" width="100%"'
        ' height="{height}" font-family="IBM Plex Sans, sans-serif" font-size="{size}"'
        ' fill="currentColor" aria-labelledby="{name}-title {name}-desc">'
        '<title id="{name}-title">{title}</title><desc id="{name}-desc">{description}</desc>'
        "{hatches}{content}</svg>"
    ).format(
        height=height,
        size=TEXT,
        name=caption.name,
        title=caption.title,
        description=caption.description,
        hatches=_hatches(caption.name) if "url(#" in drawn else "",
        content=drawn,
    )


def _hatches(name: str) -> Markup:
    """Return a pattern for each colour: stripes, which mean invented data."""
    pattern = Markup(
        '<pattern id="{name}-hatch-{place}" width="6" height="6" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/>'
        '<rect width="3.5" height="6" fill="{colour}"/></pattern>'
    )
    return Markup("<defs>{patterns}</defs>").format(
        patterns=Markup().join(
            pattern.format(name=name, place=place, colour=colour)
            for place, colour in enumerate(COLOURS)
        )
    )


def colour(place: int) -> str:
    """Return the colour of a series by its place. Colours repeat after the sixth."""
    return COLOURS[place % len(COLOURS)]


def fill(name: str, place: int, *, is_sample: bool) -> str:
    """Return the fill of a mark: the colour of its series, hatched for invented data."""
    return f"url(#{name}-hatch-{place % len(COLOURS)})" if is_sample else colour(place)


def text(content: str, x: str, y: float, anchor: str = "start", weight: str = "normal") -> Markup:
    """Return a line of text; ``x`` is a percentage, ``y`` the base line in pixels."""
    return Markup('<text x="{}" y="{}" text-anchor="{}" font-weight="{}">{}</text>').format(
        x, y, anchor, weight, content
    )


def label_line(mark: Mark, y: float) -> Markup:
    """Return a line with the label of a mark and its figure."""
    return Markup(
        '<text x="0" y="{y}">{short} <tspan font-weight="600">{text}</tspan></text>'
    ).format(y=y, short=_shorten(mark.label), text=mark.text)


def _shorten(label: str) -> str:
    if len(label) <= _LONGEST_LABEL:
        return label
    return f"{label[: _LONGEST_LABEL - 1].rstrip()}…"


def link(mark: Mark, content: Markup, series: str = "") -> Markup:
    """Return the content as a link to the figure's page, with a tooltip.

    A screen reader reads the label as it is shown, and the tooltip has all of it. The keyboard
    leaves the link out, because the table beside has the same link.
    """
    named, read = (
        ": ".join(part for part in (series, label, mark.text) if part)
        for label in (mark.label, _shorten(mark.label))
    )
    inside = Markup("<title>{}</title>{}").format(named, content)
    if mark.href is None:
        return Markup("<g>{}</g>").format(inside)
    return Markup('<a href="{}" tabindex="-1" aria-label="{}">{}</a>').format(
        mark.href, read, inside
    )


def legend(name: str, entries: Sequence[tuple[str, bool]], y: int) -> tuple[Markup, int]:
    """Return a legend, one line for each series, and the position under it.

    An entry has the name of a series, and whether its data are invented.
    """
    parts = []
    for place, (entry, is_sample) in enumerate(entries):
        parts.append(
            Markup('<rect x="0" y="{}" width="12" height="12" fill="{}" stroke="{}"/>').format(
                y, fill(name, place, is_sample=is_sample), colour(place)
            )
        )
        parts.append(Markup('<text x="0" dx="18" y="{}">{}</text>').format(y + 11, entry))
        y += LINE
    return Markup().join(parts), y + 6


def limits(marks: Iterable[Mark]) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest value to draw. Zero is always among them."""
    values = [mark.value for mark in marks if mark.value is not None]
    low, high = min([Decimal(0), *values]), max([Decimal(0), *values])
    return low, high if high > low else low + 1


def ticks(low: Decimal, high: Decimal, wanted: int = 3) -> list[Decimal]:
    """Return round values that reach from ``low`` to at least ``high``."""
    rough = (high - low) / wanted
    power = Decimal(10) ** (rough.adjusted())
    step = next(power * one for one in _STEPS if power * one >= rough)
    first = int((low / step).to_integral_value(rounding="ROUND_FLOOR"))
    last = int((high / step).to_integral_value(rounding="ROUND_CEILING"))
    return [step * place for place in range(first, last + 1)]


def percent(part: Decimal, whole: Decimal) -> float:
    """Return a position in per cent, with at most three decimals."""
    return round(float(part) * 100 / float(whole), 3)


def no_figures(name: str, title: str, sentence: str) -> Markup:
    """Return the sentence that stands in place of a chart without figures."""
    return Markup('<p class="no-figures" id="{}-empty">{}: {}</p>').format(
        name, escape(title), sentence
    )
