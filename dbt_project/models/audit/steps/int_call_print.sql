select
    calls.call_id,
    figures.figure_id,
    figures.document_id,
    figures.line_number,
    {{ has_finding() }} as has_finding,
    figures.table_id,
    figures.row_label,
    figures.column_label,
    coalesce(figures.organisation_id, 'denmark') as organisation_id,
    coalesce(figures.grant_type_id, 'both') as grant_type_id,
    figures.indicator_id,
    families.measure,
    figures.printed_text,
    figures.unit,
    figures.value as printed_value,
    figures.printed_decimals,
    -- computed amounts are in kroner; printed amounts are in kroner, millions or billions
    coalesce(units.kr_factor, 1) as unit_factor,
    families.reason_en,
    families.reason_da
from {{ ref('fct_published_figures') }} as figures
inner join {{ ref('stg_call_print_measures') }} as families
    on
        figures.document_id = families.document_id
        and figures.table_id = families.table_id
        and figures.indicator_id = families.indicator_id
        and figures.breakdown = families.breakdown
        and figures.statistic = families.statistic
inner join {{ ref('dim_unit') }} as units on figures.unit = units.unit
-- the print gives a target for the last year of the period
inner join {{ ref('dim_call') }} as calls
    on figures.period_id in (calls.period_id, right(calls.period_id, 4))
{{ join_figure_source('figures.figure_id') }}
where figures.value is not null and figures.repeats_figure_id is null
