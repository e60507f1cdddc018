"""Calls and what belongs to them: decisions, weights, designations, reference numbers."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_DECISIONS = "core.fct_decisions"

_WITHIN_APPLIED = """
    select d.call_id, d.organisation_id, d.grant_type_id, a.applied_amount_kr,
        d.recommended_amount_kr, d.source_row_key
    from {batch} d join core.fct_applications a
        on d.call_id = a.call_id and d.organisation_id = a.organisation_id
        and d.grant_type_id is not distinct from a.grant_type_id and d.basis = a.basis
    where d.recommended_amount_kr > a.applied_amount_kr
"""

#: Amounts are printed to a tenth of a million, so each may be half of that away.
_POT = """
    select d.call_id, sum(d.recommended_amount_kr) as recommended_kr, c.total_amount_kr,
        c.source_row_key
    from {batch} d join core.dim_call c using (call_id)
    where d.grant_type_id is null
    group by d.call_id, c.total_amount_kr, c.source_row_key
    having abs(sum(d.recommended_amount_kr) - c.total_amount_kr)
        > 50000 * count(d.recommended_amount_kr)
"""

_POT_OF_GRANT = """
    select d.call_id, d.grant_type_id, d.basis, sum(d.recommended_amount_kr) as recommended_kr,
        g.pot_kr, min(d.source_row_key) as source_row_key
    from {batch} d join core.dim_grant_type g using (call_id, grant_type_id)
    group by d.call_id, d.grant_type_id, d.basis, g.pot_kr
    having sum(d.recommended_amount_kr) > g.pot_kr
"""

#: Whether what is computed from other print agrees with the print is the audit's business.
_CALL_PRINT = """
    select figure_id, basis, printed_text, computed_value, computed_rounded
    from {batch}
    where basis = 'sample' and agrees is not true
        or basis = 'published' and computed_value is null and reason_en is null
"""

_EXPECTED = """
    select call_id, organisation_id, grant_type_id, indicator_id, basis, promised_value,
        expected_value, source_row_key
    from {batch}
    where abs(expected_value) > abs(promised_value)
"""

_WEIGHTS = """
    select call_id, grant_type_id, sum(weight_numerator) as they_add_up_to,
        list(distinct weight_denominator order by weight_denominator) as denominators,
        min(source_row_key) as source_row_key
    from {batch}
    where weight_numerator is not null
    group by call_id, grant_type_id
    having denominators <> [they_add_up_to]
"""

_ONE_PER_AREA = """
    select area_id, call_id, count(*) as chosen, min(source_row_key) as source_row_key
    from {batch}
    where outcome in ('recommended', 'designated')
    group by area_id, call_id
    having count(*) > 1
"""

_CERTIFICATES = """
    with listed as (
        select organisation_id, breakdown as level, figure_id
        from core.fct_published_figures
        where indicator_id = 'certificate_holder' and repeats_figure_id is null
    )
    select organisation_id, level, l.figure_id, c.source_row_key
    from {batch} c full join listed l using (organisation_id, level)
    where l.figure_id is null or c.source_row_key is null
"""

#: Reference data with a number in it, and where the number must stand in the print.
_STANDS_IN_PRINT = """
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
        select 'dim_funder_term', funder_id || ' ' || term, value_number, document_id, line_number,
            source_row_key
        from core.dim_funder_term where value_number is not null and unit is distinct from 'year'
    )
    select s.stands_in, s.key, s.value, s.document_id, s.line_number, s.source_row_key
    from stated s
    where not exists (
        from core.fct_published_figures f
        where f.document_id = s.document_id
            and s.line_number between f.line_number - 1 and f.last_line_number + 1
            and s.value in (f.value, f.amount_kr)
    )
"""


def checks() -> Iterable[Check]:
    """Decisions, weights, designations, certificates and reference numbers."""
    yield from _decisions()
    yield no_row_breaks(
        check_id="criterion_weights_give_the_whole",
        looks_at="core.dim_criterion",
        says="A grant type's weights have one denominator, and their numerators add up to it.",
        broken_by=_WEIGHTS,
        keys=("call_id", "grant_type_id", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="one_cluster_per_area",
        looks_at="core.fct_designations",
        says="At most one organisation is chosen for an area in a call.",
        broken_by=_ONE_PER_AREA,
        keys=("area_id", "call_id", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="certificates_are_those_listed",
        looks_at="core.dim_certification",
        says="An organisation holds the certificate that the print lists it under, and no other.",
        broken_by=_CERTIFICATES,
        keys=("organisation_id", "level"),
    )
    yield no_row_breaks(
        check_id="reference_numbers_stand_in_print",
        looks_at="core.dim_requirement",
        says="Every number in the reference data stands in the print at the line it names.",
        broken_by=_STANDS_IN_PRINT,
        keys=("stands_in", "key", "source_row_key"),
    )


def _decisions() -> Iterable[Check]:
    yield no_row_breaks(
        check_id="recommended_within_applied",
        looks_at=_DECISIONS,
        says="Nobody is recommended more than was applied for.",
        broken_by=_WITHIN_APPLIED,
        keys=("organisation_id", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="recommended_amounts_spend_the_pot",
        looks_at=_DECISIONS,
        says="The recommended amounts of a call add up to its total, within rounding.",
        broken_by=_POT,
        keys=("call_id", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="decisions_stay_within_the_pot",
        looks_at=_DECISIONS,
        says="What is decided for a grant is at most its pot.",
        broken_by=_POT_OF_GRANT,
        keys=("call_id", "grant_type_id", "basis", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="call_print_is_given_or_says_why",
        looks_at="audit.mart_call_print",
        says="The sample gives a call's printed numbers; what no other print gives says why.",
        broken_by=_CALL_PRINT,
        keys=("figure_id", "basis"),
    )
    yield no_row_breaks(
        check_id="nobody_delivers_more_than_promised",
        looks_at="allocation.mart_expected_results",
        says="What is expected of an award is at most what was promised for all applied for.",
        broken_by=_EXPECTED,
        keys=("organisation_id", "grant_type_id", "indicator_id", "source_row_key"),
    )
