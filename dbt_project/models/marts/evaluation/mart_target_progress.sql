with

-- only submissions that are reported
results as (
    select results.*
    from {{ ref('fct_indicator_results') }} as results
    left join {{ ref('int_figure_years') }} as reports
        on
            results.basis = reports.basis
            and results.organisation_id = reports.organisation_id
            and results.reported_year = reports.year
            and reports.figure_group = 'results'
    where results.basis = 'published' or reports.is_reported
),

-- a value that is reported again in a later year replaces the earlier one
ranked as (
    select
        *,
        row_number() over (
            partition by
                call_id, organisation_id, grant_type_id, indicator_id, period_id, accumulation,
                result_kind, basis
            order by reported_year desc nulls last, source_row_key asc nulls last
        ) as place
    from results
),

side_by_side as (
    select
        call_id,
        organisation_id,
        grant_type_id,
        indicator_id,
        period_id,
        year,
        accumulation,
        unit,
        max(case when result_kind = 'baseline' then value end) as baseline_value,
        max(case when result_kind = 'target' then value end) as target_value,
        max(case when result_kind = 'actual' then value end) as actual_value,
        max(case when result_kind = 'target' then qualifier end) as target_qualifier,
        max(figure_id) as figure_id,
        basis
    from ranked
    where place = 1
    group by
        call_id, organisation_id, grant_type_id, indicator_id, period_id, year, accumulation, unit,
        basis
)

select
    side_by_side.call_id,
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id', total="side_by_side.accumulation = 'cumulative'") }}
        as row_kind,
    side_by_side.grant_type_id,
    side_by_side.indicator_id,
    indicators.label_da as indicator_label_da,
    indicators.label_en as indicator_label_en,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.year,
    side_by_side.accumulation,
    side_by_side.unit,
    side_by_side.baseline_value,
    side_by_side.target_value,
    side_by_side.target_qualifier,
    side_by_side.actual_value,
    {{ ratio('100 * side_by_side.actual_value', 'side_by_side.target_value', 2) }}
        as progress_percent,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    case when side_by_side.basis <> 'published' then 1 end as reporters_in,
    case when side_by_side.basis <> 'published' then 1 end as reporters_due,
    case when side_by_side.basis <> 'published' then coalesce(completeness.years_in, 0) end
        as years_in,
    case when side_by_side.basis <> 'published' then 1 end as years_due,
    case when side_by_side.basis <> 'published' then coalesce(completeness.rows_refused, 0) end
        as rows_refused,
    case
        when side_by_side.basis = 'published' then 'printed'
        else coalesce(completeness.completeness, 'partial')
    end as completeness
from side_by_side
inner join {{ ref('dim_indicator') }} as indicators
    on side_by_side.indicator_id = indicators.indicator_id
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'results'") }}
{{ join_figure_source('side_by_side.figure_id') }}
