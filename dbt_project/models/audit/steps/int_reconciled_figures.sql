{# Computes the result of each rule in the unit of its printed figure, with rounding bounds. #}
{%- set quotient = [
    'rules.factor * sides.numerator',
    'rules.factor * sides.numerator_slack',
    'sides.denominator * printed.scale',
    'sides.denominator_slack * printed.scale',
] %}
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

quotients as (
    select
        sides.rule_id,
        sides.figure_id,
        sides.operands,
        rules.relation,
        printed.value as printed_value,
        printed.printed_half_width,
        {{ quotient_bound(*quotient) }} + rules.constant as quotient,
        {{ quotient_bound(*quotient, extreme='least') }} + rules.constant as lowest_value,
        {{ quotient_bound(*quotient, extreme='greatest') }} + rules.constant as highest_value
    from sides
    inner join {{ ref('int_figure_intervals') }} as printed on sides.figure_id = printed.figure_id
    inner join {{ ref('dim_reconciliation_rule') }} as rules on sides.rule_id = rules.rule_id
),

results as (
    select
        *,
        case relation
            when 'multiple_of' then quotient * {{ ratio('printed_value', 'quotient', 0) }}
            else quotient
        end as recomputed_value
    from quotients
)

select
    *,
    recomputed_value - printed_value as difference,
    case
        when recomputed_value is null then 'not_checkable'
        when relation = 'at_most' and printed_value <= recomputed_value then 'agrees'
        when relation = 'at_most' and printed_value - printed_half_width < highest_value
            then 'agrees_after_rounding'
        when relation = 'at_most' then 'contradicts'
        when abs(recomputed_value - printed_value) <= printed_half_width then 'agrees'
        when printed_value between lowest_value and highest_value then 'agrees_after_rounding'
        -- intervals that only touch do not overlap, because the upper end rounds to the next number
        when
            lowest_value < printed_value + printed_half_width
            and highest_value > printed_value - printed_half_width
            then 'agrees_after_rounding'
        else 'contradicts'
    end as verdict
from results
