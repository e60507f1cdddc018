with

printed as (
    select
        coalesce(organisation_id, 'denmark') as organisation_id,
        period_id,
        max(case when indicator_id = 'population_companies' then value end) as companies,
        max(case when indicator_id = 'participating_population_companies' then value end)
            as participating_companies,
        max(case when indicator_id = 'participation_coverage' then value end)
            as printed_coverage_percent,
        max(case when indicator_id = 'participation_coverage' then figure_id end) as figure_id,
        false as is_withheld,
        basis
    from {{ ref('int_evaluation_report_cells') }}
    where table_role = 'participation_coverage'
    group by organisation_id, period_id, basis
),

counted as (
    select
        organisation_id,
        period_id,
        sum(case participation when 'not_participating' then companies else 0 end) as companies,
        sum(case participation when 'participating' then companies else 0 end)
            as participating_companies,
        basis
    from {{ ref('int_company_profiles') }}
    group by organisation_id, period_id, basis
),

computed as (
    select
        *,
        {{ is_withheld('participating_companies') }} as is_withheld
    from counted
),

side_by_side as (
    select * from printed
    union all
    select
        organisation_id,
        period_id,
        companies,
        case when not is_withheld then participating_companies end as participating_companies,
        cast(null as decimal(20, 6)) as printed_coverage_percent,
        cast(null as varchar) as figure_id,
        is_withheld,
        basis
    from computed
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id') }} as row_kind,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    cast(companies as bigint) as companies,
    cast(participating_companies as bigint) as participating_companies,
    printed_coverage_percent,
    -- the printed companies do not take part: table 4 has the same number for not_participating
    {{ ratio('100 * participating_companies', 'companies + participating_companies', 2) }}
        as coverage_percent,
    {{ ratio('100 * participating_companies', 'companies', 2) }} as participants_per_100_others,
    is_withheld,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'coverage'") }}
{{ join_figure_source('side_by_side.figure_id') }}
