with

countries as (
    select * from {{ ref('int_country_periods') }}
),

-- periods of which something is due or has come
begun as (
    select distinct
        submissions.basis,
        submissions.figure_group,
        periods.period_id
    from {{ ref('int_figure_submissions') }} as submissions
    inner join {{ ref('stg_evaluation_periods') }} as periods on submissions.year = periods.year
    where submissions.status <> 'not_due' and submissions.dataset <> 'companies'
),

side_by_side as (
    select
        basis,
        figure_group,
        period_id,
        organisation_id,
        case when is_complete then 1 else 0 end as reporters_in,
        1 as reporters_due,
        years_in,
        years_in_period as years_due,
        is_complete
    from {{ ref('int_figure_periods') }}
    -- an organisation whose time began later or ended has no figure of the period
    where years_due = years_in_period
    union all
    select
        basis,
        figure_group,
        period_id,
        organisation_id,
        reporters_in,
        reporters_due,
        case when reporters_in > 0 then years_in_period else 0 end as years_in,
        years_in_period as years_due,
        reporters_in = reporters_due as is_complete
    from countries
)

select
    side_by_side.figure_group,
    groups.label_da as figure_group_label_da,
    groups.label_en as figure_group_label_en,
    side_by_side.period_id,
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    gaps.missing_da,
    gaps.missing_en,
    cast(refusals.refused_amount_kr as decimal(18, 2)) as refused_amount_kr,
    side_by_side.basis,
    cast(side_by_side.reporters_in as integer) as reporters_in,
    cast(side_by_side.reporters_due as integer) as reporters_due,
    cast(side_by_side.years_in as integer) as years_in,
    cast(side_by_side.years_due as integer) as years_due,
    cast(coalesce(refusals.rows_refused, 0) as bigint) as rows_refused,
    case
        when not side_by_side.is_complete then 'partial'
        when refusals.rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from side_by_side
inner join begun
    on
        side_by_side.basis = begun.basis
        and side_by_side.figure_group = begun.figure_group
        and side_by_side.period_id = begun.period_id
inner join {{ ref('dim_reporting_term') }} as groups
    on side_by_side.figure_group = groups.term and groups.kind = 'figure_group'
left join {{ ref('int_reporting_gaps') }} as gaps
    on
        side_by_side.basis = gaps.basis
        and side_by_side.figure_group = gaps.figure_group
        and side_by_side.period_id = gaps.period_id
        and side_by_side.organisation_id = gaps.organisation_id
left join {{ ref('int_reporting_refusals') }} as refusals
    on
        side_by_side.basis = refusals.basis
        and side_by_side.figure_group = refusals.figure_group
        and side_by_side.period_id = refusals.period_id
        and side_by_side.organisation_id = refusals.organisation_id
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
