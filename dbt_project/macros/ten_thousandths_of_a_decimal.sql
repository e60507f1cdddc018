{% macro ten_thousandths_of_a_decimal(decimals) -%}
    case {{ decimals }}
        {%- for n in range(5) %} when {{ n }} then {{ 10 ** (4 - n) }} {%- endfor %}
    end
{%- endmacro %}
