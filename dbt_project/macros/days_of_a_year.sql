{% macro first_day_of(year) -%}
    cast(cast({{ year }} as varchar) || '-01-01' as date)
{%- endmacro %}

{% macro last_day_of(year) -%}
    cast(cast({{ year }} as varchar) || '-12-31' as date)
{%- endmacro %}

{% macro date_of_period(first_year, last_year) -%}
    case
        when {{ first_year }} = {{ last_year }} then {{ first_day_of(first_year) }}
        else {{ date_of_several_years() }}
    end
{%- endmacro %}

{% macro date_of_several_years() -%}
    cast('9999-12-31' as date)
{%- endmacro %}
