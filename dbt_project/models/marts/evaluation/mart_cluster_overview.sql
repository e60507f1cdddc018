with

cells as (
    select *
    from {{ ref('int_dfir_cells') }}
    where table_id = 'table_2'
),

totals as (
    select * from cells where organisation_id is null
)

select
    shares.organisation_id,
    shares.organisation_name,
    shares.period_id,
    shares.indicator_id,
    indicators.label_da as indicator_label_da,
    indicators.label_en as indicator_label_en,
    shares.breakdown,
    shares.value as share_percent,
    totals.value as national_total,
    totals.unit as national_unit,
    {{ ratio('shares.value * totals.value', '100', 1) }} as implied_value,
    shares.figure_id,
    totals.figure_id as national_figure_id,
    'published' as basis
from cells as shares
inner join totals
    on
        shares.indicator_id = totals.indicator_id
        and shares.breakdown = totals.breakdown
        and shares.period_id = totals.period_id
inner join {{ ref('dim_indicator') }} as indicators
    on shares.indicator_id = indicators.indicator_id
where shares.organisation_id is not null
