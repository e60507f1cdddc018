{#
  Counts the organisations that must report and those that have reported, and chooses the key of the
  sum.
#}
select
    basis,
    figure_group,
    period_id,
    years_in_period,
    count(*) as reporters_due,
    sum(case when counts_for_country then 1 else 0 end) as reporters_in,
    case
        when sum(case when counts_for_country then 0 else 1 end) = 0 then 'denmark'
        else 'reported_so_far'
    end as organisation_id
from {{ ref('int_figure_periods') }}
where each_year_has_reporters
group by basis, figure_group, period_id, years_in_period
