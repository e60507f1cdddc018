{# The smallest value of a group that at least the share `part` of its values do not exceed. #}
{% macro quantile_of(value, part) -%}
    quantile_disc({{ value }}, {{ part }})
{%- endmacro %}
