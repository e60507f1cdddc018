{% macro whole(number) -%}
    cast({{ number }} as hugeint)
{%- endmacro %}

{% macro power_of_ten(exponent) -%}
    {{ whole('1' ~ '0' * exponent) }}
{%- endmacro %}

{% macro whole_quotient(numerator, denominator) -%}
    (({{ numerator }}) // ({{ denominator }}))
{%- endmacro %}

{% macro whole_remainder(numerator, denominator) -%}
    (({{ numerator }}) % ({{ denominator }}))
{%- endmacro %}

{% macro greatest_common_divisor(one, other) -%}
    gcd({{ one }}, {{ other }})
{%- endmacro %}

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

{% macro fine_quotient(numerator, denominator) -%}
    ((({{ numerator }}) << 56) // nullif({{ denominator }}, 0))
{%- endmacro %}

{% macro fine_product(quotient, factor) -%}
    (({{ quotient }} * {{ factor }} + 36028797018963968) >> 56)
{%- endmacro %}
