select
    scopes.organisation_id, scopes.period_id, staff_funder,
    sum(full_time_equivalents) as full_time_equivalents,
    quotient(
        100 * sum(full_time_equivalents),
        sum(sum(full_time_equivalents)) over (
            partition by facts.basis, scopes.period_id, scopes.organisation_id
        )
    ) as share_percent,
    facts.basis
from core.fct_full_time_equivalents as facts
inner join scopes
    on
        facts.basis = scopes.basis
        and facts.organisation_id = scopes.reporting
        and facts.year = scopes.year
where scopes.figure_group = 'staff'
group by facts.basis, scopes.period_id, staff_funder, scopes.organisation_id
