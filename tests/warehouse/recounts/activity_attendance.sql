with held as (
    select basis, period_id, organisation_id, activity_type_id, count(*) as activities
    from activities
    where figure_group = 'participation'
    group by basis, period_id, activity_type_id, organisation_id
),

came as (
    select basis, period_id, organisation_id, activity_type_id, participant_type, count(*) as times
    from participations
    where participant_type in ('company', 'knowledge_institution')
    group by basis, period_id, activity_type_id, participant_type, organisation_id
)

select
    came.organisation_id, came.period_id, came.activity_type_id, came.participant_type,
    quotient(came.times, held.activities) as average_participants,
    null as figure_id, came.basis
from came
inner join held
    on
        came.basis = held.basis
        and came.period_id = held.period_id
        and came.activity_type_id = held.activity_type_id
        and came.organisation_id = held.organisation_id
union all
select
    in_denmark(organisation_id), period_id, activity_type_id, breakdown, value, figure_id, basis
from cells
where table_id = 'table_6'
