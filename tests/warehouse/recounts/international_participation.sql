select
    organisation_id, period_id, participant_type,
    coalesce(institution_type, 'total') as institution_type,
    count(*) as participations,
    count(*) filter (where country <> 'DK') as foreign_participations,
    quotient(100 * count(*) filter (where country <> 'DK'), count(*)) as foreign_percent,
    null as figure_id, basis
from participations
group by grouping sets (
    (basis, period_id, participant_type, organisation_id),
    (basis, period_id, participant_type, institution_type, organisation_id)
)
-- a row without an institution has no institution type
having grouping(institution_type) = 1 or institution_type is not null
union all
select
    organisation_id, period_id, breakdown, 'total', null, null, value, figure_id, basis
from cells
where
    indicator_id = 'foreign_participation' and statistic = 'share' and organisation_id is not null
