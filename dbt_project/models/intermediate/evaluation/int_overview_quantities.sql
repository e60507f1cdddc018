{#
  The quantities that table 2 compares, for organisations and the programme. The share of an
  organisation is its quantity in per cent of `whole` of the programme.
#}
with

memberships as (
    select
        memberships.basis,
        periods.period_id,
        memberships.organisation_id,
        memberships.member_id
    from {{ ref('fct_memberships') }} as memberships
    inner join {{ ref('int_evaluation_periods') }} as periods
        on memberships.basis = periods.basis and memberships.year = periods.year
),

counts as (
    select
        basis,
        period_id,
        organisation_id,
        'members' as indicator_id,
        count(distinct member_id) as quantity
    from memberships
    group by basis, period_id, rollup(organisation_id)
    union all
    select
        basis,
        period_id,
        organisation_id,
        'participants' as indicator_id,
        count(distinct participant_id) as quantity
    from {{ ref('int_counted_participations') }}
    group by basis, period_id, rollup(organisation_id)
    union all
    select
        basis,
        period_id,
        organisation_id,
        'activities' as indicator_id,
        count(*) as quantity
    from {{ ref('int_counted_activities') }}
    group by basis, period_id, rollup(organisation_id)
),

-- for other income, the quantity is the validated part, but the total includes all of it
money as (
    select
        basis,
        period_id,
        organisation_id,
        is_cluster_grant,
        sum(case when validated or is_cluster_grant then amount_kr else 0 end) as quantity_kr,
        sum(amount_kr) as whole_kr
    from {{ ref('int_counted_funding') }}
    group by basis, period_id, is_cluster_grant, rollup(organisation_id)
)

select
    basis,
    period_id,
    organisation_id,
    indicator_id,
    'total' as breakdown,
    'number' as unit,
    cast(quantity as decimal(20, 6)) as quantity,
    cast(quantity as decimal(20, 6)) as whole
from counts
union all
select
    basis,
    period_id,
    organisation_id,
    case when is_cluster_grant then 'consumed_funding' else 'other_income' end as indicator_id,
    case when is_cluster_grant then 'cluster_grant' else 'total' end as breakdown,
    'mio_kr' as unit,
    {{ ratio('quantity_kr', '1000000') }} as quantity,
    {{ ratio('whole_kr', '1000000') }} as whole
from money
