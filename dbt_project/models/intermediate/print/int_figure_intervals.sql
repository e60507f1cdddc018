{# Turns each printed number into the interval of values that round to it. Amounts are in kroner. #}
with

figures as (
    select
        figures.*,
        coalesce(figures.amount_kr, figures.value) as base_value,
        coalesce(units.kr_factor, 1) as scale,
        -- a count printed in full is not rounded, and a weight is exact
        figures.statistic = 'weight' or (
            figures.unit = 'number' and figures.printed_decimals = 0
            and figures.statistic in ('level', 'target')
        ) as is_exact
    from {{ ref('fct_published_figures') }} as figures
    inner join {{ ref('dim_unit') }} as units on figures.unit = units.unit
    where figures.value is not null
),

slack as (
    select
        *,
        case
            when is_exact or printed_decimals is null then cast(0 as decimal(20, 6))
            else cast(
                case printed_decimals when 0 then 0.5 when 1 then 0.05 when 2 then 0.005 end
                as decimal(20, 6)
            )
        end as printed_half_width
    from figures
)

select
    figure_id,
    document_id,
    document_role,
    line_number,
    table_id,
    table_role,
    table_kind,
    indicator_id,
    breakdown,
    statistic,
    organisation_id,
    area_id,
    activity_type_id,
    grant_type_id,
    criterion_id,
    funder_id,
    period_id,
    unit,
    qualifier,
    value,
    printed_decimals,
    repeats_figure_id,
    cast(base_value as decimal(20, 6)) as base_value,
    scale,
    printed_half_width,
    cast(scale * printed_half_width as decimal(20, 6)) as half_width
from slack
