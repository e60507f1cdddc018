"""Calls: decisions, criteria, designations, certificates, and the numbers of the reference data."""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import UnexpectedRowsExpectation

from expectations.declaration import AUDITOR, SECRETARIAT, build_suite


class RecommendedWithinApplied(UnexpectedRowsExpectation):
    description: str = "No recommended amount exceeds the amount applied for."
    unexpected_rows_query: str = """
        select d.organisation_id, d.source_row_key, d.call_id, d.grant_type_id,
            a.applied_amount_kr, d.recommended_amount_kr
        from {batch} d join core.fct_applications a
            on d.call_id = a.call_id and d.organisation_id = a.organisation_id
            and d.grant_type_id is not distinct from a.grant_type_id and d.basis = a.basis
        where d.recommended_amount_kr > a.applied_amount_kr
        order by all
    """


class RecommendedAmountsSpendThePot(UnexpectedRowsExpectation):
    """Amounts are printed to a tenth of a million, so each may be off by half of that."""

    description: str = (
        "The recommended amounts of a call add up to its total amount, within rounding."
    )
    unexpected_rows_query: str = """
        select d.call_id, c.source_row_key, sum(d.recommended_amount_kr) as recommended_kr,
            c.total_amount_kr
        from {batch} d join core.dim_call c using (call_id)
        where d.grant_type_id is null
        group by d.call_id, c.total_amount_kr, c.source_row_key
        having abs(sum(d.recommended_amount_kr) - c.total_amount_kr)
            > 50000 * count(d.recommended_amount_kr)
        order by all
    """


class DecisionsStayWithinThePot(UnexpectedRowsExpectation):
    description: str = "The decisions on a grant type add up to at most its pot."
    unexpected_rows_query: str = """
        select d.call_id, d.grant_type_id, d.basis, min(d.source_row_key) as source_row_key,
            sum(d.recommended_amount_kr) as recommended_kr, g.pot_kr
        from {batch} d join core.dim_grant_type g using (call_id, grant_type_id)
        group by d.call_id, d.grant_type_id, d.basis, g.pot_kr
        having sum(d.recommended_amount_kr) > g.pot_kr
        order by all
    """


class CallPrintIsGivenOrSaysWhy(UnexpectedRowsExpectation):
    """Whether a value computed from other printed figures agrees is the audit's business."""

    description: str = (
        "The sample reproduces the printed numbers of a call; a printed number that cannot be "
        "computed from other printed figures has a reason."
    )
    unexpected_rows_query: str = """
        select figure_id, basis, printed_text, computed_value, computed_rounded
        from {batch}
        where basis = 'sample' and agrees is not true
            or basis = 'published' and computed_value is null and reason_en is null
        order by all
    """


class NobodyDeliversMoreThanPromised(UnexpectedRowsExpectation):
    description: str = (
        "The result expected from an award is at most the result promised for the full amount."
    )
    unexpected_rows_query: str = """
        select organisation_id, grant_type_id, indicator_id, source_row_key, call_id, basis,
            promised_value, expected_value
        from {batch}
        where abs(expected_value) > abs(promised_value)
        order by all
    """


class CriterionWeightsGiveTheWhole(UnexpectedRowsExpectation):
    description: str = (
        "The weights of a grant type have one denominator, and their numerators add up to it."
    )
    unexpected_rows_query: str = """
        select call_id, grant_type_id, min(source_row_key) as source_row_key,
            sum(weight_numerator) as sum_of_numerators,
            list(distinct weight_denominator order by weight_denominator) as denominators
        from {batch}
        where weight_numerator is not null
        group by call_id, grant_type_id
        having denominators <> [sum_of_numerators]
        order by all
    """


class OneClusterPerArea(UnexpectedRowsExpectation):
    description: str = "A call recommends or designates at most one organisation for an area."
    unexpected_rows_query: str = """
        select area_id, call_id, min(source_row_key) as source_row_key, count(*) as chosen
        from {batch}
        where outcome in ('recommended', 'designated')
        group by area_id, call_id
        having count(*) > 1
        order by all
    """


class CertificatesAreThoseListed(UnexpectedRowsExpectation):
    description: str = (
        "An organisation holds exactly the certificate under which the document lists it."
    )
    unexpected_rows_query: str = """
        with listed as (
            select organisation_id, breakdown as level, figure_id
            from core.fct_published_figures
            where indicator_id = 'certificate_holder' and repeats_figure_id is null
        )
        select organisation_id, level, l.figure_id, c.source_row_key
        from {batch} c full join listed l using (organisation_id, level)
        where l.figure_id is null or c.source_row_key is null
        order by all
    """


class ReferenceNumbersStandInPrint(UnexpectedRowsExpectation):
    description: str = (
        "Every number in the reference data is printed at the document line that it refers to."
    )
    unexpected_rows_query: str = """
        with stated as (
            select 'dim_requirement' as stands_in, requirement_id as key, value,
                document_id, line_number, source_row_key
            from {batch} where value is not null
            union all
            select 'dim_call', call_id, total_amount_kr, document_id, line_number, source_row_key
            from core.dim_call
            union all
            select 'dim_grant_type', grant_type_id, pot_kr, document_id, line_number, source_row_key
            from core.dim_grant_type where pot_kr is not null
            union all
            select 'dim_grant_period', grant_period_id, amount_kr, document_id, line_number,
                source_row_key
            from core.dim_grant_period where amount_kr is not null
            union all
            select 'dim_criterion', criterion_id, weight_percent_printed, document_id, line_number,
                source_row_key
            from core.dim_criterion where weight_percent_printed is not null
            union all
            select 'dim_funder_term', funder_id || ' ' || term, value_number, document_id,
                line_number, source_row_key
            from core.dim_funder_term
            where value_number is not null and unit is distinct from 'year'
        )
        select s.stands_in, s.key, s.source_row_key, s.value, s.document_id, s.line_number
        from stated s anti join core.fct_published_figures f
            on f.document_id = s.document_id
            and s.line_number between f.line_number - 1 and f.last_line_number + 1
            and s.value in (f.value, f.amount_kr)
        order by all
    """


def suites() -> Iterator[ExpectationSuite]:
    """One suite for each table of a call."""
    yield build_suite(
        "core.fct_decisions",
        [
            RecommendedWithinApplied(),
            RecommendedAmountsSpendThePot(),
            DecisionsStayWithinThePot(),
        ],
        owner=SECRETARIAT,
    )
    yield build_suite("audit.mart_call_print", [CallPrintIsGivenOrSaysWhy()], owner=AUDITOR)
    yield build_suite(
        "allocation.mart_expected_results", [NobodyDeliversMoreThanPromised()], owner=SECRETARIAT
    )
    yield build_suite("core.dim_criterion", [CriterionWeightsGiveTheWhole()], owner=SECRETARIAT)
    yield build_suite("core.fct_designations", [OneClusterPerArea()], owner=SECRETARIAT)
    yield build_suite("core.dim_certification", [CertificatesAreThoseListed()], owner=AUDITOR)
    yield build_suite("core.dim_requirement", [ReferenceNumbersStandInPrint()], owner=AUDITOR)
