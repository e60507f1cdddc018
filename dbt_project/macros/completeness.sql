{% macro completeness_columns(row) -%}
    completeness.reporters_in,
    completeness.reporters_due,
    completeness.years_in,
    completeness.years_due,
    completeness.rows_refused,
    case
        when {{ row }}.basis = 'published' then 'printed'
        else completeness.completeness
    end as completeness
{%- endmacro %}

{% macro join_completeness(row, figure_group, organisation_id=none) -%}
    left join {{ ref('int_completeness') }} as completeness
        on
            {{ row }}.basis = completeness.basis
            and {{ row }}.period_id = completeness.period_id
            and {{ organisation_id or row ~ '.organisation_id' }} = completeness.organisation_id
            and completeness.figure_group = {{ figure_group }}
{%- endmacro %}

{% macro call_completeness_columns(row) -%}
    case when {{ row }}.basis <> 'published' then coalesce(completeness.rows_refused, 0) end
        as rows_refused,
    case
        when {{ row }}.basis = 'published' then 'printed'
        else coalesce(completeness.completeness, 'partial')
    end as completeness
{%- endmacro %}

{% macro join_call_completeness(row, figure_group) -%}
    left join {{ ref('int_call_completeness') }} as completeness
        on
            {{ row }}.basis = completeness.basis
            and {{ row }}.call_id = completeness.call_id
            and completeness.figure_group = '{{ figure_group }}'
{%- endmacro %}
