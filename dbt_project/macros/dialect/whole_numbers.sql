{#
  Whole numbers of up to 38 digits, for arithmetic that must be exact.

  The engine refuses products beyond that, but not sums: whoever adds up says how large the addends
  may be. All macros ask for numbers that are not below zero.
#}
{% macro whole(number) -%}
    cast({{ number }} as hugeint)
{%- endmacro %}

{# 10 to the power of `exponent`, written out. #}
{% macro power_of_ten(exponent) -%}
    {{ whole('1' ~ '0' * exponent) }}
{%- endmacro %}

{# numerator / denominator, rounded down. #}
{% macro whole_quotient(numerator, denominator) -%}
    (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}

{# What whole_quotient leaves over. #}
{% macro whole_remainder(numerator, denominator) -%}
    (({{ numerator }}) % ({{ denominator }}))
{%- endmacro %}

{% macro greatest_common_divisor(one, other) -%}
    gcd({{ one }}, {{ other }})
{%- endmacro %}

{# numerator / denominator with `decimals` digits and 28 in all, rounded half up. #}
{% macro whole_ratio(numerator, denominator, decimals) -%}
    cast(
        cast(
            {{ whole_quotient(
                '2 * ' ~ numerator ~ ' * ' ~ power_of_ten(decimals) ~ ' + ' ~ denominator,
                '2 * ' ~ denominator
            ) }}
            as decimal(28, 0)
        ) * cast(0.{{ '0' * (decimals - 1) }}1 as decimal({{ decimals + 1 }}, {{ decimals }}))
        as decimal(28, {{ decimals }})
    )
{%- endmacro %}
