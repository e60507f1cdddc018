{# Says how a row of a mart relates to the other rows of the same basis, period and series. #}
{% macro row_kind(organisation_id, part=none, total=none) -%}
    case
        when
            {{ organisation_id }} in ('denmark', 'reported_so_far')
            {%- if total %}
            or {{ total }}
            {%- endif %}
            then 'total'
        {%- if part %}
        when {{ part }} then 'part'
        {%- endif %}
        else 'leaf'
    end
{%- endmacro %}
