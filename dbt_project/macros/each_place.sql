{% macro each_place(expression, between=',') -%}
    {%- for place in range(1, var('most_criteria') + 1) %}
    {{ expression | replace('#', place) }} {{- between if not loop.last }}
    {%- endfor %}
{%- endmacro %}
