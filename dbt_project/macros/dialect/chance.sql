{#
  Chance that is none: the same numbers give the same draws on every run and every engine.

  Turns a whole number into one of 0 to 4294967295 that looks like any other: shift, exclusive or,
  multiply modulo 2^32, twice. Nothing on the way reaches 2^60.
#}
{% macro scrambled(number) -%}
    {%- set start -%} (({{ number }}) & 4294967295) {%- endset -%}
    {%- set once -%} ((xor({{ start }}, {{ start }} >> 16) * 73244475) & 4294967295) {%- endset -%}
    ((xor({{ once }}, {{ once }} >> 16) * 73244475) & 4294967295)
{%- endmacro %}

{# A scrambled number as one of -most to most, each as likely as the others. #}
{% macro either_way(scrambled_number, most) -%}
    ((({{ scrambled_number }} * (2 * {{ most }} + 1)) >> 32) - {{ most }})
{%- endmacro %}

{# The whole numbers from 0 to `last`, as a table of one column. #}
{% macro numbers_up_to(last) -%}
    range(0, {{ last + 1 }})
{%- endmacro %}
