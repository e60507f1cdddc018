with

accounts as (
    select * from {{ ref('fct_performance_accounts') }}
),

-- the index starts at the first year whose placement in the print is certain
first_years as (
    select
        indicator_id,
        breakdown,
        min(year) as base_year
    from accounts
    where placement <> 'ambiguous'
    group by indicator_id, breakdown
),

bases as (
    select
        first_years.*,
        accounts.value as base_value
    from first_years
    inner join accounts
        on
            first_years.indicator_id = accounts.indicator_id
            and first_years.breakdown = accounts.breakdown
            and first_years.base_year = accounts.year
)

select
    accounts.indicator_id,
    indicators.label_da as indicator_label_da,
    indicators.label_en as indicator_label_en,
    accounts.breakdown,
    coalesce(row_kinds.row_kind, 'leaf') as row_kind,
    breakdowns.label_da as breakdown_label_da,
    breakdowns.label_en as breakdown_label_en,
    accounts.year,
    accounts.value,
    accounts.unit,
    accounts.amount_kr,
    accounts.clusters,
    accounts.printed_average_per_cluster,
    {{ ratio('accounts.recomputed_average_per_cluster', '1', 2) }} as average_per_cluster,
    {{ ratio('accounts.recomputed_change', '1', 1) }} as change,
    accounts.printed_change,
    accounts.change_unit,
    case
        when accounts.placement <> 'ambiguous'
            then {{ ratio('100 * accounts.value', 'bases.base_value', 1) }}
    end as index_value,
    bases.base_year as index_base_year,
    accounts.placement,
    accounts.series_id,
    -- from 2017, public funding has several rows instead of one; applications to regions still have
    -- one row
    accounts.indicator_id in ('total_financing', 'membership_dues')
    and accounts.breakdown in ('regions', 'municipalities', 'ministries') as is_series_break,
    accounts.figure_id,
    {{ figure_source_columns() }},
    accounts.basis,
    cast(null as integer) as reporters_in,
    cast(null as integer) as reporters_due,
    cast(null as integer) as years_in,
    cast(null as integer) as years_due,
    cast(null as bigint) as rows_refused,
    'printed' as completeness
from accounts
left join bases
    on accounts.indicator_id = bases.indicator_id and accounts.breakdown = bases.breakdown
inner join {{ ref('dim_indicator') }} as indicators
    on accounts.indicator_id = indicators.indicator_id
inner join {{ ref('dim_breakdown') }} as breakdowns
    on accounts.breakdown = breakdowns.breakdown
left join {{ ref('int_account_row_kinds') }} as row_kinds
    on
        accounts.indicator_id = row_kinds.indicator_id
        and accounts.breakdown = row_kinds.breakdown
{{ join_figure_source('accounts.figure_id') }}
