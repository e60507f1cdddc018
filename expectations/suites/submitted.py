"""What submitted data must keep to, besides what the contracts ask of each row."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks
from klynge import checkout
from klynge.intake.contracts import read_contracts

#: A number of companies below this is nobody's business; the dbt variable may only be higher.
_FEWEST_SHOWN = 3

#: Marts that count companies, the column that does, and what tells the row apart.
_COMPANIES = (
    ("mart_retention", "companies", "cast(years_of_participation as varchar)"),
    ("mart_company_mix", "companies", "category"),
    ("mart_industry_mix", "companies", "industry_tie"),
    ("mart_industry_ranking", "companies", "industry_division"),
    ("mart_participant_profile", "companies", "participation"),
    ("mart_participation_coverage", "participating_companies", "'participating'"),
)

_SHOWN_COUNTS = "\nunion all\n".join(
    f"""
    select '{mart}' as shown_in, organisation_id, period_id, {category} as category,
        {column} as companies, basis
    from evaluation.{mart}
    where basis <> 'published' and {column} between 1 and {_FEWEST_SHOWN - 1}
    """
    for mart, column, category in _COMPANIES
)

#: Marts whose shares are of one whole, and what makes the whole; each share has two decimals.
_WHOLES = (
    ("mart_activity_mix", "'activity types'"),
    ("mart_retention", "'years of participation'"),
    ("mart_company_mix", "characteristic"),
    ("mart_staffing", "'funders of staff'"),
)

_OTHER_SUMS = "\nunion all\n".join(
    f"""
    select '{mart}' as mart, organisation_id, period_id, {whole} as whole, basis,
        sum(share_percent) as shares
    from evaluation.{mart}
    where basis <> 'published'
    group by organisation_id, period_id, {whole}, basis
    having count(share_percent) = count(*)
        and abs(sum(share_percent) - 100) > 0.005 * count(*)
    """
    for mart, whole in _WHOLES
)

_BUILT = "\nunion all\n".join(
    f"select load_id, count(*) as rows_built from raw.{dataset} group by load_id"
    for dataset in read_contracts(checkout.CONTRACTS)
)


def checks() -> Iterable[Check]:
    """Conservation, confidentiality, shares, and the sample beside the print."""
    yield no_row_breaks(
        check_id="no_submitted_row_is_lost",
        looks_at="core.fct_loads",
        says="Of every load, the rows read are those loaded, rejected and held.",
        broken_by="""
            select load_id, dataset, reporter, rows_read, rows_loaded, rows_rejected, rows_held
            from {batch}
            where rows_read is distinct from rows_loaded + rows_rejected + rows_held
        """,
        keys=("load_id",),
    )
    yield no_row_breaks(
        check_id="every_loaded_row_is_built",
        looks_at="core.fct_loads",
        says="All rows of a submission are in the build, but for those that a correction replaced.",
        broken_by=f"""
            with built as ({_BUILT})
            select loads.load_id, loads.dataset, loads.rows_loaded, built.rows_built
            from raw.loads as loads
            left join built on loads.load_id = built.load_id
            where loads.basis <> 'published' and (loads.about -> 'erasure') is null
                and coalesce(built.rows_built, 0) <> loads.rows_loaded
                and (
                    built.rows_built > loads.rows_loaded
                    or not exists (
                        select 1 from raw.loads as corrections
                        where corrections.partial
                            and corrections.reporter = loads.reporter
                            and corrections.dataset = loads.dataset
                            and corrections.period = loads.period
                            and corrections.correction_no > loads.correction_no
                    )
                )
            union all
            select load_id, null, null, null from {{batch}} where false
        """,
        keys=("load_id",),
    )
    yield no_row_breaks(
        check_id="few_companies_are_withheld",
        looks_at="evaluation.mart_company_mix",
        says=f"No mart shows a number of companies below {_FEWEST_SHOWN} of submitted data.",
        broken_by=f"{_SHOWN_COUNTS}\nunion all\nselect null, null, null, null, null, null"
        " from {batch} where false",
        keys=("shown_in", "organisation_id", "period_id", "category"),
    )
    yield no_row_breaks(
        check_id="computed_shares_add_up",
        looks_at="evaluation.mart_activity_mix",
        says="The computed shares of one whole add up to 100 per cent where none is withheld.",
        broken_by=f"{_OTHER_SUMS}\nunion all\nselect null, null, null, null, null, null"
        " from {batch} where false",
        keys=("mart", "organisation_id", "period_id", "whole"),
    )
    yield no_row_breaks(
        check_id="sample_gives_the_printed_tables",
        looks_at="audit.mart_print_comparison",
        says="The sample gives each figure of tables 2 to 7, or it is said why not, and not both.",
        broken_by="""
            select figure_id, organisation_id, indicator_id, printed_text, computed_value, reason_en
            from {batch}
            where basis = 'sample' and agrees = (reason_en is not null)
        """,
        keys=("figure_id",),
    )
