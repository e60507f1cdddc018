{#
  Computes the quantities that table 2 compares, for organisations and the country. The share of an
  organisation is its quantity in per cent of the country's `whole`.
#}
with

memberships as (
    select
        memberships.basis,
        scopes.period_id,
        scopes.organisation_id,
        memberships.member_id
    from {{ ref('fct_memberships') }} as memberships
    inner join {{ ref('int_figure_scopes') }} as scopes
        on
            memberships.basis = scopes.basis
            and memberships.organisation_id = scopes.reporting_organisation_id
            and memberships.year = scopes.year
    where scopes.figure_group = 'memberships'
),

counts as (
    select
        basis,
        period_id,
        organisation_id,
        'memberships' as figure_group,
        'members' as indicator_id,
        count(distinct member_id) as quantity
    from memberships
    group by basis, period_id, organisation_id
    union all
    select
        basis,
        period_id,
        organisation_id,
        'participation' as figure_group,
        'participants' as indicator_id,
        count(distinct participant_id) as quantity
    from {{ ref('int_counted_participations') }}
    group by basis, period_id, organisation_id
    union all
    select
        basis,
        period_id,
        organisation_id,
        figure_group,
        'activities' as indicator_id,
        count(*) as quantity
    from {{ ref('int_counted_activities') }}
    where figure_group = 'activities'
    group by basis, period_id, organisation_id, figure_group
),

-- for other income, the quantity has validated amounts only, but the total has all amounts
money as (
    select
        basis,
        period_id,
        organisation_id,
        is_cluster_grant,
        sum(case when validated or is_cluster_grant then amount_kr else 0 end) as quantity_kr,
        sum(amount_kr) as whole_kr
    from {{ ref('int_counted_funding') }}
    group by basis, period_id, organisation_id, is_cluster_grant
)

select
    basis,
    period_id,
    organisation_id,
    figure_group,
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
    'funding' as figure_group,
    case when is_cluster_grant then 'consumed_funding' else 'other_income' end as indicator_id,
    case when is_cluster_grant then 'cluster_grant' else 'total' end as breakdown,
    'mio_kr' as unit,
    {{ ratio('quantity_kr', '1000000') }} as quantity,
    {{ ratio('whole_kr', '1000000') }} as whole
from money
