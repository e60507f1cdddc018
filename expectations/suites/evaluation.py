"""Checks of the evaluation marts: shares add up, and confidential counts are withheld."""

from collections.abc import Iterator

from great_expectations.expectations import (
    ExpectColumnValuesToBeBetween,
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import ANALYSIS, SECRETARIAT, about
from klynge.messages import message

ATTENDANCE = "evaluation.mart_activity_attendance"

#: Counts of companies below this number are confidential. The limit in the dbt variable may be
#: higher, but not lower.
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

#: Marts with computed shares: the mart, and an SQL expression for the kind of its shares.
_COMPUTED_SHARES = (
    ("mart_activity_mix", "'activity types'"),
    ("mart_retention", "'years of participation'"),
    ("mart_company_mix", "characteristic"),
    ("mart_staffing", "'funders of staff'"),
)

REPORTING = "evaluation.mart_reporting"

#: Marts whose rows are about an organisation or the country, and their column of the period.
_ABOUT_ORGANISATIONS = {
    "mart_activity_attendance": "period_id",
    "mart_activity_mix": "period_id",
    "mart_cluster_overview": "period_id",
    "mart_company_mix": "period_id",
    "mart_funding_mix": "period_id",
    "mart_industry_mix": "period_id",
    "mart_industry_ranking": "period_id",
    "mart_institution_participation": "period_id",
    "mart_international_participation": "period_id",
    "mart_participant_profile": "period_id",
    "mart_participation_coverage": "period_id",
    "mart_reporting": "period_id",
    "mart_retention": "period_id",
    "mart_staffing": "period_id",
    "mart_target_progress": "period_id",
}


class PartialSumsAreNotTheCountry(UnexpectedRowsExpectation):
    description: str = message(
        "A computed figure has the key denmark only if every organisation that is due has "
        "reported; a partial sum has the key reported_so_far and says that it is partial."
    )
    unexpected_rows_query: str = (
        "\nunion all\n".join(
            f"""
        select '{mart}' as mart, organisation_id, cast({period} as varchar) as period_id, basis,
            reporters_in, reporters_due, completeness
        from {"{batch}" if f"evaluation.{mart}" == REPORTING else f"evaluation.{mart}"}
        where basis <> 'published' and (
            organisation_id is null
            or (organisation_id = 'denmark' and (
                reporters_in is distinct from reporters_due or completeness = 'partial'
            ))
            or (organisation_id = 'reported_so_far' and completeness is distinct from 'partial')
        )
        """
            for mart, period in _ABOUT_ORGANISATIONS.items()
        )
        + "\norder by all"
    )


class FewCompaniesAreWithheld(UnexpectedRowsExpectation):
    description: str = message(
        "No count of companies from submitted data is below {fewest}, except 0.",
        fewest=_FEWEST_SHOWN,
    )


class ComputedSharesAddUp(UnexpectedRowsExpectation):
    """Each share is rounded, so the sum may differ from 100 by 0.005 for each share."""

    description: str = message(
        "The computed shares of one whole add up to 100 per cent, within rounding, where none of "
        "them is withheld."
    )


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the checks of attendance, of counts of companies and of computed shares."""
    yield (
        ATTENDANCE,
        ExpectColumnValuesToBeBetween(
            column="average_participants",
            min_value=0,
            strict_min=True,
            max_value=1000,
            description=message("Average participants per activity is above 0 and at most 1,000."),
            meta=about("attendance_is_plausible", ANALYSIS),
        ),
    )
    yield REPORTING, PartialSumsAreNotTheCountry(meta={"owner": SECRETARIAT})
    for mart, column, category in _COMPANY_COUNTS:
        yield f"evaluation.{mart}", _company_counts(mart, column, category)
    for mart, whole in _COMPUTED_SHARES:
        yield f"evaluation.{mart}", _shares(mart, whole)


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
    """Make the ``meta`` of a rule on a mart.

    The id of a rule ends with the name of its mart, except for the mart ``first``. So the ids are
    the same as in the results of earlier runs.
    """
    return about(rule if mart == first else f"{rule}_in_{mart}", SECRETARIAT)
