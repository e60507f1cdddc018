{#
  The periods for which a subject must be reported, and whether everything is reported. The row of the
  country counts the organisations that must report and those that have reported. The files of a call
  belong to the period of the call, and no organisations are counted for them. The sample is left out,
  because nobody must report it.
#}
with

subjects as (
    select * from {{ ref('int_coverage_subjects') }}
),

calls as (
    select
        calls.period_id,
        completeness.basis,
        completeness.figure_group as call_group,
        max(case when completeness.completeness = 'partial' then 1 else 0 end) as lacks_files
    from {{ ref('int_call_completeness') }} as completeness
    inner join {{ ref('dim_call') }} as calls on completeness.call_id = calls.call_id
    where completeness.is_due and completeness.basis = 'reported'
    group by calls.period_id, completeness.basis, completeness.figure_group
)

select
    subjects.subject_id,
    reporting.period_id,
    reporting.basis,
    reporting.reporters_in,
    reporting.reporters_due,
    reporting.reporters_in >= reporting.reporters_due as is_whole
from {{ ref('mart_reporting') }} as reporting
inner join subjects on reporting.figure_group = subjects.figure_group
inner join {{ ref('dim_period') }} as periods
    on
        reporting.period_id = periods.period_id
        and subjects.least_years <= periods.number_of_years
where
    reporting.organisation_id in ('denmark', 'reported_so_far')
    and reporting.basis = 'reported'
union all
select
    subjects.subject_id,
    calls.period_id,
    calls.basis,
    cast(null as integer) as reporters_in,
    cast(null as integer) as reporters_due,
    calls.lacks_files = 0 as is_whole
from calls
inner join subjects on calls.call_group = subjects.call_group
