with

printed as (
    select
        organisation_id,
        period_id,
        breakdown as participation,
        max(case when indicator_id = 'company_count' then value end) as companies,
        max(case when indicator_id = 'median_employees' then value end) as median_employees,
        max(case when indicator_id = 'exporting_companies' then value end) as exporting_share,
        max(case when indicator_id = 'median_turnover' then amount_kr end) as median_turnover_kr,
        max(case when indicator_id = 'median_productivity' then amount_kr end)
            as median_turnover_per_employee_kr,
        false as is_withheld,
        max(case when indicator_id = 'company_count' then figure_id end) as figure_id,
        basis
    from {{ ref('int_evaluation_report_cells') }}
    where table_role = 'participant_profile' and organisation_id is not null
    group by organisation_id, period_id, breakdown, basis
),

profiles as (
    select
        *,
        {{ is_withheld('companies') }} as is_withheld
    from {{ ref('int_company_profiles') }}
),

computed as (
    select
        organisation_id,
        period_id,
        participation,
        case when not is_withheld then companies end as companies,
        case when not is_withheld then median_employees end as median_employees,
        case when not is_withheld then exporting_share end as exporting_share,
        case when not is_withheld then median_turnover_kr end as median_turnover_kr,
        case when not is_withheld then median_turnover_per_employee_kr end
            as median_turnover_per_employee_kr,
        is_withheld,
        cast(null as varchar) as figure_id,
        basis
    from profiles
),

side_by_side as (
    select * from printed
    union all
    select * from computed
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('side_by_side.organisation_id') }} as row_kind,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.participation,
    cast(side_by_side.companies as bigint) as companies,
    side_by_side.median_employees,
    side_by_side.exporting_share,
    cast({{ ratio('side_by_side.median_turnover_kr', '1', 2) }} as decimal(18, 2))
        as median_turnover_kr,
    cast({{ ratio('side_by_side.median_turnover_per_employee_kr', '1', 2) }} as decimal(18, 2))
        as median_turnover_per_employee_kr,
    side_by_side.is_withheld,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness('side_by_side', "'coverage'") }}
{{ join_figure_source('side_by_side.figure_id') }}
