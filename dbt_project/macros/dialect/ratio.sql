{% macro ratio(numerator, denominator, decimals=6) -%}
    {{ return(adapter.dispatch('ratio')(numerator, denominator, decimals)) }}
{%- endmacro %}

{% macro default__ratio(numerator, denominator, decimals) -%}
    {%- set n -%} cast(cast({{ numerator }} as decimal(20, 6)) * 1000000 as hugeint) {%- endset -%}
    {%- set d -%} cast(cast({{ denominator }} as decimal(20, 6)) * 1000000 as hugeint) {%- endset -%}
    {%- set step = '0.' ~ '0' * (decimals - 1) ~ '1' if decimals > 0 else '1' -%}
    cast(
        sign({{ n }}) * sign({{ d }})
        * cast(
            (abs({{ n }}) * {{ 2 * 10 ** decimals }} + abs({{ d }})) // nullif(2 * abs({{ d }}), 0)
            as decimal(24, 0)
        )
        * cast({{ step }} as decimal({{ decimals + 1 }}, {{ decimals }}))
        as decimal(20, {{ decimals }})
    )
{%- endmacro %}
