select
    facts.organisation_id, periods.period_id, staff_funder as staff_funder_id,
    facts.basis as basis_id, periods.completeness as completeness_id,
    sum(full_time_equivalents) as full_time_equivalents
from core.fct_full_time_equivalents as facts
inner join scopes
    on
        scopes.figure_group = 'staff'
        and scopes.basis = facts.basis
        and scopes.organisation_id = facts.organisation_id
        and scopes.period_id = cast(facts.year as varchar)
inner join star_periods as periods
    on
        periods.figure_group = 'staff'
        and periods.basis = facts.basis
        and periods.source_period_id = scopes.period_id
group by all
