{# Whether a figure about so many enterprises is withheld; none at all gives nobody away. #}
{% macro is_withheld(enterprises) -%}
    coalesce({{ enterprises }} > 0 and {{ enterprises }} < {{ var('fewest_enterprises_shown') }}, false)
{%- endmacro %}
