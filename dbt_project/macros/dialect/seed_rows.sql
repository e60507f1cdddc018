{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {#- the adapter's own macro fails if the path of the checkout contains an apostrophe -#}
    {%- set file = adapter.get_seed_file_path(model) | replace("'", "''") -%}
    {%- set sql -%}
        copy {{ this.render() }} from '{{ file }}' (format csv, header true, delimiter ',')
    {%- endset -%}
    {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
    {{ return(sql) }}
{%- endmacro %}
