with years as (
    select
        periods.period_id, periods.basis, periods.completeness, facts.organisation_id,
        facts.activity_type_id, facts.activity_id, facts.start_date, facts.year
    from activities as facts
    inner join star_periods as periods
        on
            periods.figure_group = 'activities'
            and periods.basis = facts.basis
            and periods.source_period_id = facts.period_id
    where
        facts.figure_group = 'activities' and facts.organisation_id = facts.reporting
        and facts.period_id = cast(facts.year as varchar)
)

select
    organisation_id, period_id, activity_type_id, basis as basis_id, completeness as completeness_id,
    count(*) as activities
from (
    from years
    qualify year = min(year) over (
        partition by basis, organisation_id, activity_id, start_date
    )
)
group by all
union all
select
    'not_distributed', period_id, 'not_distributed', 'published', 'printed', any_value(value)
from cells
inner join star_periods as periods using (period_id, basis)
where
    periods.figure_group = 'activities' and table_role = 'organisation_shares'
    and indicator_id = 'activities' and statistic = 'level'
group by all
