with cells_of_star as (
    select
        periods.period_id, periods.completeness, facts.basis, facts.organisation_id, member_type,
        if(country = 'DK', 'denmark', 'abroad') as home, count(*) as members, sum(dues_kr) as dues
    from core.fct_memberships as facts
    inner join scopes
        on
            scopes.figure_group = 'memberships'
            and scopes.basis = facts.basis
            and scopes.organisation_id = facts.organisation_id
            and scopes.period_id = cast(facts.year as varchar)
    inner join star_periods as periods
        on
            periods.figure_group = 'memberships'
            and periods.basis = facts.basis
            and periods.source_period_id = scopes.period_id
    group by all
)

select
    organisation_id, period_id, if(members < 3, 'not_shown', member_type) as member_type_id,
    if(members < 3, 'not_shown', home) as home_id, basis as basis_id,
    completeness as completeness_id,
    sum(members) as membership_years, if(sum(members) < 3, null, sum(dues)) as dues_kr
from cells_of_star
group by organisation_id, period_id, member_type_id, home_id, basis, completeness
