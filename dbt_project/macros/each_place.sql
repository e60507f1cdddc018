{# An expression for each criterion that a grant may have, # standing for its number in the grant. #}
{% macro each_place(expression, between=',') -%}
    {%- for place in range(1, var('most_criteria') + 1) %}
    {{ expression | replace('#', place) }} {{- between if not loop.last }}
    {%- endfor %}
{%- endmacro %}
