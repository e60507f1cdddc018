{% macro scrambled(number) -%}
    {%- set start -%} (({{ number }}) & 4294967295) {%- endset -%}
    {%- set once -%} ((xor({{ start }}, {{ start }} >> 16) * 73244475) & 4294967295) {%- endset -%}
    ((xor({{ once }}, {{ once }} >> 16) * 73244475) & 4294967295)
{%- endmacro %}

{% macro either_way(scrambled_number, most) -%}
    ((({{ scrambled_number }} * (2 * {{ most }} + 1)) >> 32) - {{ most }})
{%- endmacro %}

{% macro numbers_up_to(last) -%}
    range(0, {{ last + 1 }})
{%- endmacro %}
