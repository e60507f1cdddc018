{# Names the reports that an organisation or the country lacks for a complete figure. #}
with

terms as (
    select * from {{ ref('dim_reporting_term') }}
),

submissions as (
    select
        submissions.basis,
        submissions.figure_group,
        periods.period_id,
        submissions.organisation_id,
        datasets.label_da || ' ' || cast(submissions.year as varchar)
        || ' (' || statuses.label_da || ')' as gap_da,
        datasets.label_en || ' ' || cast(submissions.year as varchar)
        || ' (' || statuses.label_en || ')' as gap_en
    from {{ ref('int_figure_submissions') }} as submissions
    inner join {{ ref('stg_evaluation_periods') }} as periods on submissions.year = periods.year
    inner join terms as datasets
        on submissions.dataset = datasets.term and datasets.kind = 'dataset'
    inner join terms as statuses
        on submissions.status = statuses.term and statuses.kind = 'status'
    where not submissions.is_reported
),

organisations as (
    select
        periods.basis,
        periods.figure_group,
        periods.period_id,
        countries.organisation_id,
        coalesce(names.short_name, names.name) as gap_da,
        coalesce(names.short_name, names.name) as gap_en
    from {{ ref('int_figure_periods') }} as periods
    inner join {{ ref('int_country_periods') }} as countries
        on
            periods.basis = countries.basis
            and periods.figure_group = countries.figure_group
            and periods.period_id = countries.period_id
    inner join {{ ref('dim_organisation') }} as names
        on periods.organisation_id = names.organisation_id
    where not periods.counts_for_country
),

side_by_side as (
    select * from submissions
    union all
    select * from organisations
)

select
    basis,
    figure_group,
    period_id,
    organisation_id,
    {{ list_of('gap_da', ', ') }} as missing_da,
    {{ list_of('gap_en', ', ') }} as missing_en
from side_by_side
group by basis, figure_group, period_id, organisation_id
