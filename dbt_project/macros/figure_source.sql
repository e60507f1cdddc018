{% macro figure_source_columns() -%}
    figure_sources.document_id,
    figure_sources.line_number,
    {{ has_finding() }} as has_finding
{%- endmacro %}

{% macro has_finding() -%}
    coalesce(figure_sources.has_finding, false)
{%- endmacro %}

{% macro join_figure_source(figure_id) -%}
    left join {{ ref('int_figure_sources') }} as figure_sources
        on {{ figure_id }} = figure_sources.figure_id
{%- endmacro %}
