{#
  A value, or its quotient by `denominator`, rounded half away from zero to as many decimals, none
  to four, as a column says.
#}
{% macro rounded_to(value, decimals, denominator='1') -%}
    case {{ decimals }}
        {%- for n in range(5) %}
        when {{ n }} then cast({{ ratio(value, denominator, n) }} as decimal(20, 6))
        {%- endfor %}
    end
{%- endmacro %}
