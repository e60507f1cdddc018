with

companies as (
    select * from {{ ref('int_participating_companies') }}
),

-- the characteristics are those of figures 4 and 5, and startups against established companies
classified as (
    select
        basis,
        period_id,
        organisation_id,
        'legal_form' as characteristic,
        coalesce(legal_form, 'not_stated') as category
    from companies
    union all
    select
        basis,
        period_id,
        organisation_id,
        'size_band' as characteristic,
        size_band as category
    from companies
    union all
    select
        basis,
        period_id,
        organisation_id,
        'startup' as characteristic,
        case when startup then 'startup' else 'established' end as category
    from companies
),

counted as (
    select
        basis,
        period_id,
        organisation_id,
        characteristic,
        category,
        count(*) as companies
    from classified
    group by basis, period_id, organisation_id, characteristic, category
),

computed as (
    select
        *,
        sum(companies) over (
            partition by basis, period_id, organisation_id, characteristic
        ) as companies_in_all,
        {{ is_withheld('companies') }} as is_withheld
    from counted
)

select
    computed.organisation_id,
    organisations.name as organisation_name,
    {{ row_kind('computed.organisation_id') }} as row_kind,
    computed.period_id,
    {{ period_kind('computed.period_id') }} as period_kind,
    computed.characteristic,
    computed.category,
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
