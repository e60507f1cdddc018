{% macro list_of(expression, separator=' ') -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ expression }} nulls last)
{%- endmacro %}
