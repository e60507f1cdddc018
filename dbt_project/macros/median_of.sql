{% macro median_of(value, place, size) -%}
    {%- set is_middle -%} 2 * {{ place }} between {{ size }} and {{ size }} + 2 {%- endset -%}
    {{ ratio(
        "sum(case when " ~ is_middle ~ " then " ~ value ~ " end)",
        "count(case when " ~ is_middle ~ " then " ~ value ~ " end)"
    ) }}
{%- endmacro %}
