with

totals as (
    select
        call_id,
        grant_type_id,
        indicator_id,
        indicator_label_da,
        indicator_label_en,
        unit,
        basis,
        count(case when recommended_amount_kr > 0 then 1 end) as awards,
        count(case when recommended_amount_kr > 0 then expected_value end) as awards_with_promise,
        cast(sum(expected_value) as decimal(20, 6)) as expected_value,
        max(rows_refused) as rows_refused,
        max(case when completeness = 'partial' then 1 else 0 end) as has_partial
    from {{ ref('mart_expected_results') }}
    group by
        call_id, grant_type_id, indicator_id, indicator_label_da, indicator_label_en, unit, basis
),

printed as (
    select *
    from {{ ref('fct_indicator_results') }}
    where call_id <> 'not_stated' and organisation_id = 'denmark' and result_kind = 'target'
),

rounded as (
    select
        totals.*,
        printed.value as printed_value,
        printed.figure_id,
        cast(
            {{ rounded_to('totals.expected_value', 'coalesce(figures.printed_decimals, 0)') }}
            as decimal(20, 6)
        ) as expected_value_rounded
    from totals
    left join printed
        on
            totals.call_id = printed.call_id
            and totals.grant_type_id = printed.grant_type_id
            and totals.indicator_id = printed.indicator_id
    left join {{ ref('fct_published_figures') }} as figures on printed.figure_id = figures.figure_id
)

select
    call_id,
    grant_type_id,
    indicator_id,
    indicator_label_da,
    indicator_label_en,
    unit,
    basis,
    awards,
    awards_with_promise,
    expected_value,
    expected_value_rounded,
    printed_value,
    cast(printed_value - expected_value as decimal(20, 6)) as remaining_value,
    case when awards = awards_with_promise then expected_value_rounded = printed_value end
        as agrees,
    rounded.figure_id as printed_figure_id,
    {{ figure_source_columns() }},
    rows_refused,
    case
        when awards = 0 or awards > awards_with_promise or has_partial = 1 then 'partial'
        when rows_refused > 0 then 'rows_refused'
        else 'complete'
    end as completeness
from rounded
{{ join_figure_source('rounded.figure_id') }}
