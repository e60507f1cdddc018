{% macro rule_terms(rule_id, target, side, operand, coefficient=1) -%}
    {{ rule_id }} as rule_id,
    {{ target }} as target,
    {{ side }} as side,
    {{ operand }} as operand,
    {{ coefficient }} as coefficient
{%- endmacro %}
