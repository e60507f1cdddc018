{% macro coverage_sentence(template) -%}
    {%- set values = {
        '{rows}': 'cast(side_by_side.mart_rows as varchar)',
        '{in}': "coalesce(cast(side_by_side.reporters_in as varchar), '')",
        '{due}': "coalesce(cast(side_by_side.reporters_due as varchar), '')",
        '{chart}': "coalesce(replace(side_by_side.table_id, 'figure_', ''), '')",
        '{document}': "coalesce(side_by_side.document_id, '')",
        '{line}': "coalesce(cast(side_by_side.line_number as varchar), '')",
    } -%}
    {%- set text = namespace(sql=template) -%}
    {%- for name, value in values.items() -%}
        {%- set text.sql = 'replace(' ~ text.sql ~ ", '" ~ name ~ "', " ~ value ~ ')' -%}
    {%- endfor -%}
    {{ text.sql }}
{%- endmacro %}
