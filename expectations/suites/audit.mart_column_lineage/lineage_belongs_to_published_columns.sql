-- Every row of the lineage belongs to a column of this build.
-- owner: warehouse

select distinct l.table_schema, l.table_name, l.column_name
from {batch} l anti join information_schema.columns c
    on l.table_schema = c.table_schema and l.table_name = c.table_name
    and l.column_name = c.column_name
order by all
