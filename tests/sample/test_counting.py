"""Test whole numbers with given totals, and companies with exact medians."""

from decimal import Decimal
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample.companies import (
    companies_above,
    figures_above,
    figures_below,
    middle_companies,
    size_band,
)
from sample.counting import (
    apportion,
    assign_in_turn,
    counts_from_shares,
    counts_with_total,
    evenly_spaced,
    overlapping_windows,
    round_half_away,
)
from sample.targets import Population


@given(
    st.integers(0, 500),
    st.lists(st.floats(0.1, 50), min_size=1, max_size=30),
    st.integers(0, 3),
    st.integers(0, 60),
)
def test_parts_add_up_within_their_bounds(total, weights, least, room):
    most = [least + room] * len(weights)
    if least * len(weights) <= total <= sum(most):
        parts = apportion(total, weights, least, most)
        assert sum(parts) == total
        assert all(least <= part <= least + room for part in parts)
    else:
        with pytest.raises(ValueError, match="cannot be shared out"):
            apportion(total, weights, least, most)


def test_parts_follow_the_weights_largest_remainders_first():
    assert apportion(10, [5, 3, 2]) == [5, 3, 2]
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(7, [3, 1]) == [5, 2]
    assert apportion(4, [0, 1]) == [0, 4]


def test_counts_have_the_printed_shares():
    printed = {"a": Decimal("33.3"), "b": Decimal("33.3"), "c": Decimal("33.3")}
    assert counts_from_shares(printed, 1000) == {"a": 333, "b": 333, "c": 333}
    counts = counts_with_total(printed, 3000)
    assert sum(counts.values()) == 3000
    assert all(round(100 * n / 3000, 1) == 33.3 for n in counts.values())
    with pytest.raises(ValueError, match="no counts"):
        counts_with_total({"a": Decimal("33.3"), "b": Decimal("33.3")}, 1000)


@given(st.integers(1, 40), st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_windows_around_the_circle_use_every_number(size, wants):
    wants = {i: min(want, size) for i, want in enumerate(wants)}
    windows = overlapping_windows(size, wants)
    assert {key: len(set(window)) for key, window in windows.items()} == wants
    reached = {number for window in windows.values() for number in window}
    assert len(reached) == min(size, sum(wants.values()))


def test_a_window_larger_than_the_circle_is_refused():
    with pytest.raises(ValueError, match="wants 4 of 3"):
        overlapping_windows(3, {"a": 4})


def test_everybody_gets_a_place_and_nobody_gets_one_place_twice():
    pairs = list(assign_in_turn([7, 8, 9], [2, 3, 1]))
    assert [place for place, _ in pairs] == [0, 0, 1, 1, 1, 2]
    assert len(set(pairs)) == 6
    assert {person for _, person in pairs} == {7, 8, 9}
    for people, slots in (([1, 2, 3], [2]), ([1, 2], [3])):
        with pytest.raises(ValueError, match="do not fit"):
            list(assign_in_turn(people, slots))


def test_marked_places_are_evenly_spaced():
    assert evenly_spaced(2, 6) == [False, False, True, False, False, True]
    assert sum(evenly_spaced(7, 31)) == 7


@given(
    st.integers(6, 60),
    st.integers(1, 60),
    st.integers(300, 3000),
    st.floats(0.7, 1.6),
    st.integers(0, 9),
)
def test_medians_are_exact(companies, employees, productivity, factor, seed):
    turnover = max(productivity + 1, round(employees * productivity * factor))
    population = Population(companies, employees, turnover, productivity, Decimal("0.2"))
    random = Random(seed)  # noqa: S311 - a test's
    middle, above = middle_companies(population), companies_above(population)
    figures = [
        *middle,
        *(figures_above(population, "under_50" if employees < 50 else "50_to_249", random)
          for _ in above),
        *(figures_below(population, random)
          for _ in range(companies - len(middle) - len(above))),
    ]  # fmt: skip
    assert median(f.employees for f in figures) == employees
    assert median(f.turnover_kr for f in figures) == turnover * 1000
    assert median(f.turnover_kr / f.employees for f in figures) == productivity * 1000


def test_a_few_companies_have_the_medians_themselves():
    [one] = middle_companies(Population(1, 2, 1500, 700, Decimal(0)))
    assert (one.employees, one.turnover_kr) == (2, 1_500_000)


@pytest.mark.parametrize(
    ("employees", "band"),
    [(49, "under_50"), (50, "50_to_249"), (249, "50_to_249"), (250, "250_and_over")],
)
def test_size_bands(employees, band):
    assert size_band(employees) == band


def test_the_middle_between_two_whole_numbers_is_rounded_away_from_zero():
    rounded = [round_half_away(Decimal(text)) for text in ("2.5", "3.5", "-2.5", "2.4")]
    assert rounded == [3, 4, -3, 2]
