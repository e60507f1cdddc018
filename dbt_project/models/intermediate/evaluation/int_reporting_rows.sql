{#
  Says which part of a group of figures is reported in a period, for each organisation and for the
  country. A period is included only if a submission for it is due or has come.
#}
with

begun as (
    select distinct
        submissions.basis,
        submissions.figure_group,
        periods.period_id
    from {{ ref('int_figure_submissions') }} as submissions
    inner join {{ ref('stg_evaluation_periods') }} as periods on submissions.year = periods.year
    where
        submissions.status not in ('not_due', 'no_due_date')
        and submissions.dataset <> 'companies'
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
    -- an organisation that must report only some years of the period has no figure for the period
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
    from {{ ref('int_country_periods') }}
)

select side_by_side.*
from side_by_side
inner join begun
    on
        side_by_side.basis = begun.basis
        and side_by_side.figure_group = begun.figure_group
        and side_by_side.period_id = begun.period_id
