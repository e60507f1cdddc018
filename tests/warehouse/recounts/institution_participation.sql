with held as (
    select basis, period_id, organisation_id, count(*) as activities
    from activities
    where figure_group = 'participation'
    group by basis, period_id, organisation_id
),

reached as (
    select
        basis, period_id, organisation_id, institution_type,
        count(distinct (year, reporting, activity_id)) as with_type
    from participations
    where institution_type is not null and country = 'DK'
    group by basis, period_id, institution_type, organisation_id
)

select
    reached.organisation_id, reached.period_id, reached.institution_type,
    reached.with_type as activities_with_type, held.activities,
    quotient(100 * reached.with_type, held.activities) as share_percent,
    null as figure_id, reached.basis
from reached
inner join held
    on
        reached.basis = held.basis
        and reached.period_id = held.period_id
        and reached.organisation_id = held.organisation_id
union all
select organisation_id, period_id, breakdown, null, null, value, figure_id, basis
from cells
where indicator_id = 'institution_participation' and organisation_id is not null
