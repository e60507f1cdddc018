with years as (
    select
        periods.period_id, periods.completeness, facts.basis, facts.organisation_id, facts.activity_type_id,
        facts.participant_type, if(country = 'DK', 'denmark', 'abroad') as home, participant_id, persons,
        country, facts.activity_id, facts.year, started.start_date
    from participations as facts
    inner join star_periods as periods
        on
            periods.figure_group = 'participation'
            and periods.basis = facts.basis
            and periods.source_period_id = facts.period_id
    inner join core.fct_activities as started
        on
            started.basis = facts.basis
            and started.organisation_id = facts.organisation_id
            and started.year = facts.year
            and started.activity_id = facts.activity_id
    where
        facts.organisation_id = facts.reporting
        and facts.period_id = cast(facts.year as varchar)
),

cells_of_star as (
    select
        period_id, completeness, basis, organisation_id, activity_type_id, participant_type, home,
        count(*) as participations, sum(persons) as persons,
        participant_type = 'company' and count(distinct participant_id) < 3 as is_hidden
    from (
        from years
        qualify years.year = min(years.year) over (
            partition by basis, organisation_id, activity_id, start_date, participant_id, country
        )
    )
    group by
        period_id, completeness, basis, organisation_id, activity_type_id, participant_type, home
)

select
    organisation_id, period_id, activity_type_id,
    if(is_hidden, 'not_shown', participant_type) as participant_type_id,
    if(is_hidden, 'not_shown', home) as home_id,
    basis as basis_id, completeness as completeness_id, sum(participations) as participations,
    sum(persons) as persons
from cells_of_star
group by all
