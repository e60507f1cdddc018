{% macro first_day_of(year) -%}
    cast(cast({{ year }} as varchar) || '-01-01' as date)
{%- endmacro %}

{% macro last_day_of(year) -%}
    cast(cast({{ year }} as varchar) || '-12-31' as date)
{%- endmacro %}
