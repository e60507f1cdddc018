{#
  The periods for which a subject must be reported. The row of the country counts the organisations
  that must report and those that have reported. The sample is left out, because nobody must report
  it.
#}
select
    subjects.subject_id,
    reporting.period_id,
    reporting.basis,
    reporting.reporters_in,
    reporting.reporters_due
from {{ ref('mart_reporting') }} as reporting
inner join {{ ref('int_coverage_subjects') }} as subjects
    on reporting.figure_group = subjects.figure_group
inner join {{ ref('dim_period') }} as periods
    on
        reporting.period_id = periods.period_id
        and subjects.least_years <= periods.number_of_years
where
    reporting.organisation_id in ('denmark', 'reported_so_far')
    and reporting.basis = 'reported'
