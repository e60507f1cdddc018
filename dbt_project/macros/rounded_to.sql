{# A value rounded half away from zero to as many decimals, none to three, as a column says. #}
{% macro rounded_to(value, decimals) -%}
    case {{ decimals }}
        {%- for n in range(4) %}
        when {{ n }} then cast({{ ratio(value, '1', n) }} as decimal(20, 6))
        {%- endfor %}
    end
{%- endmacro %}
