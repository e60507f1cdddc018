{% macro scaled(value, numerator, denominator) -%}
    {%- set v -%} cast(cast({{ value }} as decimal(20, 6)) * 1000000 as hugeint) {%- endset -%}
    {%- set n -%} cast(cast({{ numerator }} as decimal(18, 2)) * 100 as hugeint) {%- endset -%}
    {%- set d -%} cast(cast({{ denominator }} as decimal(18, 2)) * 100 as hugeint) {%- endset -%}
    cast(
        sign({{ v }}) * sign({{ n }}) * sign({{ d }})
        * cast(
            (2 * abs({{ v }}) * abs({{ n }}) + abs({{ d }})) // nullif(2 * abs({{ d }}), 0)
            as decimal(30, 0)
        )
        * cast(0.000001 as decimal(7, 6))
        as decimal(20, 6)
    )
{%- endmacro %}
