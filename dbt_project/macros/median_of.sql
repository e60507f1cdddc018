{#
  The exact median of a group, as decimal(20, 6): the middle value, or the mean of the two middle
  ones, rounded half away from zero. `place` is the row's place when the group is ordered by the
  value with nulls last, `size` the number of values in the group; null where there are none.
#}
{% macro median_of(value, place, size) -%}
    {%- set is_middle -%} 2 * {{ place }} between {{ size }} and {{ size }} + 2 {%- endset -%}
    {{ ratio(
        "sum(case when " ~ is_middle ~ " then " ~ value ~ " end)",
        "count(case when " ~ is_middle ~ " then " ~ value ~ " end)"
    ) }}
{%- endmacro %}
