-- The origin of a column is a column of a raw or reference table of this build.
-- owner: warehouse

with inputs as (
    select table_schema, table_name, column_name
    from information_schema.columns
    where table_schema in ('raw', 'reference')
    union
    select table_schema, table_name, '*'
    from information_schema.columns
    where table_schema in ('raw', 'reference')
)
select l.table_schema, l.table_name, l.column_name, l.source_table, l.source_column,
    l.kind, l.source_schema
from {batch} l
left join inputs i
    on l.source_schema = i.table_schema and l.source_table = i.table_name
    and l.source_column = i.column_name
where l.reach = 'origin' and l.source_table is not null and i.column_name is null
order by all
