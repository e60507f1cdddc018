{# The columns of a rule's terms; `rule_id` and `side` are SQL, a text in quotes or a column. #}
{% macro rule_terms(rule_id, target, side, operand, coefficient=1) -%}
    {{ rule_id }} as rule_id,
    {{ target }} as target,
    {{ side }} as side,
    {{ operand }} as operand,
    {{ coefficient }} as coefficient
{%- endmacro %}
