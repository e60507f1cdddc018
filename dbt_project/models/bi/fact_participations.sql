with

periods as (
    select * from {{ ref('int_preferred_periods') }}
    where figure_group = 'participation'
),

-- a project that is reported for several years counts a participant once, in the first of them
reported as (
    select
        participations.organisation_id,
        periods.period_id,
        periods.date_id,
        periods.basis,
        periods.completeness,
        participations.activity_type_id,
        participations.participant_type,
        case when participations.is_danish then 'denmark' else 'abroad' end as home,
        participations.participant_id,
        participations.persons,
        row_number() over (
            partition by
                participations.basis, participations.organisation_id,
                participations.activity_key, participations.participant_id,
                participations.country
            order by
                participations.year asc nulls last, participations.source_row_key asc nulls last
        ) as place
    from {{ ref('int_counted_participations') }} as participations
    inner join periods
        on
            participations.basis = periods.basis
            and participations.period_id = periods.source_period_id
    -- the country's rows contain the same participations again
    where participations.organisation_id not in ('denmark', 'reported_so_far')
),

cells as (
    select
        organisation_id,
        period_id,
        date_id,
        basis,
        completeness,
        activity_type_id,
        participant_type,
        home,
        count(*) as participations,
        sum(persons) as persons,
        participant_type = 'company' and {{ is_withheld('count(distinct participant_id)') }}
            as is_withheld
    from reported
    where place = 1
    group by
        organisation_id, period_id, date_id, basis, completeness, activity_type_id,
        participant_type, home
),

shown as (
    select
        *,
        case when is_withheld then 'not_shown' else participant_type end as participant_type_id,
        case when is_withheld then 'not_shown' else home end as home_id
    from cells
)

select
    organisation_id,
    period_id,
    date_id,
    activity_type_id,
    participant_type_id,
    home_id,
    basis as basis_id,
    completeness as completeness_id,
    cast(sum(participations) as bigint) as participations,
    cast(sum(persons) as bigint) as persons
from shown
group by
    organisation_id, period_id, date_id, activity_type_id, participant_type_id, home_id,
    basis, completeness
