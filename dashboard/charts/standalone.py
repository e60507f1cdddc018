"""A chart as a file of its own, with the texts that stand around it on the page."""

import re
from html import unescape

from markupsafe import Markup

from dashboard.charts.elements import LINE, TEXT

_WIDTH, _EDGE = 760, 20
_CHART = re.compile(r'<svg [^>]*class="chart"[^>]*height="(\d+)".*?</svg>', re.DOTALL)
_HEADING = re.compile(r"<title[^>]*>(.*?)</title>", re.DOTALL)
_CHARACTERS = 95


def write_standalone(chart: Markup, title: str, lines: list[str]) -> str:
    """Return a chart as an SVG of a fixed width, with a title above and lines of text below.

    ``chart`` may hold several charts; each then follows under its own heading. ``lines`` say the
    unit, the source and the basis. Links are removed, because a file has no page to lead to.
    """
    y = _EDGE
    content: list[str | Markup] = []
    for line in _wrap(title):
        y += LINE + 4
        content.append(_text(line, y, 17, "600"))
    y += 12
    found = list(_CHART.finditer(_without_links(chart)))
    for one in found:
        if len(found) > 1:
            heading = _HEADING.search(one[0])
            y += LINE + 8
            title = unescape(heading[1]) if heading else ""
            content.append(_text(title, y, TEXT, "600"))
        height = int(one[1])
        content.append(
            one[0].replace('width="100%"', f'x="{_EDGE}" y="{y}" width="{_WIDTH - 2 * _EDGE}"', 1)
        )
        y += height + 4
    for line in (part for whole in lines if whole for part in _wrap(whole)):
        y += LINE
        content.append(_text(line, y, 12, "normal"))
    height = y + _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}" font-family="IBM Plex Sans, sans-serif"'
        f' color="#1a1a1a" fill="#1a1a1a"><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(content)}</svg>"
    )


def _text(content: str, y: int, size: int, weight: str) -> Markup:
    return Markup('<text x="{}" y="{}" font-size="{}" font-weight="{}">{}</text>').format(
        _EDGE, y, size, weight, content
    )


def _wrap(whole: str) -> list[str]:
    lines, line = [], ""
    for word in whole.split():
        if line and len(line) + len(word) >= _CHARACTERS:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines


def _without_links(chart: Markup) -> str:
    return re.sub(r"<(/?)a\b[^>]*>", lambda tag: f"<{tag[1]}g>", str(chart))
