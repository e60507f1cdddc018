{% macro call_parameter(name, type) -%}
    cast(max(case when parameter = '{{ name }}' then value end) as {{ type }}) as {{ name }}
{%- endmacro %}
