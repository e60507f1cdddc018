"""Participation 2021-2023: coverage follows from counts, tables agree, shares add up."""

from collections.abc import Iterable

from great_expectations.expectations import ExpectColumnValuesToBeBetween

from expectations.check import Check, no_row_breaks

_COVERAGE = "evaluation.mart_participation_coverage"
_OVERVIEW = "evaluation.mart_cluster_overview"
_ATTENDANCE = "evaluation.mart_activity_attendance"

_COVERAGE_FOLLOWS = """
    select organisation_id, period_id, companies, participating_companies,
        printed_coverage_percent, coverage_percent, figure_id
    from {batch}
    where basis = 'published' and coverage_percent is distinct from printed_coverage_percent
"""

_SAME_COUNTS = """
    select c.organisation_id, c.period_id, c.participating_companies,
        p.companies as companies_in_profile, c.figure_id
    from {batch} c join evaluation.mart_participant_profile p
        on c.organisation_id = p.organisation_id and c.period_id = p.period_id
        and c.basis = p.basis and p.participation = 'participating'
    where c.participating_companies is distinct from p.companies
"""

#: Shares of members and participants overlap between organisations and add to more than 100.
_SHARES = """
    with sums as (
        select indicator_id, breakdown, period_id, sum(share_percent) as shares,
            count(*) as organisations, min(national_figure_id) as figure_id
        from {batch}
        where basis = 'published' and indicator_id not in ('members', 'participants')
        group by indicator_id, breakdown, period_id
    )
    select s.indicator_id, s.breakdown, s.period_id, s.shares, s.figure_id
    from sums s
    where abs(s.shares - 100) > 0.05 * s.organisations
        and not exists (
            from core.dim_print_exception x
            where x.figure_id = s.figure_id and x.rule = 'overview_shares_add_up'
        )
"""

#: Computed shares have six decimals, so as many millionths may be missing.
_OVERLAP = """
    select indicator_id, breakdown, period_id, basis, sum(share_percent) as shares,
        min(national_figure_id) as figure_id
    from {batch}
    where indicator_id in ('members', 'participants')
    group by indicator_id, breakdown, period_id, basis
    having sum(share_percent) < 100 - 0.000001 * count(*)
"""


def checks() -> Iterable[Check]:
    """Coverage, profile, overview and attendance."""
    yield no_row_breaks(
        check_id="coverage_follows_from_counts",
        looks_at=_COVERAGE,
        says="Printed coverage is participants in per cent of participants and others together.",
        broken_by=_COVERAGE_FOLLOWS,
        keys=("organisation_id", "figure_id"),
    )
    yield no_row_breaks(
        check_id="coverage_and_profile_count_alike",
        looks_at=_COVERAGE,
        says="Both tables on participating companies print the same number for an organisation.",
        broken_by=_SAME_COUNTS,
        keys=("organisation_id", "figure_id"),
    )
    yield no_row_breaks(
        check_id="overview_shares_add_up",
        looks_at=_OVERVIEW,
        says="Shares that do not overlap add up to 100, or the exception is explained.",
        broken_by=_SHARES,
        keys=("indicator_id", "figure_id"),
    )
    yield no_row_breaks(
        check_id="overview_overlapping_shares_exceed_whole",
        looks_at=_OVERVIEW,
        says="Members and participants count once for each organisation: shares exceed 100.",
        broken_by=_OVERLAP,
        keys=("indicator_id", "figure_id"),
    )
    yield Check(
        check_id="attendance_is_plausible",
        looks_at=_ATTENDANCE,
        says="An activity has more than no and fewer than a thousand participants on average.",
        expectation=ExpectColumnValuesToBeBetween(
            column="average_participants", min_value=0, strict_min=True, max_value=1000
        ),
        keys=("figure_id", "organisation_id", "activity_type_id"),
    )
