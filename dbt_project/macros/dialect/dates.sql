{% macro days_after(day, number) -%}
    cast({{ day }} + cast({{ number }} as integer) as date)
{%- endmacro %}
