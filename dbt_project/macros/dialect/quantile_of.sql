{% macro quantile_of(value, part) -%}
    quantile_disc({{ value }}, {{ part }})
{%- endmacro %}
