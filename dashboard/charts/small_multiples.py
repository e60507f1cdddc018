"""Small multiples: many small line charts, each with its own indicator and its own scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.charts.elements import Caption, Series, Write
from dashboard.charts.lines import draw_lines

_HEIGHT = 90


@dataclass(frozen=True)
class Multiple:
    """One small chart: its title, its unit, its series, and the page or section behind it."""

    name: str
    title: str
    unit: str
    series: Sequence[Series]
    href: str


def draw_small_multiples(multiples: Sequence[Multiple], description: str, write: Write) -> Markup:
    """Draw each multiple in a grid. ``description`` follows the title of each.

    The title is a link to the page of the chart; the marks are not links. Each chart has its own
    scale, which starts at zero. So the shapes may be compared, and the heights may not.
    """
    figures = (
        Markup(
            '<figure class="multiple"><figcaption><a href="{}">{}</a> <span>({})</span>'
            "</figcaption>{}</figure>"
        ).format(
            one.href,
            one.title,
            one.unit,
            draw_lines(Caption(one.name, one.title, description), one.series, write, _HEIGHT),
        )
        for one in multiples
    )
    return Markup('<div class="multiples">{}</div>').format(Markup().join(figures))
