{% macro is_withheld(enterprises) -%}
    coalesce({{ enterprises }} > 0 and {{ enterprises }} < {{ var('fewest_enterprises_shown') }}, false)
{%- endmacro %}
