"""Test who reports on what, and which submissions are expected on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.calendar import (
    DueRule,
    Period,
    Reporter,
    Reporting,
    Span,
    find_due_problems,
    read_reporting,
)
from klynge.intake.contracts import read_contracts
from klynge.intake.submissions import Submission, expected_submissions, require_allowed
from klynge.reference.checks import find_problems
from klynge.reference.seeds import Reference, shipped_reference

CONTRACTS = read_contracts(checkout.CONTRACTS)
REPORTING = read_reporting(shipped_reference())
CALL = "klyngeprogram_2025_2028"
BY_CLUSTERS = {d for d, c in CONTRACTS.items() if "cluster_organisation" in c.reporters}


def due(day, reporting=REPORTING):
    return [one for one in expected_submissions(CONTRACTS, reporting, day) if one.is_due]


def reporters_of(submissions, period, dataset="activities"):
    return {s.reporter for s in submissions if (s.period, s.dataset) == (period, dataset)}


def test_the_calendar_has_a_due_date_for_each_year_to_2032():
    years = {p.period_id: p.due_on for p in REPORTING.periods.values() if p.kind == "year"}
    assert list(years) == [str(year) for year in range(2021, 2033)]
    assert all(years[str(year)] == date(year + 1, 3, 1) for year in range(2024, 2033))
    assert REPORTING.periods[CALL].due_on == date(2025, 12, 31)


def test_a_submission_is_due_on_the_day_after_its_due_date():
    assert due(date(2025, 3, 1)) == []
    first = due(date(2025, 3, 2))
    assert {s.period for s in first} == {"2024"}
    assert len(first) == 14 * len(BY_CLUSTERS) + 1
    [register] = [s for s in first if s.dataset not in BY_CLUSTERS]
    assert (register.dataset, register.reporter, register.organisation_id) == (
        "companies", "erst", None,
    )  # fmt: skip


def test_the_agency_is_expected_to_send_what_belongs_to_a_call():
    found = {(s.dataset, s.reporter) for s in due(date(2026, 1, 1)) if s.period == CALL}
    assert found == {(d, "ufs") for d in ("applications", "criterion_scores", "decisions")}
    later = expected_submissions(CONTRACTS, REPORTING, date(2025, 1, 1))
    assert {s.is_due for s in later if s.period == CALL} == {False}


def test_am_hub_reports_from_2025_and_made_until_then():
    expected = expected_submissions(CONTRACTS, REPORTING, date(2027, 4, 1))
    at = {year: reporters_of(expected, year) for year in ("2024", "2025", "2026")}
    assert "am_hub" not in at["2024"]
    assert {"am_hub", "made"} <= at["2025"]
    assert "am_hub" in at["2026"]
    assert "made" not in at["2026"]
    assert [len(at[year]) for year in ("2024", "2025", "2026")] == [14, 15, 11]


@pytest.mark.parametrize(
    ("reporter", "period", "says"),
    [
        (
            "made",
            "2026",
            "made does not report on 2026: its time as a reporter ended on 2025-12-31",
        ),
        ("am_hub", "2024", "its time as a reporter begins on 2025-01-01; correct the period"),
    ],
)
def test_a_reporter_outside_its_time_is_refused_with_the_day_and_the_remedy(reporter, period, says):
    require_allowed(Submission(reporter, "activities", "2025"), CONTRACTS, REPORTING)
    with pytest.raises(InputError, match=says) as refused:
        require_allowed(Submission(reporter, "activities", period), CONTRACTS, REPORTING)
    assert "or change the reporter's time (reports_from" in str(refused.value)


def test_a_gap_between_two_spans_says_when_the_first_ended():
    spans = (Span(date(2021, 1, 1), date(2022, 6, 30)), Span(date(2025, 1, 1), None))
    made = replace(REPORTING.reporters["made"], spans=spans)
    reporting = replace(REPORTING, reporters={"made": made})
    require_allowed(Submission("made", "activities", "2022"), CONTRACTS, reporting)
    require_allowed(Submission("made", "activities", "2025"), CONTRACTS, reporting)
    with pytest.raises(InputError, match="ended on 2022-06-30"):
        require_allowed(Submission("made", "activities", "2024"), CONTRACTS, reporting)


def test_the_most_specific_rule_decides():
    year = Period("2024", "year", 2024, 2024, due_on=date(2025, 3, 1))
    reporters = {
        name: Reporter(name, "cluster_organisation", name, "reported") for name in ("made", "clean")
    }
    general = DueRule("activities", "cluster_organisation", None, None, True, None)
    longer = replace(general, reporter_kind=None, reporter_id="made", due_on=date(2025, 4, 1))
    excused = replace(longer, period_id="2024", is_expected=False, due_on=None)

    def expected(*rules):
        reporting = Reporting(reporters, {"2024": year}, rules)
        found = expected_submissions(CONTRACTS, reporting, date(2025, 3, 15))
        return {(one.reporter, one.due_on, one.is_due) for one in found}

    clean = ("clean", date(2025, 3, 1), True)
    assert expected(longer, general) == {clean, ("made", date(2025, 4, 1), False)}
    assert expected(excused, longer, general) == {clean}
    assert expected(excused) == set()


DAYS = st.none() | st.dates(date(2019, 1, 1), date(2030, 12, 31))


def days(span):
    """Return every day of a span, within the years of this test."""
    first, last = span.first_day or date(2018, 1, 1), span.last_day or date(2031, 12, 31)
    return {first + timedelta(n) for n in range((last - first).days + 1)}


@given(st.lists(st.tuples(DAYS, DAYS), max_size=3), st.integers(2019, 2030), st.integers(0, 3))
def test_a_reporter_reports_on_a_period_that_has_a_day_of_its_time(ends, first_year, length):
    spans = tuple(Span(a, b) for a, b in ends if a is None or b is None or a <= b)
    made = Reporter("made", "cluster_organisation", "made", "reported", spans)
    period = Period("p", "call", first_year, first_year + length)
    shared = any(days(span) & days(period.span) for span in spans)
    assert made.reports_on(period) == shared


@given(st.dates(date(2021, 1, 1), date(2035, 1, 1)), st.dates(date(2021, 1, 1), date(2035, 1, 1)))
def test_what_was_due_stays_due_and_nothing_is_expected_twice(day, other):
    earlier, later = sorted((day, other))
    before, after = (expected_submissions(CONTRACTS, REPORTING, one) for one in (earlier, later))
    assert [s.slot for s in before] == [s.slot for s in after]
    assert len({s.slot for s in after}) == len(after)
    assert {s.slot for s in before if s.is_due} <= {s.slot for s in after if s.is_due}
    assert all(s.is_due == (s.due_on is not None and s.due_on < later) for s in after)


def test_the_calendar_of_a_release_of_an_older_version_can_be_read(tmp_path):
    (tmp_path / "calls.csv").write_text("call_id,period_id\na_call,2025-2028\n")
    (tmp_path / "reporting_periods.csv").write_text(
        "period_id,due_on,closes_on\n2024,2025-03-01,\n"
    )
    (tmp_path / "reporters.csv").write_text(
        "reporter_id,kind,organisation_id,basis\nmade,cluster_organisation,made,reported\n"
    )
    reporting = read_reporting(Reference(tmp_path))
    assert reporting.periods["2024"].due_on == date(2025, 3, 1)
    assert reporting.periods["a_call"].last_year == 2028
    assert reporting.reporters["made"].reports_on(reporting.periods["2024"])
    assert expected_submissions(CONTRACTS, reporting, date(2026, 1, 1)) == []


def test_the_shipped_calendar_has_no_problem_and_fits_the_contracts():
    reference = shipped_reference()
    assert list(find_problems(reference)) == []
    assert list(find_due_problems(reference, CONTRACTS)) == []
