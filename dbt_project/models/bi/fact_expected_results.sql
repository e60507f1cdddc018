with

results as (
    select * from {{ ref('int_expected_results') }}
),

recommended as (
    select
        call_id,
        basis,
        count(distinct organisation_id) as organisations
    from {{ ref('int_decided_applications') }}
    where recommended_applications > 0
    group by call_id, basis
),

promised as (
    select
        call_id,
        basis,
        count(distinct organisation_id) as organisations
    from results
    where organisation_id <> 'not_distributed'
    group by call_id, basis
),

-- reported results count if every recommended applicant has reported them; otherwise the printed
-- results count
calls as (
    select
        preferred.call_id,
        preferred.period_id,
        preferred.date_id,
        preferred.completeness,
        case
            when promised.organisations >= recommended.organisations then preferred.basis
            else 'published'
        end as basis
    from {{ ref('int_preferred_calls') }} as preferred
    left join recommended
        on preferred.call_id = recommended.call_id and preferred.basis = recommended.basis
    left join promised
        on preferred.call_id = promised.call_id and preferred.basis = promised.basis
)

select
    calls.call_id,
    results.organisation_id,
    results.grant_type_id,
    calls.period_id,
    calls.date_id,
    results.basis as basis_id,
    case when results.basis = 'published' then 'printed' else calls.completeness end
        as completeness_id,
    cast(
        sum(case when results.indicator_id = 'smes_in_collective_activities' then results.value end)
        as decimal(20, 6)
    ) as smes_in_collective_activities,
    cast(
        sum(case when results.indicator_id = 'smes_developing_concepts' then results.value end)
        as decimal(20, 6)
    ) as smes_developing_concepts
from results
inner join calls on results.call_id = calls.call_id and results.basis = calls.basis
where results.indicator_id in ('smes_in_collective_activities', 'smes_developing_concepts')
group by
    calls.call_id, results.organisation_id, results.grant_type_id, calls.period_id,
    calls.date_id, results.basis, calls.completeness
