with

divisions as (
    select
        basis,
        period_id,
        organisation_id,
        industry_tie,
        industry_division,
        industry_code_version,
        count(*) as companies
    from {{ ref('int_company_industries') }}
    group by
        basis, period_id, organisation_id, industry_tie, industry_division, industry_code_version
),

ranked as (
    select
        *,
        row_number() over (
            partition by basis, period_id, organisation_id, industry_tie
            order by
                companies desc nulls last, industry_division asc nulls last,
                industry_code_version asc nulls last
        ) as industry_rank,
        sum(companies) over (
            partition by basis, period_id, organisation_id, industry_tie
        ) as companies_in_all
    from divisions
),

cumulated as (
    select
        *,
        sum(companies) over (
            partition by basis, period_id, organisation_id, industry_tie
            order by industry_rank nulls last
        ) as companies_so_far,
        {{ is_withheld('companies') }} as is_withheld
    from ranked
),

side_by_side as (
    select
        organisation_id,
        period_id,
        'not_tied' as industry_tie,
        industry_rank,
        industry_division,
        industry_code_version,
        cast(null as bigint) as companies,
        cast(null as decimal(20, 6)) as share_percent,
        cast(null as decimal(20, 6)) as cumulative_percent,
        true as makes_up_half,
        false as is_withheld,
        figure_id,
        basis
    from {{ ref('int_printed_industries') }}
    union all
    select
        organisation_id,
        period_id,
        industry_tie,
        industry_rank,
        industry_division,
        industry_code_version,
        case when not is_withheld then companies end as companies,
        case when not is_withheld then {{ ratio('100 * companies', 'companies_in_all') }} end
            as share_percent,
        case when not is_withheld then {{ ratio('100 * companies_so_far', 'companies_in_all') }} end
            as cumulative_percent,
        2 * (companies_so_far - companies) <= companies_in_all as makes_up_half,
        is_withheld,
        cast(null as varchar) as figure_id,
        basis
    from cumulated
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id', total="side_by_side.industry_tie = 'total'") }}
        as row_kind,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.industry_tie,
    cast(side_by_side.industry_rank as integer) as industry_rank,
    side_by_side.industry_division,
    side_by_side.industry_code_version,
    industries.label_da as industry_label_da,
    industries.label_en as industry_label_en,
    side_by_side.companies,
    side_by_side.share_percent,
    side_by_side.cumulative_percent,
    side_by_side.makes_up_half,
    side_by_side.is_withheld,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
left join {{ ref('dim_industry') }} as industries
    on
        side_by_side.industry_division = industries.industry_division
        and side_by_side.industry_code_version = industries.industry_code_version
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'participation'") }}
{{ join_figure_source('side_by_side.figure_id') }}
