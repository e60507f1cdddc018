with

codes as (
    select
        basis,
        period_id,
        organisation_id,
        industry_tie,
        industry_code,
        industry_code_version,
        count(*) as companies
    from {{ ref('int_company_industries') }}
    group by
        basis, period_id, organisation_id, industry_tie, industry_code, industry_code_version
),

ranked as (
    select
        *,
        row_number() over (
            partition by basis, period_id, organisation_id, industry_tie
            order by
                companies desc nulls last, industry_code asc nulls last,
                industry_code_version asc nulls last
        ) as place
    from codes
),

ties as (
    select
        basis,
        period_id,
        organisation_id,
        industry_tie,
        sum(companies) as companies,
        count(*) as industries,
        sum(case when place <= 5 then companies else 0 end) as companies_in_five_largest
    from ranked
    group by basis, period_id, organisation_id, industry_tie
),

computed as (
    select
        ties.*,
        totals.companies as companies_in_all,
        {{ is_withheld('ties.companies') }} as is_withheld
    from ties
    inner join ties as totals
        on
            ties.basis = totals.basis
            and ties.period_id = totals.period_id
            and ties.organisation_id = totals.organisation_id
            and totals.industry_tie = 'total'
),

side_by_side as (
    select
        organisation_id,
        period_id,
        breakdown as industry_tie,
        cast(null as bigint) as companies,
        cast(null as decimal(20, 6)) as share_percent,
        cast(value as bigint) as industries,
        cast(null as decimal(20, 6)) as five_largest_percent,
        false as is_withheld,
        figure_id,
        basis
    from {{ ref('fct_published_figures') }}
    where
        document_role = 'evaluation_report'
        and indicator_id = 'industries'
        and organisation_id is not null
    union all
    select
        organisation_id,
        period_id,
        industry_tie,
        cast(case when not is_withheld then companies end as bigint) as companies,
        case when not is_withheld then {{ ratio('100 * companies', 'companies_in_all') }} end
            as share_percent,
        case when not is_withheld then industries end as industries,
        case
            when not is_withheld then {{ ratio('100 * companies_in_five_largest', 'companies') }}
        end as five_largest_percent,
        is_withheld,
        cast(null as varchar) as figure_id,
        basis
    from computed
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id', total="side_by_side.industry_tie = 'total'") }}
        as row_kind,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.industry_tie,
    side_by_side.companies,
    side_by_side.share_percent,
    side_by_side.industries,
    side_by_side.five_largest_percent,
    side_by_side.is_withheld,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'participation'") }}
{{ join_figure_source('side_by_side.figure_id') }}
