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
