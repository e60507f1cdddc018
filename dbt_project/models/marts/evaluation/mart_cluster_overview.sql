with

cells as (
    select *
    from {{ ref('int_evaluation_report_cells') }}
    where table_role = 'organisation_shares'
),

printed_totals as (
    select * from cells where organisation_id is null
),

printed as (
    select
        shares.organisation_id,
        shares.period_id,
        shares.indicator_id,
        shares.breakdown,
        shares.value as share_percent,
        totals.value as national_total,
        totals.unit as national_unit,
        {{ ratio('shares.value * totals.value', '100', 1) }} as implied_value,
        shares.figure_id,
        totals.figure_id as national_figure_id,
        shares.basis,
        cast(null as varchar) as figure_group,
        cast(null as varchar) as completeness_of
    from cells as shares
    inner join printed_totals as totals
        on
            shares.indicator_id = totals.indicator_id
            and shares.breakdown = totals.breakdown
            and shares.period_id = totals.period_id
    where shares.organisation_id is not null
),

quantities as (
    select * from {{ ref('int_overview_quantities') }}
),

computed as (
    select
        own.organisation_id,
        own.period_id,
        own.indicator_id,
        own.breakdown,
        -- if one organisation has not reported, the country has no total and no shares
        {{ ratio('100 * own.quantity', 'country.whole') }} as share_percent,
        country.quantity as national_total,
        own.unit as national_unit,
        {{ ratio('own.quantity', '1', 1) }} as implied_value,
        cast(null as varchar) as figure_id,
        cast(null as varchar) as national_figure_id,
        own.basis,
        own.figure_group,
        case when country.quantity is null then 'reported_so_far' else 'denmark' end
            as completeness_of
    from quantities as own
    left join quantities as country
        on
            own.basis = country.basis
            and own.period_id = country.period_id
            and own.indicator_id = country.indicator_id
            and country.organisation_id = 'denmark'
    where own.organisation_id not in ('denmark', 'reported_so_far')
),

side_by_side as (
    select * from printed
    union all
    select * from computed
)

select
    side_by_side.organisation_id,
    organisations.name as organisation_name,
    side_by_side.period_id,
    {{ period_kind('side_by_side.period_id') }} as period_kind,
    side_by_side.indicator_id,
    indicators.label_da as indicator_label_da,
    indicators.label_en as indicator_label_en,
    side_by_side.breakdown,
    side_by_side.share_percent,
    side_by_side.national_total,
    side_by_side.national_unit,
    side_by_side.implied_value,
    side_by_side.figure_id,
    {{ figure_source_columns() }},
    side_by_side.national_figure_id,
    side_by_side.basis,
    {{ completeness_columns('side_by_side') }}
from side_by_side
inner join {{ ref('dim_indicator') }} as indicators
    on side_by_side.indicator_id = indicators.indicator_id
left join {{ ref('dim_organisation') }} as organisations
    on side_by_side.organisation_id = organisations.organisation_id
{{ join_completeness(
    'side_by_side', 'side_by_side.figure_group', 'side_by_side.completeness_of'
) }}
{{ join_figure_source('side_by_side.figure_id') }}
