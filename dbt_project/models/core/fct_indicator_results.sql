with

printed as (
    select
        expected.call_id,
        coalesce(figures.organisation_id, 'denmark') as organisation_id,
        expected.grant_type_id,
        expected.indicator_id,
        coalesce(cast(expected.target_year as varchar), 'not_stated') as period_id,
        expected.target_year as year,
        'target' as result_kind,
        -- the print does not say whether the number includes earlier years
        'not_stated' as accumulation,
        cast(null as integer) as reported_year,
        figures.value,
        figures.unit,
        figures.qualifier,
        figures.figure_id,
        figures.basis,
        figures.source_row_key
    from {{ ref('stg_expected_results') }} as expected
    inner join {{ ref('fct_published_figures') }} as figures
        on expected.document_id || '#' || expected.cell_id = figures.figure_id
),

submitted as (
    select
        'not_stated' as call_id,
        results.organisation_id,
        'not_stated' as grant_type_id,
        results.indicator_id,
        cast(results.year as varchar) as period_id,
        cast(results.year as integer) as year,
        results.result_kind,
        results.accumulation,
        results.reported_year,
        cast(results.value as decimal(20, 6)) as value,
        indicators.unit,
        cast(null as varchar) as qualifier,
        cast(null as varchar) as figure_id,
        results.basis,
        results.source_row_key
    from {{ ref('stg_indicator_results') }} as results
    inner join {{ ref('stg_indicators') }} as indicators
        on results.indicator_id = indicators.indicator_id
)

select * from printed
union all
select * from submitted
