{# A parameter of a call, of the call's rows of stg_call_parameters, typed and under its name. #}
{% macro call_parameter(name, type) -%}
    cast(max(case when parameter = '{{ name }}' then value end) as {{ type }}) as {{ name }}
{%- endmacro %}
