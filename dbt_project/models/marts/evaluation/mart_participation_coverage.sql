with

cells as (
    select *
    from {{ ref('int_dfir_cells') }}
    where table_id = 'table_3'
),

side_by_side as (
    select
        organisation_id,
        organisation_name,
        period_id,
        max(case when indicator_id = 'population_companies' then value end) as companies,
        max(case when indicator_id = 'participating_population_companies' then value end)
            as participating_companies,
        max(case when indicator_id = 'participation_coverage' then value end)
            as printed_coverage_percent,
        max(case when indicator_id = 'participation_coverage' then figure_id end) as figure_id
    from cells
    group by organisation_id, organisation_name, period_id
)

select
    organisation_id,
    organisation_name,
    period_id,
    cast(companies as bigint) as companies,
    cast(participating_companies as bigint) as participating_companies,
    printed_coverage_percent,
    -- the companies printed are those that take no part: table 4 has the same number for them
    {{ ratio('100 * participating_companies', 'companies + participating_companies', 2) }}
        as coverage_percent,
    {{ ratio('100 * participating_companies', 'companies', 2) }} as participants_per_100_others,
    figure_id,
    'published' as basis
from side_by_side
