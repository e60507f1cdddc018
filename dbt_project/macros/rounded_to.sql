{% macro rounded_to(value, decimals, denominator='1') -%}
    case {{ decimals }}
        {%- for n in range(5) %}
        when {{ n }} then cast({{ ratio(value, denominator, n) }} as decimal(20, 6))
        {%- endfor %}
    end
{%- endmacro %}
