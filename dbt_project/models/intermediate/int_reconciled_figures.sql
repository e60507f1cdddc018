{# Each rule's result in the unit its figure is printed in, and the bounds that rounding leaves. #}
{{ config(materialized='table') }}
with

sides as (
    select
        figure_id,
        rule_id,
        operands,
        numerator,
        coalesce(numerator_half_width, 0) as numerator_slack,
        coalesce(denominator, 1) as denominator,
        coalesce(denominator_half_width, 0) as denominator_slack
    from {{ ref('int_reconciliation_sides') }}
),

printed as (
    select
        *,
        printed_half_width as print_half_width
    from {{ ref('int_figure_intervals') }}
),

results as (
    select
        sides.rule_id,
        sides.figure_id,
        sides.operands,
        printed.value as printed_value,
        printed.print_half_width,
        {{ ratio('rules.factor * sides.numerator', 'sides.denominator * printed.scale') }}
        + rules.constant as recomputed_value,
        {{ ratio(
            'rules.factor * (sides.numerator - sides.numerator_slack)',
            '(sides.denominator + sides.denominator_slack) * printed.scale'
        ) }} + rules.constant as lowest_value,
        {{ ratio(
            'rules.factor * (sides.numerator + sides.numerator_slack)',
            '(sides.denominator - sides.denominator_slack) * printed.scale'
        ) }} + rules.constant as highest_value
    from sides
    inner join printed on sides.figure_id = printed.figure_id
    inner join {{ ref('stg_reconciliation_rules') }} as rules on sides.rule_id = rules.rule_id
)

select
    *,
    recomputed_value - printed_value as difference,
    case
        when recomputed_value is null then 'not_checkable'
        when abs(recomputed_value - printed_value) <= print_half_width then 'agrees'
        when
            lowest_value <= printed_value + print_half_width
            and highest_value >= printed_value - print_half_width
            then 'agrees_after_rounding'
        else 'contradicts'
    end as verdict
from results
