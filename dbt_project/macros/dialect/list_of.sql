{# The values of a group as one text, in order. #}
{% macro list_of(expression, separator=' ') -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ expression }} nulls last)
{%- endmacro %}
