{# Figures that are printed several times: each must agree with the most exact print. #}
with

figures as (
    select
        *,
        first_value(figure_id) over (
            partition by
                indicator_id, breakdown, statistic, organisation_id, activity_type_id,
                grant_type_id, criterion_id, funder_id, period_id, qualifier,
                case when scale > 1 or unit = 'kr' then 'money' else unit end
            order by
                half_width asc nulls last,
                table_kind = 'table' desc nulls last,
                document_id asc nulls last,
                line_number asc nulls last,
                figure_id asc nulls last
        ) as first_figure_id
    from {{ ref('int_figure_intervals') }}
    -- left out, because "one organisation" can mean another organisation in each sentence
    where repeats_figure_id is null and indicator_id <> 'organisations_named'
)

select {{ rule_terms("'restated'", "figure_id", "'numerator'", "first_figure_id") }}
from figures
where figure_id <> first_figure_id
