"""Charts draw each figure once, to scale, and say what they do not know."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from dashboard.charts.bars import draw_bars, draw_grouped_bars
from dashboard.charts.elements import COLOURS, Caption, Mark, Series, ticks
from dashboard.charts.lines import draw_lines
from dashboard.charts.small_multiples import Multiple, draw_small_multiples
from dashboard.charts.stacks import Stack, draw_stacks
from dashboard.charts.standalone import write_standalone

NS = "{http://www.w3.org/2000/svg}"
CAPTION = Caption("a", "Title", "Description")
MARKS = [
    Mark("CLEAN", Decimal(40), "40 kr.", "/tal/a"),
    Mark("<script>", Decimal(10), "10 kr.", "/tal/b?x=1&y=2"),
    Mark("MADE", None, "– (diskretioneret)"),
]


def _parsed(chart):
    return ElementTree.fromstring(str(chart))  # noqa: S314 - our own chart


def _bars(chart):
    """The bars: rectangles of a percentage outside the definition of the stripes."""
    return [one for one in _parsed(chart).iter(f"{NS}rect") if one.get("width").endswith("%")]


def test_the_length_of_a_bar_is_its_share_of_the_largest():
    chart = draw_bars(CAPTION, MARKS)
    assert [bar.get("width") for bar in _bars(chart)] == ["100.0%", "25.0%"]


def test_a_negative_bar_goes_left_of_zero():
    marks = [Mark("a", Decimal(30), "30"), Mark("b", Decimal(-10), "-10")]
    bars = _bars(draw_bars(CAPTION, marks))
    assert [(bar.get("x"), bar.get("width")) for bar in bars] == [
        ("25.0%", "75.0%"),
        ("0.0%", "25.0%"),
    ]


def test_texts_are_escaped_and_a_figure_is_a_link():
    chart = draw_bars(Caption("a", "A < B", "D"), MARKS)
    links = [one.get("href") for one in _parsed(chart).iter(f"{NS}a")]
    assert links == ["/tal/a", "/tal/b?x=1&y=2"]
    assert "<script>" not in chart
    assert _parsed(chart).find(f"{NS}title").text == "A < B"


def test_a_figure_that_is_not_known_has_no_bar_but_its_reason():
    chart = draw_bars(CAPTION, MARKS)
    assert len(_bars(chart)) == 2
    assert "– (diskretioneret)" in chart


@pytest.mark.parametrize("draw", [draw_grouped_bars, draw_lines])
def test_invented_data_look_different(draw):
    series = [
        Series("Trykt", [Mark("2021", Decimal(5), "5")]),
        Series("Eksempeldata", [Mark("2021", Decimal(5), "5", is_sample=True)]),
    ]
    more = () if draw is draw_grouped_bars else (str,)
    chart = draw(CAPTION, series, *more)
    assert 'url(#a-hatch-1)"' in chart
    assert 'url(#a-hatch-0)"' not in chart


def test_parts_fill_the_bar():
    parts = [Mark("EU", Decimal(30), "30 %"), Mark("Andre", Decimal(10), "10 %")]
    bars = _bars(draw_stacks(CAPTION, [Stack("CLEAN", parts)]))
    assert [(bar.get("x"), bar.get("width")) for bar in bars] == [
        ("0.0%", "75.0%"),
        ("75.0%", "25.0%"),
    ]


def test_negative_parts_are_not_drawn_as_shares():
    parts = [Mark("EU", Decimal(30), "30"), Mark("Andre", Decimal(-10), "-10")]
    assert not _bars(draw_stacks(CAPTION, [Stack("CLEAN", parts)]))


def test_a_missing_year_leaves_a_gap_in_the_line():
    values = {"2014": 3, "2015": None, "2016": 5, "2017": 6}
    marks = [
        Mark(year, None if value is None else Decimal(value), str(value))
        for year, value in values.items()
    ]
    chart = draw_lines(CAPTION, [Series("A", marks)], str)
    joined = [one for one in _parsed(chart).iter(f"{NS}line") if one.get("stroke-width") == "2"]
    assert len(joined) == 1
    assert [one.text for one in _parsed(chart).iter(f"{NS}text")].count("2015") == 1


def test_an_axis_of_lines_starts_at_zero():
    marks = [Mark("2014", Decimal(990), "990"), Mark("2015", Decimal(1000), "1000")]
    chart = draw_lines(CAPTION, [Series("A", marks)], str)
    assert ">0</text>" in chart


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 356, [0, 200, 400]), (-5, 40, [-25, 0, 25, 50]), (0, "0.03", [0, "0.02", "0.04"])],
)
def test_ticks_are_round_and_hold_all_values(low, high, expected):
    assert ticks(Decimal(low), Decimal(high), 2) == [Decimal(one) for one in expected]


def _luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_each_colour_has_contrast_to_white():
    # WCAG 1.4.3: 4.5 for the white figures within the parts of a bar
    assert min(1.05 / (_luminance(colour) + 0.05) for colour in COLOURS) >= 4.5


def test_a_file_has_the_texts_around_the_chart_and_no_links():
    multiples = [
        Multiple(name, f"Indicator {name}", "kr.", [Series("A", MARKS[:2])], f"#{name}")
        for name in ("a", "b")
    ]
    drawn = draw_small_multiples(multiples, "Description", str)
    written = write_standalone(drawn, "A & B", ["Kilde: table 7", "Grundlag: trykt"])
    texts = [one.text for one in _parsed(written).iter(f"{NS}text")]
    assert {"A & B", "Indicator a", "Indicator b", "Kilde: table 7", "Grundlag: trykt"} <= {*texts}
    assert not [*_parsed(written).iter(f"{NS}a")]
