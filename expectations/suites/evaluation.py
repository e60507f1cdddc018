"""Evaluation marts: shares and sums that add up, confidential counts that are withheld."""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import (
    ExpectColumnValuesToBeBetween,
    UnexpectedRowsExpectation,
)

from expectations.declaration import ANALYST, SECRETARIAT, build_suite

#: Counts of companies below this are confidential; the dbt variable may only be higher.
_FEWEST_SHOWN = 3

#: Marts that count companies: the mart, the column of the count, the column of the category.
_COMPANY_COUNTS = (
    ("mart_company_mix", "companies", "category"),
    ("mart_retention", "companies", "cast(years_of_participation as varchar)"),
    ("mart_industry_mix", "companies", "industry_tie"),
    ("mart_industry_ranking", "companies", "industry_division"),
    ("mart_participant_profile", "companies", "participation"),
    ("mart_participation_coverage", "participating_companies", "'participating'"),
)

#: Marts with computed shares: the mart, and what all shares of one whole have in common.
_COMPUTED_SHARES = (
    ("mart_activity_mix", "'activity types'"),
    ("mart_retention", "'years of participation'"),
    ("mart_company_mix", "characteristic"),
    ("mart_staffing", "'funders of staff'"),
)


class FundingSharesAddUp(UnexpectedRowsExpectation):
    """Each share is rounded to two decimals, so each may be off by half a hundredth."""

    description: str = (
        "The shares of all funding sources of an organisation in a period add up to 100 per cent, "
        "within rounding."
    )
    unexpected_rows_query: str = """
        select min(figure_id) as figure_id, period_id, scope, organisation_id, series_id, basis,
            sum(share_percent) as shares
        from {batch}
        where part_of is null
        group by scope, organisation_id, period_id, series_id, basis
        having abs(sum(share_percent) - 100) > 0.005 * count(*)
        order by all
    """


class FundingTotalsAreThoseOfTheAudit(UnexpectedRowsExpectation):
    description: str = (
        "The printed total of a year is the printed figure, and the sum of its sources is the sum "
        "that the audit recomputes."
    )
    unexpected_rows_query: str = """
        select m.figure_id, m.period_id, m.printed_total_kr, t.amount_kr as printed_kr,
            m.sum_of_sources_kr, 1000000 * r.recomputed_value as audited_kr
        from {batch} m
        join core.fct_funding_sources t
            on m.period_id = t.period_id and m.scope = t.scope
            and t.funding_source = 'total' and t.amount_kind = 'consumed'
        join audit.mart_figure_reconciliation r
            on t.figure_id = r.figure_id and r.rule_id = 'sum_of_parts'
        where m.printed_total_kr is distinct from t.amount_kr
            or m.sum_of_sources_kr is distinct from 1000000 * r.recomputed_value
        order by all
    """


class OverviewOverlappingSharesExceedWhole(UnexpectedRowsExpectation):
    description: str = (
        "The shares of members and of participants add up to at least 100 per cent, because a "
        "company counts once for each organisation that it belongs to."
    )
    unexpected_rows_query: str = """
        select indicator_id, min(national_figure_id) as figure_id, breakdown, period_id, basis,
            sum(share_percent) as shares
        from {batch}
        where indicator_id in ('members', 'participants')
        group by indicator_id, breakdown, period_id, basis
        having sum(share_percent) < 100
        order by all
    """


class AttendanceIsPlausible(ExpectColumnValuesToBeBetween):
    column: str = "average_participants"
    min_value: int = 0
    strict_min: bool = True
    max_value: int = 1000
    description: str = "Average participants per activity is above 0 and at most 1,000."


class FewCompaniesAreWithheld(UnexpectedRowsExpectation):
    description: str = (
        f"No count of companies from submitted data is below {_FEWEST_SHOWN}, except 0."
    )


class ComputedSharesAddUp(UnexpectedRowsExpectation):
    """Each share is rounded to two decimals, so each may be off by half a hundredth."""

    description: str = (
        "The computed shares of one whole add up to 100 per cent, within rounding, where none of "
        "them is withheld."
    )


def suites() -> Iterator[ExpectationSuite]:
    """One suite for each mart."""
    yield build_suite(
        "evaluation.mart_funding_mix",
        [FundingSharesAddUp(), FundingTotalsAreThoseOfTheAudit()],
        owner=ANALYST,
    )
    yield build_suite(
        "evaluation.mart_cluster_overview",
        [OverviewOverlappingSharesExceedWhole()],
        owner=ANALYST,
    )
    yield build_suite(
        "evaluation.mart_activity_attendance",
        [AttendanceIsPlausible()],
        owner=ANALYST,
        keys=("figure_id", "organisation_id", "activity_type_id"),
    )
    counts = {mart: (column, category) for mart, column, category in _COMPANY_COUNTS}
    wholes = dict(_COMPUTED_SHARES)
    for mart in dict.fromkeys((*counts, *wholes)):
        checks: list[UnexpectedRowsExpectation] = []
        if mart in counts:
            checks.append(_company_counts(mart, *counts[mart]))
        if mart in wholes:
            checks.append(_shares(mart, wholes[mart]))
        yield build_suite(f"evaluation.{mart}", checks, owner=SECRETARIAT)


def _company_counts(mart: str, column: str, category: str) -> FewCompaniesAreWithheld:
    return FewCompaniesAreWithheld(
        unexpected_rows_query=f"""
        select organisation_id, period_id, {category} as category, {column} as companies, basis
        from {{batch}}
        where basis <> 'published' and {column} between 1 and {_FEWEST_SHOWN - 1}
        order by all
        """,
        meta=_id_for(mart, "mart_company_mix", "few_companies_are_withheld"),
    )


def _shares(mart: str, whole: str) -> ComputedSharesAddUp:
    return ComputedSharesAddUp(
        unexpected_rows_query=f"""
        select organisation_id, period_id, {whole} as whole, basis, sum(share_percent) as shares
        from {{batch}}
        where basis <> 'published'
        group by organisation_id, period_id, {whole}, basis
        having count(share_percent) = count(*)
            and abs(sum(share_percent) - 100) > 0.005 * count(*)
        order by all
        """,
        meta=_id_for(mart, "mart_activity_mix", "computed_shares_add_up"),
    )


def _id_for(mart: str, first: str, rule: str) -> dict[str, str]:
    """The id of a rule on a mart; on the first one it is the id that earlier runs were kept by."""
    return {"check_id": rule if mart == first else f"{rule}_in_{mart}"}
