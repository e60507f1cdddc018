{# Says whether a period is a single year, such as 2023, or several years, such as 2021-2023. #}
{% macro period_kind(period_id) -%}
    case
        when {{ period_id }} = 'not_stated' then 'not_stated'
        when length({{ period_id }}) = 4 then 'year'
        else 'period'
    end
{%- endmacro %}
