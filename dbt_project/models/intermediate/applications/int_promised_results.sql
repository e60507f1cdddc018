with

expected as (
    select * from {{ ref('stg_expected_results') }}
),

figures as (
    select * from {{ ref('int_published_figures') }}
),

indicators as (
    select * from {{ ref('stg_indicators') }}
),

printed as (
    select
        expected.call_id,
        figures.organisation_id,
        expected.grant_type_id,
        expected.indicator_id,
        figures.value,
        figures.unit,
        figures.figure_id,
        figures.basis,
        figures.source_row_key
    from expected
    inner join figures on expected.document_id || '#' || expected.cell_id = figures.figure_id
    where figures.organisation_id is not null
),

-- a report names no call: it belongs to the call with a printed target for the same year
ranked as (
    select
        expected.call_id,
        expected.grant_type_id,
        results.*,
        row_number() over (
            partition by
                expected.call_id, results.organisation_id, expected.grant_type_id,
                results.indicator_id, results.basis
            order by
                results.reported_year asc nulls last,
                -- cumulative before yearly, because the call's targets cover the whole period
                results.accumulation asc nulls last,
                results.source_row_key asc nulls last
        ) as place
    from {{ ref('stg_indicator_results') }} as results
    inner join expected
        on results.indicator_id = expected.indicator_id and results.year = expected.target_year
    where results.result_kind = 'target'
)

select * from printed
union all
select
    ranked.call_id,
    ranked.organisation_id,
    ranked.grant_type_id,
    ranked.indicator_id,
    cast(ranked.value as decimal(20, 6)) as value,
    indicators.unit,
    cast(null as varchar) as figure_id,
    ranked.basis,
    ranked.source_row_key
from ranked
inner join indicators on ranked.indicator_id = indicators.indicator_id
where ranked.place = 1
