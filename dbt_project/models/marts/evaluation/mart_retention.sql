with

companies as (
    select * from {{ ref('int_participating_companies') }}
),

counted as (
    select
        companies.basis,
        companies.period_id,
        companies.organisation_id,
        companies.years,
        count(*) as companies
    from companies
    group by companies.basis, companies.period_id, companies.organisation_id, companies.years
),

computed as (
    select
        *,
        sum(companies) over (partition by basis, period_id, organisation_id) as companies_in_all,
        {{ is_withheld('companies') }} as is_withheld
    from counted
)

select
    computed.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('computed.organisation_id') }} as row_kind,
    computed.period_id,
    {{ period_kind('computed.period_id') }} as period_kind,
    cast(computed.years as integer) as years_of_participation,
    case when not computed.is_withheld then computed.companies end as companies,
    case
        when not computed.is_withheld
            then {{ ratio('100 * computed.companies', 'computed.companies_in_all') }}
    end as share_percent,
    computed.is_withheld,
    computed.basis,
    {{ completeness_columns('computed') }}
from computed
left join {{ ref('dim_organisation') }} as organisations
    on computed.organisation_id = organisations.organisation_id
{{ join_completeness('computed', "'participation'") }}
-- a period of a single year has no retention
where completeness.years_due > 1
