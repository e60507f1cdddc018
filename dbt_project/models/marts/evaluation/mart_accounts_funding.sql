with

sources as (
    select * from {{ ref('fct_funding_sources') }}
    where series_id = '{{ var("accounts_series") }}' and amount_kind = 'consumed'
),

-- keep only sources that add up, so no printed totals and no parts of another source
sums as (
    select
        period_id,
        sum(amount_kr) as sum_kr
    from sources
    where funding_source <> 'total' and part_of = 'none'
    group by period_id
),

printed_totals as (
    select
        period_id,
        amount_kr
    from sources
    where funding_source = 'total'
)

select
    sources.period_id,
    {{ period_kind('sources.period_id') }} as period_kind,
    sources.funding_source,
    case when sources.part_of = 'none' then 'leaf' else 'part' end as row_kind,
    sources.part_of,
    breakdowns.label_da as funding_source_label_da,
    breakdowns.label_en as funding_source_label_en,
    sources.amount_kr,
    {{ ratio('100 * sources.amount_kr', 'sums.sum_kr', 2) }} as share_percent,
    cast(sums.sum_kr as decimal(18, 2)) as sum_of_sources_kr,
    printed_totals.amount_kr as printed_total_kr,
    sources.part_of <> 'none' as is_series_break,
    sources.series_id,
    sources.figure_id,
    {{ figure_source_columns() }},
    sources.basis
from sources
inner join sums on sources.period_id = sums.period_id
left join printed_totals on sources.period_id = printed_totals.period_id
left join {{ ref('dim_breakdown') }} as breakdowns on sources.funding_source = breakdowns.breakdown
{{ join_figure_source('sources.figure_id') }}
where sources.funding_source <> 'total'
